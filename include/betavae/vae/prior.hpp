// SPDX-License-Identifier: MIT
// The prior p(z): what a code is compared with, and what new data are drawn from.
#pragma once

#include <betavae/vae/rate.hpp>

namespace betavae {

/// N(0, I). No parameters.
struct StandardNormal {
  /// Nats of each dimension of each sample: latents × samples.
  template <class Posterior>
  [[nodiscard]] auto rate(const Posterior& posterior) const {
    return gaussian_rate(posterior);
  }

  /// ln p(zₖ) of each dimension, in nats: latents × samples.
  template <class Context, Operand Z>
  [[nodiscard]] auto log_density(Context& /*context*/, const Z& z) const {
    using Scalar = typename Z::Scalar;
    constexpr auto half_log_two_pi = Scalar(0.91893853320467274178);
    return affine(square(z), Scalar(-0.5), -half_log_two_pi);
  }

  /// Fills latents × samples with draws; column j is sample `first_sample` + j of `random`.
  template <class Scalar>
  void sample(MatrixView<Scalar> z, const Random& random, std::uint64_t first_sample = 0) const {
    for (Index j = 0; j < z.columns; ++j) {
      random.fill_normals(z.column(j), z.rows, 0, first_sample + static_cast<std::uint64_t>(j));
    }
  }
};

}  // namespace betavae
