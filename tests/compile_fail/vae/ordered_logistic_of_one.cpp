// SPDX-License-Identifier: MIT
// expect: betavae: an ordered likelihood needs at least two categories
#include <betavae/vae/likelihood/ordered_logistic.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
bv::OrderedLogistic<2> likelihood;
#else
bv::OrderedLogistic<1> likelihood;
#endif
