// SPDX-License-Identifier: MIT
// Elementary functions of vectors: each opens with its lanes, error, range, and what becomes of NaN, ±∞, ±0 and denormals.
#pragma once

#include <betavae/simd/circular.hpp>
#include <betavae/simd/exponential.hpp>
#include <betavae/simd/logarithm.hpp>
#include <betavae/simd/logistic.hpp>
