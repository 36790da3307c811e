// SPDX-License-Identifier: MIT
// A likelihood of one value, as a likelihood of batches: masks, offsets, threads, the tape, matrices of scores and draws.
//
// Values are independent given the decoder's output, so ln p(x|θ) = Σᵢ ln p(xᵢ|θᵢ), and all that tells one likelihood from another is
// a handful of pure functions of one value and its P parameters. A likelihood writes those and inherits the rest:
//
//     struct Own : detail::Pointwise<Own, 2> {
//       static constexpr std::string_view name, point_estimate_name;
//       static constexpr std::string_view domain = "a finite value";          // as errors say it, after "expected"
//       static constexpr std::array<double, 2> bounds = {unbounded, log_bound};  // on the parameters, see below
//       static constexpr bool takes_offset = true;                            // added to parameter 0
//       Number nats(const Number* p, Number x, Number* partial) const;        // −ln p(x|p) and, unless null, ∂ nats/∂p
//       void information(const Number* p, Number* diagonal) const;            // of the expected Fisher information
//       Number estimate(const Number* p) const;
//       double draw(const double* p, detail::Draws& draws) const;             // and, if need be, static Scalar rounded<Scalar>(double)
//       bool contains(double x) const;                                        // whether x lies in the domain
//       double floor(double x) const;                                         // least nats of any parameters
//     };
//
// The decoder's output is planar: parameter p of value i stands in row p · features + i.
//
// `Number` is double for a float model, and the model's own type else: one value costs an exponential or two either way, and in
// double a log-density of counts does not cancel. Nats, partial derivatives and draws that float cannot hold (3·10³⁸)
// become infinite.
//
// Parameters beyond their bound count as the bound, with derivative 0 there. For logarithms of means and scales, the bound is ±300:
// far past e^±88, which is what float holds, and near enough that squares and products of e^±300 stay finite in double, so that no
// finite parameters give NaN. It is a bound on numbers and not a floor of the model: inside, nothing is bent.
#pragma once

#include <betavae/vae/likelihood/detail/draws.hpp>
#include <betavae/vae/likelihood/observed.hpp>

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace betavae::detail {

inline constexpr double log_bound = 300;     ///< of ln mean, ln scale and logits
inline constexpr double wide_bound = 1e100;  ///< of locations whose square must stay finite
inline constexpr double unbounded = std::numeric_limits<double>::infinity();  ///< of locations

/// Which parameters describe the spread of a field's values rather than their place. A record trains them once for all samples,
/// unless the field asks its decoder for them.
struct CommonParameters {
  int first = 0;
  int count = 0;
  /// +1: the first is the logarithm of a width, and the density is unbounded as it falls; −1: of a concentration, as it rises; 0: the
  /// density is bounded.
  int widens = 0;
};

/// What one value is computed in.
template <class Scalar>
using Precise = std::conditional_t<std::is_same_v<Scalar, float>, double, Scalar>;

template <class Derived, int Parameters>
class Pointwise {
  static_assert(Parameters >= 1, "betavae: a likelihood needs at least one parameter a value");

 public:
  static constexpr int parameters_per_value = Parameters;
  static constexpr CommonParameters common_parameters{};

  /// −ln p of each sample in nats, summed over its features: 1 × samples. `parameters` is parameters_per_value · features × samples.
  /// Errors: ArgumentError where the sizes do not match, or offsets come to a likelihood that takes none.
  template <class Context, Operand Output, Operand Values>
  [[nodiscard]] ResultOf<typename Output::Scalar, 1, Output> distortion(Context& /*context*/, const Output& parameters,
                                                                        const Observed<Values>& observed) const {
    using Scalar = typename Output::Scalar;
    require_planar(parameters, observed);
    return restore<ResultOf<Scalar, 1, Output>>(erased_distortion<Scalar>(
        Derived::name, &derived(), &nats_of_sample<Scalar>, erase(parameters), erase(observed)));
  }

  /// ∂ ln p/∂parameter: parameters_per_value · features × samples.
  template <class Output, class Values>
  [[nodiscard]] Matrix<typename Output::Scalar> score(const Output& parameters, const Values& values) const {
    using Number = Precise<typename Output::Scalar>;
    return for_each_parameter(parameters, [&](const Number* p, Index i, Index j, Number* partial) {
      (void)derived().nats(p, Number(values(i, j)), partial);
      for (int k = 0; k < Parameters; ++k) {
        partial[k] = -partial[k];
      }
    });
  }

  /// The diagonal of the expected Fisher information of each value in its parameters: parameters_per_value · features × samples.
  template <class Output>
  [[nodiscard]] Matrix<typename Output::Scalar> fisher_information(const Output& parameters) const {
    using Number = Precise<typename Output::Scalar>;
    return for_each_parameter(
        parameters, [&](const Number* p, Index, Index, Number* diagonal) { derived().information(p, diagonal); });
  }

  /// features × samples; `point_estimate_name` says of what kind.
  template <class Output>
  [[nodiscard]] Matrix<typename Output::Scalar> point_estimate(const Output& parameters) const {
    using Number = Precise<typename Output::Scalar>;
    return for_each_value<Number>(parameters, [&](const Number* p, Index, Index) { return derived().estimate(p); });
  }

  /// Draws, features × samples. Column j is sample `first_sample` + j of `random`. Drawn in double, then rounded: by a function of
  /// the likelihood where the rounded draw could lie outside of its domain.
  template <class Output>
  [[nodiscard]] Matrix<typename Output::Scalar> sample(const Output& parameters, const Random& random,
                                                       std::uint64_t first_sample = 0) const {
    using Scalar = typename Output::Scalar;
    return for_each_value<double>(parameters, [&](const double* p, Index i, Index j) {
      Draws draws(random, first_sample + static_cast<std::uint64_t>(j), static_cast<std::uint64_t>(i));
      const double drawn = derived().draw(p, draws);
      if constexpr (requires { Derived::template rounded<Scalar>(drawn); }) {
        return Derived::template rounded<Scalar>(drawn);
      } else {
        return Scalar(drawn);
      }
    });
  }

  /// Errors: DataError unless x lies in the domain.
  template <class Scalar>
  void check(Scalar x, Index feature, Index sample) const {
    if (!derived().contains(static_cast<double>(x))) [[unlikely]] {
      throw DataError(format_text("{}: feature {} of sample {}: expected {}, got {}",
                                  {Derived::name, feature, sample, derived().domain, static_cast<double>(x)}));
    }
  }

 protected:
  [[nodiscard]] const Derived& derived() const { return static_cast<const Derived&>(*this); }

  template <Operand Output, Operand Values>
  void require_planar(const Output& parameters, const Observed<Values>& observed) const {
    static_assert(
        Output::Rows == dynamic || Values::Rows == dynamic || Output::Rows == Parameters * Values::Rows,
        "betavae: the decoder must give as many numbers a sample as the likelihood needs for the data's features");
    require_same_size(Derived::name, "rows of the decoder's output", parameters.rows(),
                      "parameters of the data's values", Parameters * observed.features());
    require_same_size(Derived::name, "samples of the decoder's output", parameters.columns(), "samples of the data",
                      observed.samples());
    if constexpr (!Derived::takes_offset) {
      require(observed.offsets == nullptr, Derived::name, "offsets",
              "none, since this likelihood has no place for them", "some");
    }
  }

  /// One sample's nats; what is stored in a missing value is never read, nor its parameters. `partial` may be null.
  template <class Scalar>
  [[nodiscard]] Precise<Scalar> sample_nats(Index features, const Scalar* parameters, const Scalar* values,
                                            const std::uint8_t* mask, Scalar offset, Scalar* partial) const {
    using Number = Precise<Scalar>;
    Number sum(0);
    for (Index i = 0; i < features; ++i) {
      std::array<Number, Parameters> of_value{};
      if (mask == nullptr || mask[i] != 0) {
        const auto p = gather<Number>(parameters, features, i, Number(offset));
        sum += derived().nats(p.data(), Number(values[i]), partial != nullptr ? of_value.data() : nullptr);
      }
      if (partial != nullptr) {
        for (int k = 0; k < Parameters; ++k) {
          const Number original = Number(parameters[k * features + i]) + (k == 0 ? Number(offset) : Number(0));
          partial[k * features + i] =
              is_inside(original, k) ? Scalar(of_value[static_cast<std::size_t>(k)]) : Scalar(0);
        }
      }
    }
    return sum;
  }

 private:
  friend Derived;

  template <class Scalar>
  static Scalar nats_of_sample(const void* likelihood, Index features, const Scalar* parameters, const Scalar* values,
                               const std::uint8_t* mask, Scalar offset, Scalar* partial) {
    return Scalar(
        static_cast<const Derived*>(likelihood)->sample_nats(features, parameters, values, mask, offset, partial));
  }

  template <class Number>
  [[nodiscard]] static bool is_inside(Number parameter, int k) {
    const double bound = Derived::bounds[static_cast<std::size_t>(k)];
    return !(parameter > Number(bound) || parameter < Number(-bound));
  }

  template <class Number>
  [[nodiscard]] static Number bounded(Number parameter, int k) {
    const double bound = Derived::bounds[static_cast<std::size_t>(k)];
    return parameter > Number(bound) ? Number(bound) : parameter < Number(-bound) ? Number(-bound) : parameter;
  }

  /// The parameters of value i, bounded.
  template <class Number, class Scalar>
  [[nodiscard]] static std::array<Number, Parameters> gather(const Scalar* column, Index features, Index i,
                                                             Number offset) {
    std::array<Number, Parameters> p;
    for (int k = 0; k < Parameters; ++k) {
      const Number plain(column[k * features + i]);
      p[static_cast<std::size_t>(k)] = bounded(k == 0 ? Number(plain + offset) : plain, k);
    }
    return p;
  }

  template <class Output>
  [[nodiscard]] static Index features_of(const Output& parameters) {
    require(parameters.rows() % Parameters == 0, Derived::name, "rows of the decoder's output",
            "a multiple of the parameters a value", parameters.rows());
    return parameters.rows() / Parameters;
  }

  /// function(p, value, sample) for each value: features × samples.
  template <class Number, class Output, class Function>
  [[nodiscard]] static auto for_each_value(const Output& parameters, const Function& function) {
    using Scalar = typename Output::Scalar;
    const Index features = features_of(parameters);
    const Eigen::Ref<const Matrix<Scalar>> plain(parameters);
    Matrix<Scalar> result(features, plain.cols());
    for (Index j = 0; j < plain.cols(); ++j) {
      for (Index i = 0; i < features; ++i) {
        const auto p = gather<Number>(plain.data() + j * plain.outerStride(), features, i, Number(0));
        result(i, j) = Scalar(function(p.data(), i, j));
      }
    }
    return result;
  }

  /// function(p, value, sample, results) writes one number for each parameter; 0 replaces it where the parameter is bounded.
  template <class Output, class Function>
  [[nodiscard]] static auto for_each_parameter(const Output& parameters, const Function& function) {
    using Scalar = typename Output::Scalar;
    using Number = Precise<Scalar>;
    const Index features = features_of(parameters);
    const Eigen::Ref<const Matrix<Scalar>> plain(parameters);
    Matrix<Scalar> result(plain.rows(), plain.cols());
    for (Index j = 0; j < plain.cols(); ++j) {
      for (Index i = 0; i < features; ++i) {
        const auto p = gather<Number>(plain.data() + j * plain.outerStride(), features, i, Number(0));
        std::array<Number, Parameters> of_value{};
        function(p.data(), i, j, of_value.data());
        for (int k = 0; k < Parameters; ++k) {
          const Index row = k * features + i;
          result(row, j) =
              is_inside(Number(plain(row, j)), k) ? Scalar(of_value[static_cast<std::size_t>(k)]) : Scalar(0);
        }
      }
    }
    return result;
  }
};

/// A draw of a positive number as one that `is_positive`, where float or double cannot hold it.
template <class Scalar>
[[nodiscard]] Scalar rounded_positive(double x) {
  const Scalar least = std::numeric_limits<Scalar>::min();
  const auto rounded = static_cast<Scalar>(x);
  return rounded < least ? least : rounded;
}

/// Whether x is positive and finite. Denormal numbers are not, for threads that train count them as 0, whose logarithm is infinite.
[[nodiscard]] inline bool is_positive(double x) { return x >= std::numeric_limits<double>::min() && std::isfinite(x); }

/// Whether x is a count: 0, 1, 2, …
[[nodiscard]] inline bool is_count(double x) { return x >= 0 && std::isfinite(x) && x == std::floor(x); }

}  // namespace betavae::detail
