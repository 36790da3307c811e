// SPDX-License-Identifier: MIT
// The ordered logistic likelihood of K categories that have an order (grades, sizes), 0 … K − 1: proportional odds (McCullagh, 1980).
//
//     P(x ≤ k|η) = σ(c_k − η),   P(x = k|η) = σ(c_k − η) − σ(c_{k−1} − η),   c_{−1} = −∞,  c_{K−1} = ∞
//
// The decoder gives one location η a value. The K − 1 cutpoints are parameters of the model, shared by all values and trained with the
// rest; they keep their order because what is trained is the first and the logarithms of the gaps:
//
//     c₀ = raw₀,   c_k = c_{k−1} + e^raw_k
//
// With u = c_k − η and v = c_{k−1} − η, the score in η is σ(v) − σ(−u), without the first term for k = 0 and the second for K − 1.
// Fisher information in η: Σ P(x = k) score², one entry a value. The offset of a sample is added to η. |η| counts as at most 10¹⁰⁰
// and the logarithm of a gap as at most ±300; nats are finite for all.
// Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/nn/parameter.hpp>
#include <betavae/vae/likelihood/detail/logistic_interval.hpp>
#include <betavae/vae/likelihood/detail/pointwise.hpp>

#include <algorithm>
#include <vector>

namespace betavae {

template <int Categories, class ScalarType = float>
class OrderedLogistic : public detail::Pointwise<OrderedLogistic<Categories, ScalarType>, 1> {
  static_assert(Categories >= 2, "betavae: an ordered likelihood needs at least two categories");
  static constexpr int cuts = Categories - 1;

  /// The cutpoints, and how far each lies above the one before it.
  template <class Number>
  struct Cutpoints {
    std::array<Number, static_cast<std::size_t>(cuts)> at;
    std::array<Number, static_cast<std::size_t>(cuts)> gap;    ///< gap[0] is not used
    std::array<Number, static_cast<std::size_t>(cuts)> slope;  ///< of the first cutpoint and of the gaps in raw
  };

 public:
  using Scalar = ScalarType;
  static constexpr int categories = Categories;
  static constexpr std::string_view name = "OrderedLogistic";
  static constexpr std::string_view point_estimate_name = "mode";
  static constexpr std::string_view domain = "a whole number of at least 0 and below the number of categories";
  static constexpr std::array<double, 1> bounds = {detail::wide_bound};
  static constexpr bool takes_offset = true;

  /// Cutpoints at ln(k/(K − k)), k = 1 … K − 1: at η = 0, all categories are as likely.
  OrderedLogistic() {
    std::vector<double> even;
    for (int k = 1; k < Categories; ++k) {
      even.push_back(std::log(static_cast<double>(k) / (Categories - k)));
    }
    set_cutpoints(even);
  }

  /// The K − 1 cutpoints, in rising order.
  [[nodiscard]] std::vector<double> cutpoints() const {
    const auto all = cutpoints_from<double>(raw.data());
    return {all.at.begin(), all.at.end()};
  }

  /// Errors: ArgumentError unless there are K − 1 finite cutpoints in rising order.
  void set_cutpoints(const std::vector<double>& rising) {
    require_same_size(name, "cutpoints", static_cast<Index>(rising.size()), "gaps between categories", cuts);
    for (std::size_t k = 0; k < rising.size(); ++k) {
      require(std::isfinite(rising[k]), name, "cutpoints", "finite numbers", rising[k]);
      require(k == 0 || rising[k] > rising[k - 1], name, "cutpoints", "rising numbers", rising[k]);
      raw.data()[k] = Scalar(k == 0 ? rising[0] : std::log(rising[k] - rising[k - 1]));
    }
  }

  /// −ln p of each sample in nats, summed over its features: 1 × samples. `parameters` is features × samples.
  /// Errors: ArgumentError where the sizes do not match.
  template <class Context, Operand Output, Operand Values>
  [[nodiscard]] auto distortion(Context& context, const Output& parameters, const Observed<Values>& observed) const {
    using Number = detail::Precise<Scalar>;
    this->require_planar(parameters, observed);
    const auto trained = context.parameter(raw);
    using Trained = std::remove_const_t<decltype(trained)>;
    const Index features = observed.features();
    auto nats = make_result<1>(1, observed.samples(), parameters, trained);
    const auto partial = detail::allocate_partial(parameters);
    // Of each sample in the raw cutpoints: summed over samples in the reverse pass, in their order, whatever threads there are.
    Scalar* const by_raw = is_variable<Trained> ? parameters.tape().allocate(cuts * observed.samples()) : nullptr;
    const auto cutpoints = cutpoints_from<Number>(trained.value_view().data);
    detail::share_samples(parameters, [&](Index j) {
      const std::uint8_t* const mask = observed.mask_of(j);
      Number sum(0);
      std::array<Number, static_cast<std::size_t>(cuts)> sum_by_raw{};
      for (Index i = 0; i < features; ++i) {
        Number by_location(0);
        if (mask == nullptr || mask[i] != 0) {
          const Number plain = Number(parameters.value_view().column(j)[i]) + Number(observed.offset_of(j));
          const Number location = this->bounded(plain, 0);
          sum += nats_at(cutpoints, location, Number(observed.values.value_view().column(j)[i]), by_location,
                         by_raw != nullptr ? sum_by_raw.data() : nullptr);
          by_location = this->is_inside(plain, 0) ? by_location : Number(0);
        }
        if (partial.data != nullptr) {
          partial.column(j)[i] = Scalar(by_location);
        }
      }
      *nats.value_view().column(j) = Scalar(sum);
      for (int k = 0; by_raw != nullptr && k < cuts; ++k) {
        by_raw[j * cuts + k] = Scalar(sum_by_raw[static_cast<std::size_t>(k)]);
      }
    });
    record(name, nats, [=] {
      detail::add_by_sample(nats, parameters, partial);
      if constexpr (is_variable<Trained>) {
        for (Index j = 0; j < nats.columns(); ++j) {
          for (int k = 0; k < cuts; ++k) {
            trained.adjoint_view().data[k] += *nats.adjoint_view().column(j) * by_raw[j * cuts + k];
          }
        }
      }
    });
    return nats;
  }

  /// −ln P(x|η) in nats and, unless null, its derivative in η, at the present cutpoints.
  template <class Number>
  [[nodiscard]] Number nats(const Number* p, Number x, Number* partial) const {
    Number by_location(0);
    const Number result =
        nats_at(cutpoints_from<Number>(raw.data()), p[0], x, by_location, static_cast<Number*>(nullptr));
    if (partial != nullptr) {
      partial[0] = by_location;
    }
    return result;
  }

  template <class Number>
  void information(const Number* p, Number* diagonal) const {
    using std::exp;
    const auto cutpoints = cutpoints_from<Number>(raw.data());
    diagonal[0] = Number(0);
    for (int k = 0; k < Categories; ++k) {
      Number by_location(0);
      const Number of_k = nats_at(cutpoints, p[0], Number(k), by_location, static_cast<Number*>(nullptr));
      diagonal[0] += exp(-of_k) * by_location * by_location;
    }
  }

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    return estimate_at(cutpoints_from<Number>(raw.data()), p[0]);
  }

  /// The category of a logistic draw around η.
  [[nodiscard]] double draw(const double* p, detail::Draws& draws) const {
    return draw_at(cutpoints_from<double>(raw.data()), p[0], draws);
  }

  [[nodiscard]] bool contains(double x) const { return detail::is_count(x) && x < Categories; }

  /// The least distortion of a value, in nats, that some location and cutpoints reach: 0.
  [[nodiscard]] double floor(double /*x*/) const { return 0; }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("raw_cutpoints", raw);
  }

  /// The likelihood of one value with the cutpoints among its parameters, for records: η, then the raw cutpoints.
  struct OfValue {
    static constexpr int parameters_per_value = Categories;
    static constexpr std::string_view name = OrderedLogistic::name;
    static constexpr std::string_view point_estimate_name = OrderedLogistic::point_estimate_name;
    static constexpr int categories = Categories;
    static constexpr std::string_view domain = OrderedLogistic::domain;
    static constexpr detail::CommonParameters common_parameters{1, cuts, 0};

    template <class Number>
    [[nodiscard]] Number nats(const Number* p, Number x, Number* partial) const {
      Number by_location(0);
      if (partial != nullptr) {
        std::fill_n(partial, Categories, Number(0));
      }
      const Number result = nats_at(cutpoints_from<Number>(p + 1), clamped(p[0]), x, by_location,
                                    partial != nullptr ? partial + 1 : nullptr);
      if (partial != nullptr) {
        partial[0] = clamped(p[0]) == p[0] ? by_location : Number(0);
      }
      return result;
    }
    /// The diagonal of the expected Fisher information in η and the raw cutpoints.
    template <class Number>
    void information(const Number* p, Number* diagonal) const {
      using std::exp;
      std::fill_n(diagonal, Categories, Number(0));
      for (int k = 0; k < Categories; ++k) {
        std::array<Number, static_cast<std::size_t>(Categories)> score{};
        const Number probability = exp(-nats(p, Number(k), score.data()));
        for (int i = 0; i < Categories; ++i) {
          diagonal[i] += probability * score[static_cast<std::size_t>(i)] * score[static_cast<std::size_t>(i)];
        }
      }
    }
    template <class Number>
    [[nodiscard]] Number estimate(const Number* p) const {
      return estimate_at(cutpoints_from<Number>(p + 1), clamped(p[0]));
    }
    [[nodiscard]] double draw(const double* p, detail::Draws& draws) const {
      return draw_at(cutpoints_from<double>(p + 1), clamped(p[0]), draws);
    }
    [[nodiscard]] bool contains(double x) const { return detail::is_count(x) && x < Categories; }
    /// A raw cutpoint to begin with, 0 ≤ k < K − 1: as the constructor of the whole likelihood has them.
    [[nodiscard]] static double initial(int k) {
      const auto even = [](int i) { return std::log(static_cast<double>(i) / (Categories - i)); };
      return k == 0 ? even(1) : std::log(even(k + 1) - even(k));
    }

   private:
    template <class Number>
    [[nodiscard]] static Number clamped(Number location) {
      return std::clamp(location, Number(-detail::wide_bound), Number(detail::wide_bound));
    }
  };

  Parameter<Scalar, Categories - 1> raw;  ///< the first cutpoint, then logarithms of the gaps

 private:
  template <class Number, class Raw>
  [[nodiscard]] static Cutpoints<Number> cutpoints_from(const Raw* raw_numbers) {
    using std::abs;
    using std::exp;
    Cutpoints<Number> result{};
    for (std::size_t k = 0; k < static_cast<std::size_t>(cuts); ++k) {
      const Number plain(raw_numbers[k]);
      const Number bound(k == 0 ? detail::wide_bound : detail::log_bound);
      const Number bounded = std::clamp(plain, -bound, bound);
      result.gap[k] = k == 0 ? Number(1) : Number(exp(bounded));
      result.at[k] = k == 0 ? bounded : Number(result.at[k - 1] + result.gap[k]);
      result.slope[k] = abs(plain) > bound ? Number(0) : result.gap[k];
    }
    return result;
  }

  template <class Number>
  [[nodiscard]] static Number estimate_at(const Cutpoints<Number>& cutpoints, Number location) {
    int best = 0;
    Number least = std::numeric_limits<Number>::infinity();
    for (int k = 0; k < Categories; ++k) {
      Number by_location(0);
      const Number of_k = nats_at(cutpoints, location, Number(k), by_location, static_cast<Number*>(nullptr));
      best = of_k < least ? k : best;
      least = of_k < least ? of_k : least;
    }
    return Number(best);
  }

  [[nodiscard]] static double draw_at(const Cutpoints<double>& cutpoints, double location, detail::Draws& draws) {
    const double u = draws.open_uniform();
    const double latent = location + std::log(u) - std::log1p(-u);
    int category = 0;
    while (category < cuts && latent > cutpoints.at[static_cast<std::size_t>(category)]) {
      ++category;
    }
    return category;
  }

  /// −ln P; NaN for an x that is no category. Unless null, adds the derivatives in the raw cutpoints to `by_raw`.
  template <class Number>
  [[nodiscard]] static Number nats_at(const Cutpoints<Number>& cutpoints, Number location, Number x,
                                      Number& by_location, Number* by_raw) {
    int category = 0;
    while (category < cuts && Number(category) < x) {
      ++category;
    }
    if (x != Number(category)) {
      by_location = std::numeric_limits<Number>::quiet_NaN();
      return by_location;
    }
    const bool has_upper = category < cuts;
    const bool has_lower = category > 0;
    const auto upper = static_cast<std::size_t>(has_upper ? category : 0);
    const auto lower = static_cast<std::size_t>(has_lower ? category - 1 : 0);
    const auto interval = detail::logistic_interval(has_upper, Number(cutpoints.at[upper] - location), has_lower,
                                                    Number(cutpoints.at[lower] - location), cutpoints.gap[upper]);
    by_location = -(interval.by_upper + interval.by_lower);
    if (by_raw != nullptr) {
      by_raw[0] -= by_location * cutpoints.slope[0];
      for (std::size_t k = 1; k < static_cast<std::size_t>(cuts); ++k) {  // a gap moves all cutpoints above it
        Number by_gap(0);
        by_gap += has_upper && k <= upper ? interval.by_upper : Number(0);
        by_gap += has_lower && k <= lower ? interval.by_lower : Number(0);
        by_gap += has_upper && has_lower && k == upper ? interval.by_width : Number(0);
        by_raw[k] += by_gap * cutpoints.slope[k];
      }
    }
    return interval.nats;
  }
};

}  // namespace betavae
