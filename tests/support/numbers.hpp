// SPDX-License-Identifier: MIT
// Numbers to test with, the same in every run.
#pragma once

#include <betavae/core/random.hpp>

#include <cstddef>
#include <cstring>
#include <type_traits>
#include <vector>

namespace betavae::test {

/// Number `index` of a sequence, in (−1, 1].
template <class Scalar>
Scalar number(std::uint64_t sequence, betavae::Index index) {
  const betavae::Random random(2024, betavae::Stream::user);
  return Scalar(2 * random.uniform<double>({sequence, 0, static_cast<std::uint64_t>(index)}) - 1);
}

/// The first `count` of a sequence.
template <class Scalar>
std::vector<Scalar> numbers(std::uint64_t sequence, betavae::Index count) {
  std::vector<Scalar> values;
  for (betavae::Index i = 0; i < count; ++i) {
    values.push_back(number<Scalar>(sequence, i));
  }
  return values;
}

/// Whether two numbers are one and the same, sign of zero and payload of NaN included. (A long double has bits that mean nothing.)
template <class Scalar>
bool same_bits(const Scalar& a, const Scalar& b) {
  static_assert(!std::is_same_v<Scalar, long double>);
  return std::memcmp(&a, &b, sizeof(Scalar)) == 0;
}

template <class Scalar>
bool same_bits(const std::vector<Scalar>& a, const std::vector<Scalar>& b) {
  static_assert(!std::is_same_v<Scalar, long double>);
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(Scalar)) == 0);
}

}  // namespace betavae::test
