// SPDX-License-Identifier: MIT
// An encoder of records with missing cells that is right by construction: the posterior is a product of the prior and one Gaussian
// expert for each cell that is there (Hinton, 2002; as an encoder: Wu and Goodman, 2018, equation 6):
//
//     q(z|x) ∝ p(z) Π q_c(z|x_c)      precision 1 + Σ_c τ_c,      mean (Σ_c η_c)/(1 + Σ_c τ_c),       c over the cells present
//
// So a record with every cell missing has the prior as its posterior, to the last bit, and each cell that comes to be known narrows it.
// An expert is a small network of its cell's columns: h = relu(W_c x_c + C y + b_c), τ_c = e^P h and η_c = M h, where y are the
// conditions, if there are any, and e^P is taken entry by entry, so that no precision is negative.
#pragma once

#include <betavae/autodiff/dense.hpp>
#include <betavae/autodiff/elementwise.hpp>
#include <betavae/data/record/layout.hpp>
#include <betavae/nn/gradients.hpp>
#include <betavae/nn/initialiser.hpp>
#include <betavae/vae/posterior.hpp>

namespace betavae {

namespace detail {

/// Where the columns of each modelled cell stand among the inputs of an encoder.
struct CellColumns {
  Index first = 0;   ///< row of its first column
  Index weight = 0;  ///< its first column, counted without presences
  Index columns = 0;
  Index presence = -1;  ///< row that is 1 if the cell is there; −1 where it always is
};

template <class Type>
[[nodiscard]] constexpr auto columns_of_cells() {
  using Layout = RecordLayout<Type>;
  std::array<CellColumns, static_cast<std::size_t>(Layout::values)> cells{};
  std::size_t next = 0;
  Layout::for_each([&]<class Field>(const Field& /*field*/, auto index) {
    if constexpr (Field::role == Role::modelled) {
      const auto& place = Layout::place(index);
      constexpr Index width = Field::columns + (Field::may_miss ? 1 : 0);
      for (Index cell = 0; cell < Field::cells; ++cell) {
        const Index first = place.input + cell * width;
        cells[next++] = {first, place.column + cell * Field::columns, Field::columns,
                         Field::may_miss ? first + Field::columns : -1};
      }
    }
  });
  return cells;
}

/// The hidden units of all experts, hidden · cells × samples: 0 for a cell that is missing.
template <class Type, class Scalar>
struct ExpertOperation {
  MatrixView<Scalar> x, weight, condition_weight, bias, y;
  MatrixView<Scalar> weight_adjoint, condition_weight_adjoint, bias_adjoint, y_adjoint;

  static constexpr auto cells = columns_of_cells<Type>();
  static constexpr Index first_condition = RecordLayout<Type>::modelled_inputs;

  [[nodiscard]] static bool is_present(const CellColumns& cell, const Scalar* sample) {
    return cell.presence < 0 || sample[cell.presence] != Scalar(0);
  }

  void forward() const {
    const Index hidden = weight.rows;
    for (Index j = 0; j < x.columns; ++j) {
      const Scalar* const sample = x.column(j);
      for (std::size_t c = 0; c < cells.size(); ++c) {
        Scalar* const units = y.column(j) + static_cast<Index>(c) * hidden;
        if (!is_present(cells[c], sample)) {
          std::fill_n(units, hidden, Scalar(0));
          continue;
        }
        std::copy_n(bias.column(static_cast<Index>(c)), hidden, units);
        for (Index i = 0; i < cells[c].columns; ++i) {
          add(hidden, sample[cells[c].first + i], weight.column(cells[c].weight + i), units);
        }
        for (Index i = 0; i < condition_weight.columns; ++i) {
          add(hidden, sample[first_condition + i], condition_weight.column(i), units);
        }
        for (Index h = 0; h < hidden; ++h) {
          units[h] = units[h] > Scalar(0) ? units[h] : Scalar(0);
        }
      }
    }
  }

  /// The reverse pass.
  void operator()() const {
    const Index hidden = weight.rows;
    for (Index j = 0; j < x.columns; ++j) {
      const Scalar* const sample = x.column(j);
      for (std::size_t c = 0; c < cells.size(); ++c) {
        const Scalar* const units = y.column(j) + static_cast<Index>(c) * hidden;
        const Scalar* const adjoints = y_adjoint.column(j) + static_cast<Index>(c) * hidden;
        for (Index h = 0; h < hidden && is_present(cells[c], sample); ++h) {
          const Scalar adjoint = units[h] > Scalar(0) ? adjoints[h] : Scalar(0);
          bias_adjoint.column(static_cast<Index>(c))[h] += adjoint;
          for (Index i = 0; i < cells[c].columns; ++i) {
            weight_adjoint.column(cells[c].weight + i)[h] += adjoint * sample[cells[c].first + i];
          }
          for (Index i = 0; i < condition_weight.columns; ++i) {
            condition_weight_adjoint.column(i)[h] += adjoint * sample[first_condition + i];
          }
        }
      }
    }
  }

 private:
  static void add(Index count, Scalar factor, const Scalar* from, Scalar* to) {
    for (Index h = 0; h < count; ++h) {
      to[h] += factor * from[h];
    }
  }
};

}  // namespace detail

/// An encoder for RecordEncoder. `Hidden` units for each cell, `Latents` latents.
template <class Type, int Hidden, int Latents, class ScalarType = float>
class ProductOfExperts {
  using Layout = RecordLayout<Type>;
  static_assert(Hidden >= 1 && Latents >= 1, "betavae: ProductOfExperts needs at least one hidden unit and one latent");

 public:
  using Scalar = ScalarType;
  static constexpr int inputs = Layout::inputs;
  static constexpr int latents = Latents;

  explicit ProductOfExperts(std::uint64_t seed = 1) {
    const auto begin = [&](auto& parameter, std::uint64_t layer, double fan_in) {
      const auto bound = Scalar(1 / std::sqrt(fan_in));
      const Random random(seed, Stream::encoder_weights);
      for (Index i = 0; i < parameter.size(); ++i) {
        const auto uniform = random.uniform<Scalar>({layer, 0, static_cast<std::uint64_t>(i)});
        parameter.data()[i] = bound * (Scalar(2) * uniform - Scalar(1));
      }
    };
    begin(weight, 0, 1);
    begin(condition_weight, 1, std::max(Layout::conditions, 1));
    begin(bias, 2, 1);
    begin(mean_weight, 3, Hidden);
    // Together the units of a cell begin with a precision of about that of the prior.
    std::fill_n(log_precision_weight.data(), log_precision_weight.size(),
                Scalar(-std::log(static_cast<double>(Hidden))));
  }

  template <class Context, Operand X>
  [[nodiscard]] auto operator()(Context& context, const X& x) const {
    static_assert(!is_variable<X>, "betavae: ProductOfExperts: the data must be a constant");
    const auto w = context.parameter(weight);
    const auto c = context.parameter(condition_weight);
    const auto b = context.parameter(bias);
    auto units = make_result<Hidden * Layout::values>(Hidden * Layout::values, x.columns(), w, c, b);
    const detail::ExpertOperation<Type, Scalar> operation{.x = x.value_view(),
                                                          .weight = w.value_view(),
                                                          .condition_weight = c.value_view(),
                                                          .bias = b.value_view(),
                                                          .y = units.value_view(),
                                                          .weight_adjoint = detail::adjoint_or_none(w),
                                                          .condition_weight_adjoint = detail::adjoint_or_none(c),
                                                          .bias_adjoint = detail::adjoint_or_none(b),
                                                          .y_adjoint = detail::adjoint_or_none(units)};
    operation.forward();
    record("product_of_experts", units, operation);

    Scalar* const zeros = x.tape().allocate(Latents);
    std::fill_n(zeros, Latents, Scalar(0));
    const Constant<Scalar, Latents> none{x.tape(), {zeros, Latents, 1, Latents}};
    const auto precision = Scalar(1) + dense(units, exp(context.parameter(log_precision_weight)), none);
    const auto weighted_mean = dense(units, context.parameter(mean_weight), none);
    return GaussianPosterior{weighted_mean / precision, bound_log_variance(-log(precision))};
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("weight", weight);
    visitor("condition_weight", condition_weight);
    visitor("bias", bias);
    visitor("mean_weight", mean_weight);
    visitor("log_precision_weight", log_precision_weight);
  }

  Parameter<Scalar, Hidden, Layout::modelled_columns> weight;      ///< of each column of each cell
  Parameter<Scalar, Hidden, Layout::conditions> condition_weight;  ///< the same for all experts
  Parameter<Scalar, Hidden, Layout::values> bias;
  Parameter<Scalar, Latents, Hidden * Layout::values> mean_weight;
  Parameter<Scalar, Latents, Hidden * Layout::values> log_precision_weight;
};

}  // namespace betavae
