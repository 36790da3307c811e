// SPDX-License-Identifier: MIT
// Likelihoods of one value, for the numbers that one value is computed in: double, or the model's own long double.
#include <betavae/vae/likelihood/beta.ipp>
#include <betavae/vae/likelihood/detail/draws.ipp>
#include <betavae/vae/likelihood/detail/von_mises_of_limited_concentration.ipp>
#include <betavae/vae/likelihood/gamma.ipp>
#include <betavae/vae/likelihood/negative_binomial.ipp>
#include <betavae/vae/likelihood/poisson.ipp>
#include <betavae/vae/likelihood/von_mises.ipp>
#include <betavae/vae/likelihood/zero_inflated_negative_binomial.ipp>

namespace betavae {

#define BETAVAE_INSTANTIATE_LIKELIHOOD(Likelihood, Number)                \
  template Number Likelihood::nats(const Number*, Number, Number*) const; \
  template void Likelihood::information(const Number*, Number*) const;

#define BETAVAE_INSTANTIATE(Number)                                               \
  template Number detail::poisson_nats(Number, Number);                           \
  template Number detail::negative_binomial_nats(const Number*, Number, Number*); \
  BETAVAE_INSTANTIATE_LIKELIHOOD(Beta, Number)                                    \
  BETAVAE_INSTANTIATE_LIKELIHOOD(Gamma, Number)                                   \
  BETAVAE_INSTANTIATE_LIKELIHOOD(NegativeBinomial, Number)                        \
  BETAVAE_INSTANTIATE_LIKELIHOOD(Poisson, Number)                                 \
  BETAVAE_INSTANTIATE_LIKELIHOOD(VonMises, Number)                                \
  BETAVAE_INSTANTIATE_LIKELIHOOD(ZeroInflatedNegativeBinomial, Number)            \
  BETAVAE_INSTANTIATE_LIKELIHOOD(detail::VonMisesOfLimitedConcentration, Number)

BETAVAE_INSTANTIATE(double)
BETAVAE_INSTANTIATE(long double)

}  // namespace betavae
