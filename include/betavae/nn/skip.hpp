// SPDX-License-Identifier: MIT
// Skip connections: hidden activations s of one network join those of another, h.
//
//     plain            y = h + s                                                             (as in He et al., 2016)
//     gated            y = h + g s           g = logistic(a), a learned: one number for each connection
//     dropout          y = h + m ⊙ s / p     mᵢ = 1 with probability p, else 0, in training (Srivastava et al., 2014); then y = h + s
//     sample_dropout   y = h + m s           one m for all connections of a sample, in training; then y = h + s
//     removed          y = h
//
// Only the skip is dropped, never h. Dividing by p makes E[m ⊙ s / p] = s, the value after training. A skip that is dropped as a whole
// is not divided: what reads y learns both cases, and meets the one with the skip or the one without it again. m depends on seed,
// step, sample (the column of the batch) and, for dropout, connection and unit alone, and is the same for every scalar type.
//
// A gate is one number for each connection, and not one for each unit, so that it can be read: how far the connection stands open. It
// is no measure of what passes on its own: where s grows with the weights of the layer that it comes from, as with relu, they can make
// up for any g > 0. Nor does a loss of rate and distortion ask for a closed gate: what a skip carries costs no rate. So the beginning
// decides. A gate that begins open stays open; one that begins nearly closed leaves z the time to be learned first, and has a small
// gradient, g (1 − g) times that in g. Fashion-MNIST, 784-400-20, β = 1, Adam: from 0.5 the gate stands at 0.68 after 3 epochs, and the
// rate is 0.1 nats; from 0.01 it is as good as closed after 3 epochs, and open after 15; from 0.001 it is closed after 15 (17 nats).
#pragma once

#include <betavae/autodiff/elementwise.hpp>
#include <betavae/autodiff/shape.hpp>
#include <betavae/core/random.hpp>
#include <betavae/kernels/chain_rule.hpp>
#include <betavae/kernels/sum.hpp>
#include <betavae/nn/parameter.hpp>
#include <betavae/nn/state.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace betavae {

/// How a skip joins: see above.
enum class Skip { plain, gated, dropout, sample_dropout, removed };

[[nodiscard]] constexpr std::string_view name(Skip skip) {
  constexpr std::string_view names[] = {"plain", "gated", "dropout", "sample_dropout", "removed"};
  return names[static_cast<int>(skip)];
}

struct SkipOptions {
  Skip skip = Skip::plain;
  double gate = 0.001;             ///< g at the beginning, between 0 and 1; the same for every connection
  double keep = 0.5;               ///< p, above 0 and at most 1: how likely a number, or a sample's skip, stays
  std::uint64_t dropout_seed = 1;  ///< of what is dropped
};

namespace detail {

/// Some columns of a matrix; nothing of nothing.
template <class Scalar>
[[nodiscard]] MatrixView<Scalar> column_slice(MatrixView<Scalar> view, Index first, Index count) {
  return {view.data != nullptr ? view.column(first) : nullptr, view.rows, count, view.stride};
}

/// y = h + f ⊙ s on the tape, f being a gate (1 × 1), a matrix of the shape of s, or 1 where there is neither; y = h without s. An
/// adjoint whose data is null belongs to a constant: it is skipped.
template <class Scalar>
struct SkipOperation {
  Tape<Scalar>* tape;
  MatrixView<Scalar> h, y, h_adjoint, y_adjoint;
  MatrixView<Scalar> s = {};
  MatrixView<Scalar> s_adjoint = {};
  MatrixView<Scalar> gate = {};
  MatrixView<Scalar> gate_adjoint = {};
  MatrixView<Scalar> factors = {};

  [[gnu::noinline]] void forward() const {
    share([this](Index first, Index count) {
      for (Index j = first; j < first + count; ++j) {
        std::copy_n(h.column(j), h.rows, y.column(j));
      }
      add(s, y, first, count);
    });
  }

  /// The reverse pass.
  [[gnu::noinline]] void operator()() const {
    share([this](Index first, Index count) {
      if (h_adjoint.data != nullptr) {
        kernels::chain_rule(column_slice(y_adjoint, first, count), {}, column_slice(h_adjoint, first, count));
      }
      if (s_adjoint.data != nullptr) {
        add(y_adjoint, s_adjoint, first, count);
      }
    });
    if (gate_adjoint.data != nullptr) {
      *gate_adjoint.data += product_sum();
    }
  }

 private:
  template <class Work>
  void share(const Work& work) const {
    tape->share_range(h.columns, Tape<Scalar>::numbers_worth_a_thread / std::max<Index>(h.rows, 1), work);
  }

  /// to += f ⊙ from, in some columns.
  void add(MatrixView<Scalar> from, MatrixView<Scalar> to, Index first, Index count) const {
    if (gate.data != nullptr) {
      for (Index j = first; j < first + count; ++j) {
        kernels::multiply_add(from.rows, *gate.data, from.column(j), to.column(j));
      }
    } else if (from.data != nullptr) {
      kernels::chain_rule(column_slice(from, first, count), column_slice(factors, first, count),
                          column_slice(to, first, count));
    }
  }

  /// Σ ȳ ⊙ s in an order that is the same for any number of threads.
  [[nodiscard]] Scalar product_sum() const {
    const typename Tape<Scalar>::Nested nested(*tape);
    const MatrixView<Scalar> products{tape->allocate_zeros(s.rows * s.columns), s.rows, s.columns, s.rows};
    kernels::chain_rule(y_adjoint, s, products);
    return kernels::sum(s.rows * s.columns, products.data);
  }
};

}  // namespace detail

/// The connections of one network, `Count` of them, all of one kind.
template <class ScalarType, int Count>
class SkipConnections {
 public:
  using Scalar = ScalarType;

  /// Errors: ArgumentError for a gate that is not between 0 and 1, or a probability to keep that is not above 0 and at most 1.
  explicit SkipConnections(const SkipOptions& options)
      : kind_(options.skip), keep_(options.keep), random_(options.dropout_seed, Stream::dropout) {
    require(options.gate > 0 && options.gate < 1, "SkipConnections", "options.gate", "a number between 0 and 1",
            options.gate);
    require(options.keep > 0 && options.keep <= 1, "SkipConnections", "options.keep", "above 0 and at most 1",
            options.keep);
    std::fill_n(gate_.data(), Count, static_cast<Scalar>(std::log(options.gate / (1 - options.gate))));
  }

  [[nodiscard]] Skip kind() const { return kind_; }
  /// p
  [[nodiscard]] double keep() const { return keep_; }

  /// How far each connection stands open: logistic(a) where gated, 0 where removed, and 1 else.
  [[nodiscard]] std::array<double, Count> gates() const {
    std::array<double, Count> open{};
    for (int i = 0; i < Count; ++i) {
      open[static_cast<std::size_t>(i)] = kind_ == Skip::gated ? kernels::sigmoid(static_cast<double>(gate_.data()[i]))
                                          : kind_ == Skip::removed ? 0.0
                                                                   : 1.0;
    }
    return open;
  }

  /// h joined by s, which has the same shape, through connection `Number`. Nothing is dropped unless the context is that of a
  /// training step. Errors: ArgumentError for shapes that differ.
  template <int Number, class Context, Operand H, Operand S>
  [[nodiscard]] auto join(Context& context, const H& h, const S& s) const {
    static_assert(Number >= 0 && Number < Count, "betavae: SkipConnections: there is no connection of this number");
    static_assert(H::Rows == S::Rows || H::Rows == dynamic || S::Rows == dynamic,
                  "betavae: a skip must have as many numbers a sample as the hidden layer that it joins");
    require_same_size("skip", "numbers a sample", s.rows(), "units of the hidden layer", h.rows());
    require_same_size("skip", "samples", s.columns(), "samples of the hidden layer", h.columns());
    using Result = ResultOf<Scalar, H::Rows, H, S, decltype(context.parameter(gate_))>;
    if constexpr (std::is_same_v<Result, H>) {
      if (kind_ == Skip::removed) {
        return h;
      }
    }
    const auto y = make<Result>(h);
    detail::SkipOperation<Scalar> operation{.tape = &h.tape(),
                                            .h = h.value_view(),
                                            .y = y.value_view(),
                                            .h_adjoint = detail::adjoint_or_none(h),
                                            .y_adjoint = detail::adjoint_or_none(y)};
    if (kind_ != Skip::removed) {
      operation.s = s.value_view();
      operation.s_adjoint = detail::adjoint_or_none(s);
    }
    if (kind_ == Skip::gated) {
      const auto gate = activate(Activation::sigmoid, rows<1>(context.parameter(gate_), Number));
      operation.gate = gate.value_view();
      operation.gate_adjoint = detail::adjoint_or_none(gate);
    }
    if constexpr (Context::is_training) {
      if (drops()) {
        operation.factors = {h.tape().allocate(s.rows() * s.columns()), s.rows(), s.columns(), s.rows()};
        draw(h.tape(), context.step(), Number, operation.factors);
      }
    }
    operation.forward();
    record("skip", y, operation);
    return y;
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    if (kind_ == Skip::gated) {
      visitor("gate", gate_);
    }
  }

  [[nodiscard]] std::vector<std::string> schema() const {
    std::vector<std::string> lines{detail::schema_line("skip", name(kind_))};
    if (drops()) {
      lines.push_back(detail::schema_line("keep", keep_));
    }
    return lines;
  }

 private:
  template <class Result, Operand H>
  [[nodiscard]] static Result make(const H& h) {
    if constexpr (is_variable<Result>) {
      return make_variable<Result::Rows>(h.tape(), h.rows(), h.columns());
    } else {
      return {h.tape(), {h.tape().allocate(h.rows() * h.columns()), h.rows(), h.columns(), h.rows()}};
    }
  }

  [[nodiscard]] bool drops() const { return kind_ == Skip::dropout || kind_ == Skip::sample_dropout; }

  /// What a training step multiplies the skip of connection `number` by: m, or m / p. A word of 32 random bits decides one number.
  void draw(Tape<Scalar>& tape, std::uint64_t step, int number, MatrixView<Scalar> factors) const {
    constexpr Index words = 4;
    const auto kept_below = static_cast<std::uint64_t>(std::ceil(keep_ * 0x1p32));
    const bool whole = kind_ == Skip::sample_dropout;
    const auto kept = whole ? Scalar(1) : static_cast<Scalar>(1 / keep_);
    const auto block_of = [&](Index sample, Index block) {
      return random_.block({step, static_cast<std::uint64_t>(sample), static_cast<std::uint64_t>(block)});
    };
    const Index least = Tape<Scalar>::numbers_worth_a_thread / (words * std::max<Index>(factors.rows, 1)) + 1;
    tape.share_range(factors.columns, least, [&](Index first, Index count) {
      for (Index j = first; j < first + count; ++j) {
        PhiloxBlock block = block_of(j, 0);
        if (whole) {
          std::fill_n(factors.column(j), factors.rows, block[0] < kept_below ? kept : Scalar(0));
          continue;
        }
        for (Index i = 0; i < factors.rows; ++i) {
          if (i % words == 0) {
            block = block_of(j, i / words * Count + number);  // connections take turns, so that no two share a block
          }
          factors.column(j)[i] = block[static_cast<std::size_t>(i % words)] < kept_below ? kept : Scalar(0);
        }
      }
    });
  }

  Parameter<Scalar, Count> gate_;
  Skip kind_;
  double keep_;
  Random random_;
};

}  // namespace betavae
