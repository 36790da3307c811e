// SPDX-License-Identifier: MIT
// Tape and operations for float and double.
#include <betavae/autodiff/arena.ipp>
#include <betavae/autodiff/dense.ipp>
#include <betavae/autodiff/gradient_flow.hpp>
#include <betavae/autodiff/reduction.hpp>
#include <betavae/autodiff/repeat.hpp>
#include <betavae/autodiff/shape.ipp>

namespace betavae {

BETAVAE_TAPE(, float)
BETAVAE_TAPE(, double)

}  // namespace betavae

namespace betavae::detail {

BETAVAE_REVERSE(, float)
BETAVAE_REVERSE(, double)
BETAVAE_ELEMENTWISE(, float)
BETAVAE_ELEMENTWISE(, double)
BETAVAE_REDUCTION(, float)
BETAVAE_REDUCTION(, double)
BETAVAE_REPEAT(, float)
BETAVAE_REPEAT(, double)
BETAVAE_SCALE_GRADIENT(, float)
BETAVAE_SCALE_GRADIENT(, double)
BETAVAE_DENSE(, float)
BETAVAE_DENSE(, double)

}  // namespace betavae::detail
