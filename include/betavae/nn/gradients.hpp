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
    state_.resize(parts_.size());
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
    std::fill(state_.begin(), state_.end(), State::zero);
  }

  /// Begins a step without touching the memory: what is old is set to zero when a context asks for it, or assigned by an
  /// operation that can (see Recording::assigned), or set to zero by `end_step` where nobody did.
  void begin_step() { std::fill(state_.begin(), state_.end(), State::old); }
  void end_step() {
    for (const Part& part : parts_) {
      zero_if_old(part);
    }
  }

  /// Makes the gradient zero if it is still that of the step before.
  void zero_if_old(const Part& part) {
    State& state = state_of(part);
    if (state == State::old) {
      std::fill_n(data(part), part.size(), Scalar(0));
      state = State::zero;
    }
  }
  /// Leaves the gradient as it is, because an operation will assign it. Returns whether it may: nobody has asked for it before.
  [[nodiscard]] bool leave_to_assign(const Part& part) {
    State& state = state_of(part);
    if (state != State::old) {
      return false;
    }
    state = State::to_assign;
    return true;
  }
  /// Takes that back, for an operation that can only add: returns whether it had been left, and sets it to zero.
  bool zero_if_left(const Part& part) {
    State& state = state_of(part);
    if (state != State::to_assign) {
      return false;
    }
    state = State::old;
    zero_if_old(part);
    return true;
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

  enum class State : std::uint8_t { zero, old, to_assign };
  [[nodiscard]] State& state_of(const Part& part) { return state_[static_cast<std::size_t>(&part - parts_.data())]; }

  std::vector<Part> parts_;
  std::vector<Chunk> chunks_;
  std::vector<State> state_;
  mutable std::vector<double> squares_;  ///< of each chunk: kept, so that a norm allocates nothing
  AlignedVector<Scalar> values_;
};

/// Runs a network for training: parameters are variables, and operations go on the tape.
template <class ScalarType>
class Recording {
 public:
  using Scalar = ScalarType;

  Recording(Tape<Scalar>& tape, Gradients<Scalar>& gradients) : tape_(&tape), gradients_(&gradients) {
    for (const auto& part : gradients.parts()) {
      tape.record_leaf(part.name, view(part, part.parameter), view(part, gradients.data(part)));
    }
  }

  [[nodiscard]] Tape<Scalar>& tape() const { return *tape_; }

  template <int Rows, int Columns>
  [[nodiscard]] Variable<Scalar, Rows> parameter(const Parameter<Scalar, Rows, Columns>& parameter) const {
    const auto& part = gradients_->part_of(parameter.data());
    if (gradients_->zero_if_left(part)) {
      (void)tape_->is_first_to_write(gradients_->data(part));
    }
    gradients_->zero_if_old(part);
    return variable(parameter, part);
  }

  /// The same for an operation whose reverse pass asks Tape::is_first_to_write, and then assigns the adjoint instead of adding to
  /// it: spares large parameters a pass that sets zeros and one that reads them.
  template <int Rows, int Columns>
  [[nodiscard]] Variable<Scalar, Rows> assigned(const Parameter<Scalar, Rows, Columns>& parameter) const {
    const auto& part = gradients_->part_of(parameter.data());
    if (gradients_->leave_to_assign(part)) {
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
};

/// Runs a network for its value alone: parameters are constants, and so is every result.
template <class ScalarType>
class Evaluating {
 public:
  using Scalar = ScalarType;

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
