// SPDX-License-Identifier: MIT
// The gradient of a whole model in one piece of memory, and the two ways to run a network: recording, and only evaluating.
//
// A layer is a template over its context and asks it for its parameters: `context.parameter(weight)` is a Variable whose adjoint
// lies here while recording, and a Constant while evaluating, when nothing is differentiated and nothing is put on the tape.
#pragma once

#include <betavae/kernels/sum.hpp>
#include <betavae/nn/parameter.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace betavae {

/// Room for ∂loss/∂parameter of every parameter of one model, each part beginning on a cache line.
template <class Scalar>
class BETAVAE_API Gradients {
 public:
  struct Part {
    Scalar* parameter;  ///< whose gradient it is: it must not move while this lives
    std::string name;
    Index offset;
    Index rows;
    Index columns;
    [[nodiscard]] Index size() const { return rows * columns; }
  };

  /// Some numbers of one part: as many as one thread takes at a time.
  struct Chunk {
    std::size_t part;
    Index first;
    Index count;
  };

  template <class Model>
  explicit Gradients(Model& model) {
    visit_parameters(model, Adding{this});
    finish();
  }

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  /// All numbers of all parts, cut in the same way for any number of threads.
  [[nodiscard]] const std::vector<Chunk>& chunks() const { return chunks_; }
  [[nodiscard]] Scalar* data(const Part& part) { return values_.data() + part.offset; }
  [[nodiscard]] const Scalar* data(const Part& part) const { return values_.data() + part.offset; }

  /// Numbers in all, padding included (which stays zero).
  [[nodiscard]] Index size() const { return static_cast<Index>(values_.size()); }

  void set_zero();
  void set_zero(const Part& part) { std::fill_n(data(part), part.size(), Scalar(0)); }

  /// Begins a step without touching the memory: each part is old, that of the step before, until a context takes it, and either
  /// sets it to zero or has an operation assign it (see Recording). `end_step` sets to zero what nobody took.
  void begin_step() { std::fill(is_old_.begin(), is_old_.end(), std::uint8_t{1}); }
  void end_step();
  /// Whether the part is still that of the step before: true to the first who asks in a step.
  [[nodiscard]] bool take_old(const Part& part) {
    return std::exchange(is_old_[static_cast<std::size_t>(&part - parts_.data())], std::uint8_t{0}) != 0;
  }

  /// The Euclidean norm over all parameters, summed in double in a fixed order. Infinite or NaN where a gradient is.
  [[nodiscard]] double norm(Threads* threads = nullptr) const;

  /// The gradient of a parameter, which an operation on this tape will add to. Errors: as `part_of`.
  [[nodiscard]] Scalar* take_zeroed(const Scalar* parameter, Tape<Scalar>& tape);

  /// The gradient of a parameter, whose first operation in the reverse pass will assign it (see Recording). Errors: as `part_of`.
  [[nodiscard]] Scalar* take_unwritten(const Scalar* parameter, Tape<Scalar>& tape);

  /// Names every parameter on a tape.
  void record_leaves(Tape<Scalar>& tape);

  /// The part that belongs to a parameter. Errors: ArgumentError for a parameter that the model did not show.
  [[nodiscard]] const Part& part_of(const Scalar* parameter) const;

 private:
  /// A visitor that is no lambda, whose type would be another one for each model.
  struct Adding {
    Gradients* gradients;
    void operator()(const std::string& name, auto& parameter) const {
      gradients->add(name, parameter.data(), parameter.rows(), parameter.columns());
    }
  };

  void add(const std::string& name, Scalar* parameter, Index rows, Index columns);
  void finish();

  std::vector<Part> parts_;
  std::vector<Chunk> chunks_;
  std::vector<std::uint8_t> is_old_;     ///< of each part
  mutable std::vector<double> squares_;  ///< of each chunk: kept, so that a norm allocates nothing
  AlignedVector<Scalar> values_;
};

template <class Scalar>
void Gradients<Scalar>::set_zero() {
  std::fill(values_.begin(), values_.end(), Scalar(0));
  std::fill(is_old_.begin(), is_old_.end(), std::uint8_t{0});
}

template <class Scalar>
void Gradients<Scalar>::end_step() {
  for (const Part& part : parts_) {
    if (take_old(part)) {
      set_zero(part);
    }
  }
}

template <class Scalar>
double Gradients<Scalar>::norm(Threads* threads) const {
  const auto sum_chunk = [this](Index i) {
    const Chunk& chunk = chunks_[static_cast<std::size_t>(i)];
    squares_[static_cast<std::size_t>(i)] =
        kernels::sum_of_squares(chunk.count, data(parts_[chunk.part]) + chunk.first);
  };
  run_tasks(threads, static_cast<Index>(chunks_.size()), sum_chunk);
  double squares = 0;
  for (const double chunk : squares_) {
    squares += chunk;
  }
  return std::sqrt(squares);
}

template <class Scalar>
const typename Gradients<Scalar>::Part& Gradients<Scalar>::part_of(const Scalar* parameter) const {
  for (const Part& part : parts_) {
    if (part.parameter == parameter) {
      return part;
    }
  }
  detail::fail<ArgumentError>("Gradients", "parameter", "one that the model's visit(f) shows",
                              "one that it does not show (or that moved)");
}

template <class Scalar>
void Gradients<Scalar>::add(const std::string& name, Scalar* parameter, Index rows, Index columns) {
  constexpr Index line = sizeof(Scalar) < cache_line ? static_cast<Index>(cache_line / sizeof(Scalar)) : 1;
  constexpr Index longest_chunk = 1 << 15;  // shorter chunks would cost more in taking them than in work
  for (Index first = 0; first < rows * columns; first += longest_chunk) {
    chunks_.push_back({parts_.size(), first, std::min(longest_chunk, rows * columns - first)});
  }
  parts_.push_back({parameter, name, size(), rows, columns});
  values_.resize(values_.size() + static_cast<std::size_t>((rows * columns + line - 1) / line * line));
}

template <class Scalar>
void Gradients<Scalar>::finish() {
  is_old_.resize(parts_.size());
  squares_.resize(chunks_.size());
  set_zero();
}

template <class Scalar>
void Gradients<Scalar>::record_leaves(Tape<Scalar>& tape) {
  const auto view = [](const Part& part, Scalar* numbers) {
    return MatrixView<Scalar>{numbers, part.rows, part.columns, part.rows};
  };
  for (const Part& part : parts_) {
    tape.record_leaf(part.name, view(part, part.parameter), view(part, data(part)));
  }
}

template <class Scalar>
Scalar* Gradients<Scalar>::take_zeroed(const Scalar* parameter, Tape<Scalar>& tape) {
  const Part& part = part_of(parameter);
  if (take_old(part) || tape.is_first_to_write(data(part))) {
    set_zero(part);
  }
  return data(part);
}

template <class Scalar>
Scalar* Gradients<Scalar>::take_unwritten(const Scalar* parameter, Tape<Scalar>& tape) {
  const Part& part = part_of(parameter);
  if (take_old(part)) {
    tape.leave_unwritten(data(part));
  }
  return data(part);
}

#if !BETAVAE_HEADER_ONLY
#define BETAVAE_GRADIENTS(Keyword, Scalar)                                                         \
  Keyword template void Gradients<Scalar>::set_zero();                                             \
  Keyword template void Gradients<Scalar>::end_step();                                             \
  Keyword template double Gradients<Scalar>::norm(Threads*) const;                                 \
  Keyword template const Gradients<Scalar>::Part& Gradients<Scalar>::part_of(const Scalar*) const; \
  Keyword template void Gradients<Scalar>::add(const std::string&, Scalar*, Index, Index);         \
  Keyword template void Gradients<Scalar>::finish();                                               \
  Keyword template void Gradients<Scalar>::record_leaves(Tape<Scalar>&);                           \
  Keyword template Scalar* Gradients<Scalar>::take_zeroed(const Scalar*, Tape<Scalar>&);           \
  Keyword template Scalar* Gradients<Scalar>::take_unwritten(const Scalar*, Tape<Scalar>&);
BETAVAE_INSTANCES(BETAVAE_GRADIENTS)
#endif

/// Runs a network for training: parameters are variables, and operations go on the tape. `step` addresses what layers draw.
template <class ScalarType>
class Recording {
 public:
  using Scalar = ScalarType;
  static constexpr bool is_training = true;

  Recording(Tape<Scalar>& tape, Gradients<Scalar>& gradients, std::uint64_t step = 0)
      : tape_(&tape), gradients_(&gradients), step_(step) {
    gradients.record_leaves(tape);
  }

  [[nodiscard]] Tape<Scalar>& tape() const { return *tape_; }
  [[nodiscard]] std::uint64_t step() const { return step_; }

  template <int Rows, int Columns>
  [[nodiscard]] Variable<Scalar, Rows> parameter(const Parameter<Scalar, Rows, Columns>& parameter) const {
    return variable(parameter, gradients_->take_zeroed(parameter.data(), *tape_));
  }

  /// The same for an operation whose reverse pass asks Tape::is_first_to_write, and then assigns the adjoint instead of adding to
  /// it: spares large parameters a pass that sets zeros and one that reads them.
  template <int Rows, int Columns>
  [[nodiscard]] Variable<Scalar, Rows> assigned(const Parameter<Scalar, Rows, Columns>& parameter) const {
    return variable(parameter, gradients_->take_unwritten(parameter.data(), *tape_));
  }

 private:
  template <int Rows, int Columns>
  [[nodiscard]] Variable<Scalar, Rows> variable(const Parameter<Scalar, Rows, Columns>& parameter,
                                                Scalar* gradient) const {
    // The shape is the parameter's own: all that are empty share one address, and so one part.
    const Index rows = parameter.rows();
    const Index columns = parameter.columns();
    // Only the tape's end writes to a parameter, through the optimizer.
    return {*tape_, {const_cast<Scalar*>(parameter.data()), rows, columns, rows}, {gradient, rows, columns, rows}};
  }

  Tape<Scalar>* tape_;
  Gradients<Scalar>* gradients_;
  std::uint64_t step_;
};

/// Runs a network for its value alone: parameters are constants, and so is every result.
template <class ScalarType>
class Evaluating {
 public:
  using Scalar = ScalarType;
  static constexpr bool is_training = false;

  explicit Evaluating(Tape<Scalar>& tape) : tape_(&tape) {}

  [[nodiscard]] Tape<Scalar>& tape() const { return *tape_; }

  template <int Rows, int Columns>
  [[nodiscard]] Constant<Scalar, Rows> parameter(const Parameter<Scalar, Rows, Columns>& parameter) const {
    return {*tape_, {const_cast<Scalar*>(parameter.data()), parameter.rows(), parameter.columns(), parameter.rows()}};
  }
  template <int Rows, int Columns>
  [[nodiscard]] Constant<Scalar, Rows> assigned(const Parameter<Scalar, Rows, Columns>& of_layer) const {
    return parameter(of_layer);
  }

 private:
  Tape<Scalar>* tape_;
};

}  // namespace betavae
