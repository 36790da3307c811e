// SPDX-License-Identifier: MIT
// The categorical likelihood of one of K categories, 0 … K − 1, from K logits a:
//
//     p(x|a) = e^a_x/Σ e^a_k,   score in a_k = [k = x] − p_k,   Fisher information p_k (1 − p_k) on its diagonal, −p_j p_k off it
//
// Parameters from the decoder, planar: the logits of category 0 for all values, then of category 1, and so on. A constant added to
// all logits of a value changes nothing, so there is no place for an offset. Logits count as at most 10¹⁰⁰; nats are finite for all.
// Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/vae/likelihood/detail/pointwise.hpp>

namespace betavae {

template <int Categories>
struct Categorical : detail::Pointwise<Categorical<Categories>, Categories> {
  static_assert(Categories >= 2, "betavae: a categorical likelihood needs at least two categories");
  static constexpr int categories = Categories;
  static constexpr std::string_view name = "Categorical";
  static constexpr std::string_view point_estimate_name = "mode";
  static constexpr std::string_view domain = "a whole number of at least 0 and below the number of categories";
  static constexpr std::array<double, Categories> bounds = [] {
    std::array<double, Categories> all{};
    all.fill(detail::wide_bound);
    return all;
  }();
  static constexpr bool takes_offset = false;

  /// −ln p(x|a) in nats and, unless null, its derivatives in the logits: all NaN for an x that is no category.
  template <class Number>
  [[nodiscard]] Number nats(const Number* a, Number x, Number* partial) const {
    using std::log1p;
    const Shares<Number> shares(a);
    Number of_x = std::numeric_limits<Number>::quiet_NaN();
    for (int k = 0; k < Categories; ++k) {
      of_x = x == Number(k) ? a[k] : of_x;
    }
    if (partial != nullptr) {
      for (int k = 0; k < Categories; ++k) {
        const Number p = shares.of(k) / (Number(1) + shares.others);
        partial[k] = of_x == of_x ? Number(p - (x == Number(k) ? Number(1) : Number(0))) : of_x;
      }
    }
    return (a[shares.mode] - of_x) + log1p(shares.others);
  }

  template <class Number>
  void information(const Number* a, Number* diagonal) const {
    const Shares<Number> shares(a);
    const Number total = Number(1) + shares.others;
    for (int k = 0; k < Categories; ++k) {
      const Number rest = k == shares.mode ? shares.others : Number(total - shares.of(k));
      diagonal[k] = shares.of(k) / total * (rest / total);
    }
  }

  template <class Number>
  [[nodiscard]] Number estimate(const Number* a) const {
    return Number(mode(a));
  }

  [[nodiscard]] double draw(const double* a, detail::Draws& draws) const {
    const Shares<double> shares(a);
    double left = draws.uniform() * (1 + shares.others);
    for (int k = 0; k < Categories; ++k) {
      if (shares.of(k) > 0 && left <= shares.of(k)) {
        return k;
      }
      left -= shares.of(k);
    }
    return shares.mode;  // what rounding left over
  }

  [[nodiscard]] bool contains(double x) const { return detail::is_count(x) && x < Categories; }

  /// The least distortion of a value, in nats: 0, where its category is certain.
  [[nodiscard]] double floor(double /*x*/) const { return 0; }

 private:
  /// The first of the likeliest categories.
  template <class Number>
  [[nodiscard]] static int mode(const Number* a) {
    int best = 0;
    for (int k = 1; k < Categories; ++k) {
      best = a[k] > a[best] ? k : best;
    }
    return best;
  }

  /// Probabilities relative to the mode's, which is 1; and the sum of all others, apart from it, so that it keeps its digits.
  template <class Number>
  struct Shares {
    explicit Shares(const Number* a) : mode(Categorical::mode(a)) {
      using std::exp;
      for (int k = 0; k < Categories; ++k) {
        share[static_cast<std::size_t>(k)] = exp(Number(a[k] - a[mode]));
        others += k == mode ? Number(0) : of(k);
      }
    }
    [[nodiscard]] Number of(int k) const { return share[static_cast<std::size_t>(k)]; }

    int mode;
    Number others = Number(0);
    std::array<Number, Categories> share;
  };
};

}  // namespace betavae
