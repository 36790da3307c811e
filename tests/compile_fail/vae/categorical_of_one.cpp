// SPDX-License-Identifier: MIT
// expect: betavae: a categorical likelihood needs at least two categories
#include <betavae/vae/likelihood/categorical.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
bv::Categorical<2> likelihood;
#else
bv::Categorical<1> likelihood;
#endif
