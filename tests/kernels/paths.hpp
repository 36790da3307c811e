// SPDX-License-Identifier: MIT
// What every kernel with vectors is tested on: lengths around the vector's width, pointers at any address, and a body on each path.
#pragma once

#include <betavae/core/aligned.hpp>
#include <betavae/simd/dispatch.hpp>

#include "numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace betavae::test {

/// Past four blocks of sixteen, and every rest.
inline constexpr betavae::Index longest = 70;

/// Calls f(count, shift) for every length up to `longest` and pointers that lie `shift` numbers past a cache line.
template <class Function>
void for_lengths_and_shifts(const Function& function) {
  for (betavae::Index count = 0; count <= longest; ++count) {
    for (const betavae::Index shift : {0, 1, 3, 7}) {
      function(count, shift);
    }
  }
}

/// An array whose first number lies `shift` numbers past a cache line, with one number after the last that must stay as it is.
template <class Scalar>
class Shifted {
 public:
  static constexpr Scalar untouched = Scalar(-77);

  Shifted(betavae::Index count, betavae::Index shift, Scalar fill = Scalar(0))
      : shift_(shift), values_(static_cast<std::size_t>(count + shift + 1), fill) {
    values_.back() = untouched;
  }
  /// Numbers of a sequence (numbers.hpp), times `scale`.
  static Shifted numbers(std::uint64_t sequence, betavae::Index count, betavae::Index shift, Scalar scale = Scalar(1)) {
    Shifted shifted(count, shift);
    for (betavae::Index i = 0; i < count; ++i) {
      shifted[i] = scale * number<Scalar>(sequence, i);
    }
    return shifted;
  }

  [[nodiscard]] betavae::Index size() const { return static_cast<betavae::Index>(values_.size()) - shift_ - 1; }
  [[nodiscard]] Scalar* data() { return values_.data() + shift_; }
  [[nodiscard]] const Scalar* data() const { return values_.data() + shift_; }
  [[nodiscard]] Scalar& operator[](betavae::Index i) { return data()[i]; }
  [[nodiscard]] const Scalar& operator[](betavae::Index i) const { return data()[i]; }

  /// Whether all numbers, and the one after them, are the same bits.
  [[nodiscard]] bool same_bits(const Shifted& other) const {
    return size() == other.size() &&
           std::memcmp(data(), other.data(), static_cast<std::size_t>(size() + 1) * sizeof(Scalar)) == 0;
  }

  /// The greatest |this − other| / max(|other|, floor): infinite where one is NaN or touched behind its end and the other is not.
  [[nodiscard]] double error(const Shifted& other, double floor = 1) const {
    double worst = data()[size()] == untouched ? 0 : std::numeric_limits<double>::infinity();
    for (betavae::Index i = 0; i < size(); ++i) {
      const auto a = static_cast<double>((*this)[i]);
      const auto b = static_cast<double>(other[i]);
      if (a == b || (std::isnan(a) && std::isnan(b))) {
        continue;
      }
      const double error = std::abs(a - b) / std::max(std::abs(b), floor);
      worst = error <= worst ? worst : std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
    }
    return worst;
  }

 private:
  betavae::Index shift_;
  betavae::AlignedVector<Scalar> values_;
};

/// Whether this processor runs both paths whose bits must agree.
[[nodiscard]] inline bool has_both_paths() {
  return betavae::simd::is_available(betavae::simd::InstructionSet::avx2) &&
         betavae::simd::is_available(betavae::simd::InstructionSet::avx512);
}

/// Calls f(run) for AVX2 and for AVX-512, where run(arguments…) runs the body there; not at all where the processor lacks one.
template <class Body, class Function>
void on_both_paths(const Function& function) {
#if BETAVAE_X86
  if (has_both_paths()) {
    function([](auto... arguments) { betavae::simd::detail::run_avx2<Body>(arguments...); });
    function([](auto... arguments) { betavae::simd::detail::run_avx512<Body>(arguments...); });
  }
#else
  (void)function;
#endif
}

/// Whether the numbers are the same bit for bit, NaN being NaN: which NaN two of them give depends on how a compiler orders operands.
template <class Scalar>
[[nodiscard]] bool same_numbers(const std::vector<Scalar>& a, const std::vector<Scalar>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Scalar& x, const Scalar& y) {
    return same_bits(x, y) || (std::isnan(x) && std::isnan(y));
  });
}

/// Whether a body that `for_blocks` runs gives the same numbers on AVX2 and AVX-512. Inputs are of one length, a multiple of sixteen.
template <class Body, int Outputs, class Scalar, class Constants>
[[nodiscard]] bool paths_agree(const std::vector<std::vector<Scalar>>& inputs, const Constants& constants) {
  std::vector<const Scalar*> from;
  for (const auto& input : inputs) {
    from.push_back(input.data());
  }
  const auto count = static_cast<betavae::Index>(inputs[0].size());
  std::vector<std::vector<Scalar>> results;
  on_both_paths<Body>([&](const auto& run) {
    std::vector<Scalar> outputs(inputs[0].size() * Outputs);
    std::vector<Scalar*> to;
    for (betavae::Index n = 0; n < Outputs; ++n) {
      to.push_back(outputs.data() + n * count);
    }
    run(count, static_cast<const Scalar* const*>(from.data()), static_cast<Scalar* const*>(to.data()), &constants);
    results.push_back(outputs);
  });
  return results.empty() || same_numbers(results[0], results[1]);
}

/// Numbers on which a function of any argument shows itself: of all sizes, and what is no number.
template <class Scalar>
std::vector<Scalar> telling_numbers(std::uint64_t sequence, betavae::Index count) {
  constexpr auto infinity = std::numeric_limits<Scalar>::infinity();
  constexpr Scalar special[] = {Scalar(0),
                                -Scalar(0),
                                Scalar(1),
                                Scalar(-1),
                                infinity,
                                -infinity,
                                std::numeric_limits<Scalar>::quiet_NaN(),
                                std::numeric_limits<Scalar>::denorm_min(),
                                std::numeric_limits<Scalar>::max(),
                                std::numeric_limits<Scalar>::lowest()};
  std::vector<Scalar> values;
  for (betavae::Index i = 0; i < count; ++i) {
    const Scalar scale = Scalar(std::pow(10, i % 9 - 5));
    values.push_back(i % 7 == 3 ? special[i / 7 % 10] : scale * number<Scalar>(sequence, i));
  }
  return values;
}

}  // namespace betavae::test
