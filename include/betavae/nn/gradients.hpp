// SPDX-License-Identifier: MIT
// The gradient of a whole model in one piece of memory, and the two ways to run a network: recording, and only evaluating.
//
// A layer is a template over its context and asks it for its parameters: `context.parameter(weight)` is a Variable whose adjoint
// lies here while recording, and a Constant while evaluating, when nothing is differentiated and nothing is put on the tape.
#pragma once

#include <betavae/kernels/sum.hpp>
#include <betavae/nn/parameter.hpp>

#include <algorithm>
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

  template <class Model>
  explicit Gradients(Model& model) {
    visit_parameters(model, [this](const std::string& name, auto& parameter) {
      add(name, parameter.data(), parameter.rows(), parameter.columns());
    });
    set_zero();
  }

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  [[nodiscard]] Scalar* data(const Part& part) { return values_.data() + part.offset; }
  [[nodiscard]] const Scalar* data(const Part& part) const { return values_.data() + part.offset; }

  /// Numbers in all, padding included (which stays zero).
  [[nodiscard]] Index size() const { return static_cast<Index>(values_.size()); }

  void set_zero() { std::fill(values_.begin(), values_.end(), Scalar(0)); }

  /// The Euclidean norm over all parameters, summed in double in a fixed order. Infinite or NaN where a gradient is.
  [[nodiscard]] double norm() const {
    double squares = 0;
    for (const Part& part : parts_) {
      squares += kernels::sum_of_squares(part.size(), data(part));
    }
    return std::sqrt(squares);
  }

  /// The part that belongs to a parameter. Errors: ArgumentError for a parameter that the model did not show.
  [[nodiscard]] const Part& part_of(const Scalar* parameter) const {
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
    parts_.push_back({parameter, name, size(), rows, columns});
    values_.resize(values_.size() + static_cast<std::size_t>((rows * columns + line - 1) / line * line));
  }

  std::vector<Part> parts_;
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
    // The shape is the parameter's own: all that are empty share one address, and so one part.
    const auto& part = gradients_->part_of(parameter.data());
    const MatrixView<Scalar> value{part.parameter, parameter.rows(), parameter.columns(), parameter.rows()};
    return {*tape_, value, {gradients_->data(part), value.rows, value.columns, value.stride}};
  }

 private:
  [[nodiscard]] static MatrixView<Scalar> view(const typename Gradients<Scalar>::Part& part, Scalar* data) {
    return {data, part.rows, part.columns, part.rows};
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

 private:
  Tape<Scalar>* tape_;
};

}  // namespace betavae
