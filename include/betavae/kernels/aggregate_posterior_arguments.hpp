// SPDX-License-Identifier: MIT
// What the kernel of aggregate_posterior.hpp reads and writes.
#pragma once

#include <betavae/core/matrix_view.hpp>

namespace betavae::kernels {

/// What `aggregate_posterior` reads and writes. Matrices are latents × samples.
template <class Scalar>
struct AggregatePosteriorArguments {
  MatrixView<Scalar> mean, log_variance;  ///< of the components, one a sample
  MatrixView<Scalar> z;                   ///< a draw of each
  const Scalar* weights;                  ///< at least 0, one a sample
  const Scalar* own_weights;              ///< at least 0, one a sample
  const Scalar* shares;                   ///< one a sample; a draw whose share is 0 has no derivative
  Scalar* log_density;                    ///< ln q(zᵢ), one a sample
  MatrixView<Scalar> log_marginals;       ///< ln q(zᵢₖ)
  Scalar* log_conditional;                ///< ln of each draw's density in its own component, one a sample
  MatrixView<Scalar> z_partial, mean_partial, log_variance_partial;  ///< of C: all three, or views without data
  Scalar* workspace;  ///< `aggregate_posterior_workspace_size` numbers, aligned to 64 bytes
};

}  // namespace betavae::kernels
