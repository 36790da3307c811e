// SPDX-License-Identifier: MIT
// A dual number, as a user might bring one: value and derivative in one direction, forward mode (Clifford, 1873). It compares by its value.
//
// (a + b δ) with δ² = 0, so f(a + b δ) = f(a) + f′(a) b δ. The library knows nothing of it: its own functions are found by their
// argument's namespace.
#pragma once

#include <cmath>

namespace betavae::test {

struct Dual {
  double value = 0;
  double tangent = 0;

  constexpr Dual() = default;
  constexpr Dual(double number) : value(number) {}  // NOLINT(google-explicit-constructor): a number is a constant
  constexpr Dual(double number, double direction) : value(number), tangent(direction) {}

  Dual& operator+=(Dual b) { return *this = {value + b.value, tangent + b.tangent}; }
  Dual& operator-=(Dual b) { return *this = {value - b.value, tangent - b.tangent}; }
  Dual& operator*=(Dual b) { return *this = {value * b.value, tangent * b.value + value * b.tangent}; }
  Dual& operator/=(Dual b) {
    return *this = {value / b.value, (tangent * b.value - value * b.tangent) / (b.value * b.value)};
  }

  friend Dual operator+(Dual a, Dual b) { return a += b; }
  friend Dual operator-(Dual a, Dual b) { return a -= b; }
  friend Dual operator*(Dual a, Dual b) { return a *= b; }
  friend Dual operator/(Dual a, Dual b) { return a /= b; }
  friend Dual operator-(Dual a) { return {-a.value, -a.tangent}; }
  friend bool operator==(Dual a, Dual b) { return a.value == b.value; }
  friend bool operator<(Dual a, Dual b) { return a.value < b.value; }
  friend bool operator>(Dual a, Dual b) { return a.value > b.value; }
  friend bool operator>=(Dual a, Dual b) { return a.value >= b.value; }

  friend Dual exp(Dual a) { return {std::exp(a.value), std::exp(a.value) * a.tangent}; }
  friend Dual expm1(Dual a) { return {std::expm1(a.value), std::exp(a.value) * a.tangent}; }
  friend Dual log(Dual a) { return {std::log(a.value), a.tangent / a.value}; }
  friend Dual log1p(Dual a) { return {std::log1p(a.value), a.tangent / (1 + a.value)}; }
  friend Dual tanh(Dual a) {
    const double y = std::tanh(a.value);
    return {y, (1 - y * y) * a.tangent};
  }
  friend Dual abs(Dual a) { return a.value < 0 ? -a : a; }
  friend bool isfinite(Dual a) { return std::isfinite(a.value) && std::isfinite(a.tangent); }
};

}  // namespace betavae::test
