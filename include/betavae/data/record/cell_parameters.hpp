// SPDX-License-Identifier: MIT
// The parameters of one cell's likelihood, put together from what the decoder gives and what is common to all samples.
//
// Floors, so that no density grows without end where values are met exactly or are constant: widths (σ of a Gaussian, Laplace or
// Student's t) stay above 10⁻³ in coordinates of unit scale, concentrations (shape of a gamma, precision of a beta) below 10⁶. Both are
// smooth: with f the logarithm of the limit and r what comes from decoder or parameter, f + h(r − f), h(d) = ½ (d + √(d² + 1)).
#pragma once

#include <betavae/data/record/layout.hpp>

#include <cmath>

namespace betavae::detail {

inline constexpr double least_width = 1e-3;
inline constexpr double greatest_concentration = 1e6;

/// h(d) = ½ (d + √(d² + 1)): above 0, and d far above it.
template <class Number>
struct SoftPositive {
  explicit SoftPositive(Number d) {
    using std::sqrt;
    const Number root = sqrt(d * d + Number(1));
    value = d > Number(0) ? Number(Number(0.5) * (d + root)) : Number(Number(0.5) / (root - d));
    slope = value / root;
  }
  Number value;
  Number slope;
};

/// The parameters of one cell's likelihood, with what each changes as its source does.
template <class Number, int Count>
struct CellParameters {
  std::array<Number, static_cast<std::size_t>(Count)> p;
  std::array<Number, static_cast<std::size_t>(Count)> slope;
};

/// The parameters of one cell. The pointers are to the first of this cell in the decoder's outputs and among the common parameters,
/// where the next parameter stands `Field::cells` further on; `beside` is added to the first parameter.
template <class Field, class Number, class Scalar>
[[nodiscard]] CellParameters<Number, ParametersOf<Field>::all> gather(const Scalar* from_decoder,
                                                                      const Scalar* from_common, Number beside) {
  using Parameters = ParametersOf<Field>;
  using Likelihood = typename Parameters::Likelihood;
  CellParameters<Number, Parameters::all> result;
  for (int k = 0; k < Parameters::all; ++k) {
    const auto i = static_cast<std::size_t>(k);
    const Scalar*& source = Parameters::is_common(k) ? from_common : from_decoder;
    Number p(*source);
    source += Field::cells;
    p += k == 0 ? beside : Number(0);
    Number slope(1);
    constexpr CommonParameters spread = Likelihood::common_parameters;
    if (spread.widens != 0 && k == spread.first) {
      const Number sign(spread.widens);
      const Number limit(std::log(spread.widens > 0 ? least_width : greatest_concentration));
      const SoftPositive<Number> above(sign * (p - limit));
      p = limit + sign * above.value;
      slope = above.slope;
    }
    if constexpr (requires { Likelihood::bounds; }) {
      const Number bound(Likelihood::bounds[i]);
      slope = p > bound || p < -bound ? Number(0) : slope;
      p = p > bound ? bound : p < -bound ? Number(-bound) : p;
    }
    result.p[i] = p;
    result.slope[i] = slope;
  }
  return result;
}

}  // namespace betavae::detail
