// SPDX-License-Identifier: MIT
// The special functions for float, double and long double.
#include <betavae/core/special_functions.ipp>

namespace betavae {

#define BETAVAE_INSTANTIATE(Scalar)                \
  template Scalar stirling_error(Scalar);          \
  template Scalar stirling_error_of_count(Scalar); \
  template Scalar log_minus_digamma(Scalar);       \
  template Scalar trigamma_excess(Scalar);         \
  template Scalar exp_residual(Scalar);            \
  template Scalar log_residual(Scalar, Scalar);    \
  template Scalar log_one_minus_exp(Scalar);       \
  template BesselRatio<Scalar> bessel_ratio(Scalar);

BETAVAE_INSTANTIATE(float)
BETAVAE_INSTANTIATE(double)
BETAVAE_INSTANTIATE(long double)

}  // namespace betavae
