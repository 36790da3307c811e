// SPDX-License-Identifier: MIT
// The kernels for float and double, on every instruction set.
#include <betavae/kernels/activate.ipp>
#include <betavae/kernels/adam.ipp>
#include <betavae/kernels/aggregate_posterior.ipp>
#include <betavae/kernels/bernoulli.ipp>
#include <betavae/kernels/chain_rule.ipp>
#include <betavae/kernels/gaussian_likelihood.ipp>
#include <betavae/kernels/gaussian_rate.ipp>
#include <betavae/kernels/normals.ipp>
#include <betavae/kernels/product.ipp>
#include <betavae/kernels/reparameterize.ipp>
#include <betavae/kernels/smooth_bound.ipp>
#include <betavae/kernels/sum.ipp>

namespace betavae::kernels::vectors {

#define BETAVAE_INSTANTIATE(Scalar)                                                                                \
  template void activate_in_place(Activation, Index, Scalar*);                                                     \
  template void activation_gradient(Activation, Index, const Scalar*, const Scalar*, Scalar*);                     \
  template void adam(Index, Scalar*, const Scalar*, Scalar*, Scalar*, const AdamFactors<Scalar>&);                 \
  template Index aggregate_posterior_workspace_size<Scalar>(Index, Index, bool);                                   \
  template void aggregate_posterior(const AggregatePosteriorArguments<Scalar>&, const Sharing&);                   \
  template Scalar bernoulli_distortion(Index, const Scalar*, const Scalar*, const std::uint8_t*, Scalar, Scalar*); \
  template void multiply_add(Index, Scalar, const Scalar*, Scalar*);                                               \
  template void chain_rule(MatrixView<Scalar>, MatrixView<Scalar>, MatrixView<Scalar>);                            \
  template SquaredError<Scalar> squared_error(Index, const Scalar*, const Scalar*, const std::uint8_t*, Scalar,    \
                                              Scalar*);                                                            \
  template void gaussian_rate(Index, const Scalar*, const Scalar*, Scalar*, Scalar*, Scalar*);                     \
  template void gaussian_rate(MatrixView<Scalar>, MatrixView<Scalar>, MatrixView<Scalar>, MatrixView<Scalar>);     \
  template void gaussian_rate_to_prior(Index, const Scalar*, const Scalar*, const Scalar*, const Scalar*, Scalar*, \
                                       Scalar*, Scalar*);                                                          \
  template void fill_normals(Index, Index, Scalar*, Index, const NormalsAddress&);                                 \
  template Scalar normal<Scalar>(std::uint64_t, Stream, const NoiseAddress&);                                      \
  template Index product_workspace_size<Scalar>(Index, Index);                                                     \
  template void product(const ProductArguments<Scalar>&);                                                          \
  template void reparameterize(Index, const Scalar*, const Scalar*, const Scalar*, Scalar*, Scalar*);              \
  template void reparameterize(MatrixView<Scalar>, MatrixView<Scalar>, MatrixView<Scalar>, MatrixView<Scalar>);    \
  template void smooth_bound(Scalar, MatrixView<Scalar>, MatrixView<Scalar>, MatrixView<Scalar>);                  \
  template Scalar sum(Index, const Scalar*);                                                                       \
  template double sum_of_squares(Index, const Scalar*);                                                            \
  template void add_columns(Index, Index, const Scalar*, Index, Scalar*);

BETAVAE_INSTANTIATE(float)
BETAVAE_INSTANTIATE(double)

}  // namespace betavae::kernels::vectors
