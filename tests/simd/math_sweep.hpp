// SPDX-License-Identifier: MIT
// One function of math_functions.hpp, or any of that form, on every path that the processor has, compared with its reference over
// many arguments.
#pragma once

#include <betavae/core/flush_denormals.hpp>
#include <betavae/core/random.hpp>
#include <betavae/simd/dispatch.hpp>
#include <betavae/simd/math.hpp>
#include <fmt/core.h>

#include "numbers.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numbers>
#include <string>
#include <type_traits>
#include <vector>

namespace betavae::test {

using betavae::Index;
namespace simd = betavae::simd;

/// Walks through `count` numbers, a multiple of sixteen.
template <class Function, class Scalar>
struct MathBody {
  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* x, Scalar* y) {
    using Unaligned = simd::Unaligned<Path, Scalar>;
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      const simd::Pack<Path, Scalar> argument{*reinterpret_cast<const Unaligned*>(x + i)};
      *reinterpret_cast<Unaligned*>(y + i) = Function::template evaluate<Path, Scalar>(argument).value;
    }
  }
};

template <class Scalar>
struct MathPath {
  std::string name;
  void (*run)(Index, const Scalar*, Scalar*);
};

/// Each path that this processor has, the weakest first.
template <class Function, class Scalar>
std::vector<MathPath<Scalar>> math_paths() {
  using Body = MathBody<Function, Scalar>;
  std::vector<MathPath<Scalar>> paths = {{"baseline", simd::detail::run_baseline<Body, Index, const Scalar*, Scalar*>}};
#if BETAVAE_X86
  if (simd::is_available(simd::InstructionSet::avx2)) {
    paths.push_back({"avx2", simd::detail::run_avx2<Body, Index, const Scalar*, Scalar*>});
  }
  if (simd::is_available(simd::InstructionSet::avx512)) {
    paths.push_back({"avx512", simd::detail::run_avx512<Body, Index, const Scalar*, Scalar*>});
  }
#endif
  return paths;
}

/// What references compute in: double is to float what long double is to double.
template <class Scalar>
using Wider = std::conditional_t<std::same_as<Scalar, float>, double, long double>;

/// One unit in the last place of the Scalar that would hold the finite number x.
template <class Scalar>
Wider<Scalar> unit_in_last_place(Wider<Scalar> x) {
  using Limits = std::numeric_limits<Scalar>;
  if constexpr (std::same_as<Scalar, float>) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    const int exponent = static_cast<int>((bits >> 52) & 0x7FF) - 1022;  // as std::frexp has it
    const auto field = static_cast<std::uint64_t>(std::max(exponent, Limits::min_exponent) - Limits::digits + 1023)
                       << 52;
    double unit = 0;
    std::memcpy(&unit, &field, sizeof unit);
    return unit;
  } else {
    int exponent = Limits::min_exponent;
    std::frexp(x, &exponent);
    return std::ldexp(Wider<Scalar>(1), std::max(exponent, Limits::min_exponent) - Limits::digits);
  }
}

/// What a sweep over many arguments found.
template <class Scalar>
struct MathFindings {
  double greatest_error = 0;  ///< in units in the last place
  Scalar at = 0;
  std::string failure;  ///< the first thing that is not as the header says; empty if there is none
};

/// One function on all paths, compared with its reference, argument by argument. Results of the paths with fused multiply-add must
/// have the same bits; with denormals flushed, only arguments and results that are nearly denormal may differ, being zero.
template <class Function, class Scalar>
class MathSweep {
 public:
  static constexpr Index chunk = 4096;

  /// Takes the arguments that `argument(i)` gives for i < count.
  template <class Argument>
  void run(std::uint64_t count, Argument argument) {
    for (std::uint64_t first = 0; first < count; first += chunk) {
      for (std::size_t i = 0; i < x_.size(); ++i) {
        const Scalar x = argument(std::min(first + i, count - 1));
        x_[i] = Function::covers(x) ? x : Scalar(0);
        expected_[i] = expected(x_[i]);
      }
      compare();
    }
  }

  [[nodiscard]] const MathFindings<Scalar>& findings() const { return findings_; }

 private:
  using Real = Wider<Scalar>;
  using Limits = std::numeric_limits<Scalar>;

  static Real expected(Scalar x) {
    if (Function::drops_denormals && std::abs(x) < Limits::min()) {
      x = 0;
    }
    return Function::reference(static_cast<Real>(x));
  }

  void compare() {
    std::vector<Scalar> fused;
    for (const MathPath<Scalar>& path : paths_) {
      path.run(chunk, x_.data(), y_.data());
      // NaN is NaN: which one of two comes out depends on how a compiler orders operands.
      const auto is_same = [](Scalar a, Scalar b) { return same_bits(a, b) || (std::isnan(a) && std::isnan(b)); };
      if (path.name == "avx512" && std::equal(fused.begin(), fused.end(), y_.begin(), y_.end(), is_same)) {
        continue;
      }
      if (path.name == "avx512") {
        note(path, 0, "other bits than on avx2, somewhere after this argument");
      }
      for (std::size_t i = 0; i < y_.size(); ++i) {
        judge(path, i);
      }
      {
        const betavae::FlushDenormals flush;
        path.run(chunk, x_.data(), flushed_.data());
      }
      for (std::size_t i = 0; !same_bits(y_, flushed_) && i < y_.size(); ++i) {
        judge_flushed(path, i);
      }
      fused = y_;
    }
  }

  void judge(const MathPath<Scalar>& path, std::size_t i) {
    const Scalar y = y_[i];
    const Real expected = expected_[i];
    if (std::isnan(expected) || std::isnan(y)) {
      if (std::isnan(expected) != std::isnan(y)) {
        note(path, i, "only one of them is NaN");
      }
    } else if (expected == 0 || std::isinf(expected)) {
      if (static_cast<Real>(y) != expected || std::signbit(y) != std::signbit(expected)) {
        note(path, i, "not the limit");
      }
    } else if (Function::drops_tiny_results && y == 0) {
      if (expected > static_cast<Real>(simd::exp_smallest<Scalar>) * (1 + Real(1e-5))) {
        note(path, i, "zero too early");
      }
    } else if (Function::drops_tiny_results &&
               expected < static_cast<Real>(simd::exp_smallest<Scalar>) * (1 - Real(1e-5))) {
      note(path, i, "not zero yet");
    } else {
      judge_error(path, i, y, expected);
    }
  }

  void judge_error(const MathPath<Scalar>& path, std::size_t i, Scalar y, Real expected) {
    // Infinity stands for the number that would follow the greatest one.
    const Real greatest = static_cast<Real>(Limits::max());
    const Real value = std::isinf(y)
                           ? std::copysign(greatest + unit_in_last_place<Scalar>(greatest), static_cast<Real>(y))
                           : static_cast<Real>(y);
    const bool both_overflow =
        std::isinf(y) && std::abs(expected) > greatest && std::signbit(y) == std::signbit(expected);
    const auto error =
        both_overflow ? 0.0 : static_cast<double>(std::abs(value - expected) / unit_in_last_place<Scalar>(expected));
    if (error > findings_.greatest_error) {
      findings_.greatest_error = error;
      findings_.at = x_[i];
    }
    if (!(error <= Function::error)) {
      note(path, i, "beyond the bound");
    }
  }

  void judge_flushed(const MathPath<Scalar>& path, std::size_t i) {
    const bool may_be_zero = std::abs(x_[i]) < Limits::min() || std::abs(y_[i]) <= 2 * Limits::min();
    const bool is_zero = flushed_[i] == 0 && std::signbit(flushed_[i]) == std::signbit(y_[i]);
    if (!same_bits(y_[i], flushed_[i]) && !(may_be_zero && is_zero) && !std::isnan(y_[i])) {
      note(path, i, "another result where denormals are flushed");
    }
  }

  void note(const MathPath<Scalar>& path, std::size_t i, const char* what) {
    if (findings_.failure.empty()) {
      findings_.failure = fmt::format("{} on {}, x = {:a} = {}: got {}, expected {}: {}", Function::name, path.name,
                                      x_[i], x_[i], y_[i], static_cast<double>(expected_[i]), what);
    }
  }

  std::vector<MathPath<Scalar>> paths_ = math_paths<Function, Scalar>();
  std::vector<Scalar> x_ = std::vector<Scalar>(static_cast<std::size_t>(chunk));
  std::vector<Scalar> y_ = x_;
  std::vector<Scalar> flushed_ = x_;
  std::vector<Real> expected_ = std::vector<Real>(static_cast<std::size_t>(chunk));
  MathFindings<Scalar> findings_;
};

inline float float_of_bits(std::uint32_t bits) {
  float x = 0;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

/// Every `stride`-th of all floats.
template <class Function>
MathFindings<float> sweep_floats(std::uint64_t stride) {
  MathSweep<Function, float> sweep;
  sweep.run((std::uint64_t{1} << 32) / stride,
            [&](std::uint64_t i) { return float_of_bits(static_cast<std::uint32_t>(i * stride)); });
  return sweep.findings();
}

/// The numbers where something changes: zeros, powers of two, multiples of ½ ln 2 and of 1/8, ends of ranges, each with its
/// neighbours and both signs; infinities and NaN of several payloads.
template <class Scalar>
std::vector<Scalar> edges() {
  using Limits = std::numeric_limits<Scalar>;
  std::vector<Scalar> middles = {0, Limits::denorm_min(), Limits::max(), Scalar(std::numbers::sqrt2), Scalar(0.1)};
  for (int exponent = Limits::min_exponent - Limits::digits; exponent < Limits::max_exponent; ++exponent) {
    middles.push_back(std::ldexp(Scalar(1), exponent));
    middles.push_back(std::ldexp(Scalar(std::numbers::sqrt2), exponent));
  }
  for (int n = 1; n <= 2200; ++n) {
    middles.push_back(Scalar(n * std::numbers::ln2_v<long double> / 2));
    middles.push_back(Scalar(n) / 8);
  }
  std::vector<Scalar> all = {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN(), -Limits::quiet_NaN(),
                             Limits::signaling_NaN()};
  for (const Scalar middle : middles) {
    Scalar below = middle;
    Scalar above = middle;
    for (int step = 0; step < 4; ++step) {
      for (const Scalar x : {below, -below, above, -above}) {
        all.push_back(x);
      }
      below = std::nextafter(below, -Limits::infinity());
      above = std::nextafter(above, Limits::infinity());
    }
  }
  return all;
}

template <class Function, class Scalar>
MathFindings<Scalar> sweep_edges() {
  const std::vector<Scalar> arguments = edges<Scalar>();
  MathSweep<Function, Scalar> sweep;
  sweep.run(arguments.size(), [&](std::uint64_t i) { return arguments[i]; });
  return sweep.findings();
}

/// `count` doubles: one half have drawn bits, one half lie in the function's interval.
template <class Function>
MathFindings<double> sweep_drawn(std::uint64_t count) {
  MathSweep<Function, double> sweep;
  sweep.run(count, [](std::uint64_t i) {
    const auto words =
        betavae::philox4x32({static_cast<std::uint32_t>(i / 2), static_cast<std::uint32_t>(i >> 33), 0, 0}, {2024, 4});
    const auto half = static_cast<std::size_t>(i % 2) * 2;
    const std::uint64_t bits = (static_cast<std::uint64_t>(words[half]) << 32) | words[half + 1];
    if (i % 4 < 2) {
      double x = 0;
      std::memcpy(&x, &bits, sizeof x);
      return x;
    }
    return Function::low + (Function::high - Function::low) * (static_cast<double>(bits >> 11) * 0x1p-53);
  });
  return sweep.findings();
}

}  // namespace betavae::test
