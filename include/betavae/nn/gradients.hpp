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
class Gradients {
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
    visit_parameters(model, [this](const std::string& name, auto& parameter) {
      add(name, parameter.data(), parameter.rows(), parameter.columns());
    });
    is_old_.resize(parts_.size());
    squares_.resize(chunks_.size());
    set_zero();
  }

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  /// All numbers of all parts, cut in the same way for any number of threads.
  [[nodiscard]] const std::vector<Chunk>& chunks() const { return chunks_; }
  [[nodiscard]] Scalar* data(const Part& part) { return values_.data() + part.offset; }
  [[nodiscard]] const Scalar* data(const Part& part) const { return values_.data() + part.offset; }

  /// Numbers in all, padding included (which stays zero).
  [[nodiscard]] Index size() const { return static_cast<Index>(values_.size()); }

  void set_zero() {
    std::fill(values_.begin(), values_.end(), Scalar(0));
    std::fill(is_old_.begin(), is_old_.end(), std::uint8_t{0});
  }
  void set_zero(const Part& part) { std::fill_n(data(part), part.size(), Scalar(0)); }

  /// Begins a step without touching the memory: each part is old, that of the step before, until a context takes it, and either
  /// sets it to zero or has an operation assign it (see Recording). `end_step` sets to zero what nobody took.
  void begin_step() { std::fill(is_old_.begin(), is_old_.end(), std::uint8_t{1}); }
  void end_step() {
    for (const Part& part : parts_) {
      if (take_old(part)) {
        set_zero(part);
      }
    }
  }
  /// Whether the part is still that of the step before: true to the first who asks in a step.
  [[nodiscard]] bool take_old(const Part& part) {
    return std::exchange(is_old_[static_cast<std::size_t>(&part - parts_.data())], std::uint8_t{0}) != 0;
  }

  /// The Euclidean norm over all parameters, summed in double in a fixed order. Infinite or NaN where a gradient is.
  [[nodiscard]] double norm(Threads* threads = nullptr) const {
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

  /// The part that belongs to a parameter. Errors: ArgumentError for a parameter that the model did not show.
  [[nodiscard, gnu::noinline]] const Part& part_of(const Scalar* parameter) const {
    for (const Part& part : parts_) {
      if (part.parameter == parameter) {
        return part;
      }
    }
    detail::fail<ArgumentError>("Gradients", "parameter", "one that the model's visit(f) shows",
                                "one that it does not show (or that moved)");
  }

 private:
  void add(const std::string& name, Scalar* parameter, Index rows, Index columns) {
    constexpr Index line = sizeof(Scalar) < cache_line ? static_cast<Index>(cache_line / sizeof(Scalar)) : 1;
    constexpr Index longest_chunk = 1 << 15;  // shorter chunks would cost more in taking them than in work
    for (Index first = 0; first < rows * columns; first += longest_chunk) {
      chunks_.push_back({parts_.size(), first, std::min(longest_chunk, rows * columns - first)});
    }
    parts_.push_back({parameter, name, size(), rows, columns});
    values_.resize(values_.size() + static_cast<std::size_t>((rows * columns + line - 1) / line * line));
  }

  std::vector<Part> parts_;
  std::vector<Chunk> chunks_;
  std::vector<std::uint8_t> is_old_;     ///< of each part
  mutable std::vector<double> squares_;  ///< of each chunk: kept, so that a norm allocates nothing
  AlignedVector<Scalar> values_;
};

/// Runs a network for training: parameters are variables, and operations go on the tape. `step` addresses what layers draw.
template <class ScalarType>
class Recording {
 public:
  using Scalar = ScalarType;
  static constexpr bool is_training = true;

  Recording(Tape<Scalar>& tape, Gradients<Scalar>& gradients, std::uint64_t step = 0)
      : tape_(&tape), gradients_(&gradients), step_(step) {
    for (const auto& part : gradients.parts()) {
      tape.record_leaf(part.name, view(part, part.parameter), view(part, gradients.data(part)));
    }
  }

  [[nodiscard]] Tape<Scalar>& tape() const { return *tape_; }
  [[nodiscard]] std::uint64_t step() const { return step_; }

  template <int Rows, int Columns>
  [[nodiscard]] Variable<Scalar, Rows> parameter(const Parameter<Scalar, Rows, Columns>& parameter) const {
    const auto& part = gradients_->part_of(parameter.data());
    if (gradients_->take_old(part) || tape_->is_first_to_write(gradients_->data(part))) {
      gradients_->set_zero(part);
    }
    return variable(parameter, part);
  }

  /// The same for an operation whose reverse pass asks Tape::is_first_to_write, and then assigns the adjoint instead of adding to
  /// it: spares large parameters a pass that sets zeros and one that reads them.
  template <int Rows, int Columns>
  [[nodiscard]] Variable<Scalar, Rows> assigned(const Parameter<Scalar, Rows, Columns>& parameter) const {
    const auto& part = gradients_->part_of(parameter.data());
    if (gradients_->take_old(part)) {
      tape_->leave_unwritten(gradients_->data(part));
    }
    return variable(parameter, part);
  }

 private:
  [[nodiscard]] static MatrixView<Scalar> view(const typename Gradients<Scalar>::Part& part, Scalar* data) {
    return {data, part.rows, part.columns, part.rows};
  }

  template <int Rows, int Columns>
  [[nodiscard]] Variable<Scalar, Rows> variable(const Parameter<Scalar, Rows, Columns>& parameter,
                                                const typename Gradients<Scalar>::Part& part) const {
    // The shape is the parameter's own: all that are empty share one address, and so one part.
    const MatrixView<Scalar> value{part.parameter, parameter.rows(), parameter.columns(), parameter.rows()};
    return {*tape_, value, {gradients_->data(part), value.rows, value.columns, value.stride}};
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
