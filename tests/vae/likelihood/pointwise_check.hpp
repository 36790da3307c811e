// SPDX-License-Identifier: MIT
// What every likelihood of one value must show, each as one function: the reference's numbers, the tape, missing values, offsets,
// threads, finite numbers at extreme parameters, normalisation and Fisher information by quadrature, and draws.
#pragma once

#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/vae/concepts.hpp>
#include <fmt/format.h>

#include "catch.hpp"
#include "model_check.hpp"
#include "number_file.hpp"

#include <limits>

namespace betavae::test {

[[nodiscard]] inline const NumberFile& likelihood_reference() {
  static const NumberFile reference(std::string(BETAVAE_TEST_REFERENCE_DIR) + "/likelihoods.txt");
  return reference;
}

/// |ours − exact| / max(1, |exact|)
[[nodiscard]] inline double deviation(double ours, double exact) {
  return ours == exact ? 0 : std::abs(ours - exact) / std::max(1.0, std::abs(exact));
}

/// Nats (1 × samples) and their partial derivatives in the parameters.
template <class Scalar>
struct NatsAndPartials {
  Matrix<Scalar> nats;
  Matrix<Scalar> partials;
};

template <class Scalar, class Likelihood>
[[nodiscard]] NatsAndPartials<Scalar> nats_and_partials(const Likelihood& likelihood, const Matrix<Scalar>& parameters,
                                                        const Matrix<Scalar>& x, Beside<Scalar> beside = {},
                                                        Threads* threads = nullptr) {
  Tape<Scalar> tape;
  tape.use_threads(threads);
  Evaluating<Scalar> context(tape);
  auto variable = make_variable(tape, parameters.rows(), parameters.cols());
  std::copy_n(parameters.data(), parameters.size(), variable.value_view().data);
  const Observed<Constant<Scalar>> observed{constant(tape, x), beside.mask, beside.weights, beside.offsets};
  const auto nats = likelihood.distortion(context, variable, observed);
  reverse(sum(nats));
  return {nats.value(), variable.adjoint()};
}

/// One value a column: −ln p by the path that records nothing.
template <class Likelihood>
[[nodiscard]] Matrix<double> nats_of(const Likelihood& likelihood, const Matrix<double>& parameters,
                                     const Matrix<double>& x) {
  Tape<double> tape;
  Evaluating<double> context(tape);
  return likelihood.distortion(context, constant(tape, parameters), Observed{constant(tape, x)}).value();
}

/// Nats and scores equal the file's within 10⁻¹⁰, relative or absolute; a float model's within what float holds of them.
template <class Likelihood>
void check_reference(const Likelihood& likelihood, const std::string& name) {
  const NumberFile& file = likelihood_reference();
  const Matrix<double>& parameters = file.at(name + "/parameters");
  const Matrix<double>& x = file.at(name + "/x");
  const Matrix<double>& exact_nats = file.at(name + "/nats");
  const Matrix<double>& exact_score = file.at(name + "/score");
  const auto ours = nats_and_partials<double>(likelihood, parameters, x);
  const Matrix<double> score = likelihood.score(parameters, x);
  for (Index j = 0; j < x.cols(); ++j) {
    INFO(name << ": x " << x(0, j) << ", parameters " << parameters.col(j).transpose());
    const double error = deviation(ours.nats(0, j), exact_nats(0, j));
    CHECK(error <= 1e-10);
    for (Index k = 0; k < parameters.rows(); ++k) {
      INFO("parameter " << k << ": " << score(k, j) << ", exactly " << exact_score(k, j));
      const double score_error = deviation(score(k, j), exact_score(k, j));
      CHECK(score_error <= 1e-10);
      CHECK(ours.partials(k, j) == -score(k, j));
    }
  }
}

/// In float, too, where the numbers are computed in double: from the same parameters, the same nats, rounded. And in long double.
template <class Likelihood>
void check_scalars(const Likelihood& likelihood, const Matrix<double>& parameters, const Matrix<double>& x) {
  const Matrix<float> narrow = parameters.cast<float>();
  const Matrix<float> narrow_x = x.cast<float>();
  const auto in_float = nats_and_partials<float>(likelihood, narrow, narrow_x);
  const auto in_double = nats_and_partials<double>(likelihood, narrow.cast<double>(), narrow_x.cast<double>());
  CHECK((in_float.nats == in_double.nats.template cast<float>()));
  CHECK((in_float.partials == in_double.partials.template cast<float>()));
  const auto wide =
      nats_and_partials<long double>(likelihood, narrow.cast<long double>(), narrow_x.cast<long double>());
  CHECK((wide.nats.template cast<double>() - in_double.nats).norm() <= 1e-13 * (1 + in_double.nats.norm()));
  CHECK((wide.partials.template cast<double>() - in_double.partials).norm() <= 1e-13 * (1 + in_double.partials.norm()));
}

/// The gradient through the tape, with missing values and, where the likelihood takes them, offsets. `x` is features × samples.
template <class Likelihood>
void check_gradient(const Likelihood& likelihood, const Matrix<double>& parameters, const Matrix<double>& x,
                    bool with_offsets = true) {
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(x.size()), 1);
  std::vector<double> offsets(static_cast<std::size_t>(x.cols()));
  for (std::size_t i = 0; i < mask.size(); i += 3) {
    mask[i] = 0;
  }
  for (std::size_t j = 0; j < offsets.size(); ++j) {
    offsets[j] = 0.25 * static_cast<double>(j) - 0.3;
  }
  for (const std::uint8_t* const present :
       {static_cast<const std::uint8_t*>(nullptr), static_cast<const std::uint8_t*>(mask.data())}) {
    for (const double* const offset :
         {static_cast<const double*>(nullptr), static_cast<const double*>(offsets.data())}) {
      if (offset != nullptr && !with_offsets) {
        continue;
      }
      const auto function = [&](const auto& output) {
        Evaluating<double> context(output.tape());
        const Observed<Constant<double>> observed{constant(output.tape(), x), present, nullptr, offset};
        return likelihood.distortion(context, output, observed);
      };
      const auto check = gradient_check(function, parameters);
      INFO("row " << check.row << ", column " << check.column << ": " << check.analytic << ", numerically "
                  << check.numeric);
      CHECK(check.passed());
    }
  }
}

/// What is stored in a missing value changes no bit, a mask of ones changes none, and nats are the sum over the present values.
template <class Likelihood>
void check_missing_values(const Likelihood& likelihood, const Matrix<double>& parameters, Matrix<double> x) {
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(x.size()), 1);
  const auto without = nats_and_partials<double>(likelihood, parameters, x);
  const auto with_ones = nats_and_partials<double>(likelihood, parameters, x, {mask.data()});
  CHECK((without.nats == with_ones.nats));
  CHECK((without.partials == with_ones.partials));

  for (std::size_t i = 1; i < mask.size(); i += 2) {
    mask[i] = 0;
  }
  const auto before = nats_and_partials<double>(likelihood, parameters, x, {mask.data()});
  const Index features = x.rows();
  for (const double stored : {0.0, -7.5, std::nan(""), std::numeric_limits<double>::infinity()}) {
    for (std::size_t i = 1; i < mask.size(); i += 2) {
      x.data()[i] = stored;
    }
    const auto after = nats_and_partials<double>(likelihood, parameters, x, {mask.data()});
    CHECK((after.nats == before.nats));
    CHECK((after.partials == before.partials));
  }
  for (Index j = 0; j < x.cols(); ++j) {
    double expected = 0;
    for (Index i = 0; i < features; ++i) {
      const bool is_present = mask[static_cast<std::size_t>(j * features + i)] != 0;
      Matrix<double> own(parameters.rows() / features, 1);
      for (Index k = 0; k < own.rows(); ++k) {
        own(k, 0) = parameters(k * features + i, j);
        CHECK((is_present || before.partials(k * features + i, j) == 0));
      }
      expected += is_present ? nats_of(likelihood, own, x.block(i, j, 1, 1))(0, 0) : 0;
    }
    CHECK_THAT(before.nats(0, j),
               Catch::Matchers::WithinRel(expected, 1e-13) || Catch::Matchers::WithinAbs(expected, 1e-13));
  }
}

/// An offset is added to the first parameter of every value of its sample.
template <class Likelihood>
void check_offset(const Likelihood& likelihood, const Matrix<double>& parameters, const Matrix<double>& x) {
  std::vector<double> offsets(static_cast<std::size_t>(x.cols()), std::log(2.0));
  offsets.back() = -1.5;
  Matrix<double> shifted = parameters;
  for (Index j = 0; j < x.cols(); ++j) {
    shifted.col(j).head(x.rows()).array() += offsets[static_cast<std::size_t>(j)];
  }
  const auto with = nats_and_partials<double>(likelihood, parameters, x, {nullptr, nullptr, offsets.data()});
  const auto without = nats_and_partials<double>(likelihood, shifted, x);
  CHECK((with.nats == without.nats));
  CHECK((with.partials == without.partials));
}

/// Offsets are refused by a likelihood that has no place for them.
template <class Likelihood>
void check_refuses_offset(const Likelihood& likelihood, const Matrix<double>& parameters, const Matrix<double>& x) {
  const std::vector<double> offsets(static_cast<std::size_t>(x.cols()), 0.0);
  CHECK(contains(error_text<ArgumentError>([&] {
                   (void)nats_and_partials<double>(likelihood, parameters, x, {nullptr, nullptr, offsets.data()});
                 }),
                 "offsets: expected none"));
}

/// Any number of threads gives the same bits. The batch is some copies of x and its parameters.
template <class Likelihood>
void check_threads(const Likelihood& likelihood, const Matrix<double>& parameters, const Matrix<double>& x) {
  const Index copies = 40000 / std::max<Index>(parameters.size(), 1) + 1;
  const Matrix<double> many = parameters.replicate(1, copies);
  const Matrix<double> many_x = x.replicate(1, copies);
  const auto alone = nats_and_partials<double>(likelihood, many, many_x);
  Threads threads(2);
  const auto together = nats_and_partials<double>(likelihood, many, many_x, {}, &threads);
  CHECK((alone.nats == together.nats));
  CHECK((alone.partials == together.partials));
}

/// Calls f(parameters) with every choice of P numbers out of those given.
template <class Function>
void for_all_parameters(int parameters, const std::vector<double>& numbers, const Function& function) {
  Matrix<double> p(parameters, 1);
  std::vector<std::size_t> place(static_cast<std::size_t>(parameters), 0);
  while (true) {
    for (int k = 0; k < parameters; ++k) {
      p(k, 0) = numbers[place[static_cast<std::size_t>(k)]];
    }
    function(p);
    int k = 0;
    for (; k < parameters && ++place[static_cast<std::size_t>(k)] == numbers.size(); ++k) {
      place[static_cast<std::size_t>(k)] = 0;
    }
    if (k == parameters) {
      return;
    }
  }
}

/// Extreme but finite parameters give no NaN in nats, partials, Fisher information, point estimates or draws, and no draw outside of
/// the domain but an infinite one.
template <class Likelihood>
void check_extremes(const Likelihood& likelihood, const std::vector<double>& values,
                    const std::vector<double>& numbers = {-1.7e308, -1e30, -800, -300, -40, -1e-300, 0, 1, 36.5, 300,
                                                          709, 1e154, 1.7e308}) {
  for_all_parameters(Likelihood::parameters_per_value, numbers, [&](const Matrix<double>& p) {
    INFO("parameters " << p.transpose());
    CHECK(!likelihood.fisher_information(p).array().isNaN().any());
    CHECK(!likelihood.point_estimate(p).array().isNaN().any());
    const double drawn = likelihood.sample(p, Random(1))(0, 0);
    INFO("drew " << drawn);
    CHECK((likelihood.contains(drawn) || std::isinf(drawn)));
    for (const double x : values) {
      INFO("x " << x);
      const auto both = nats_and_partials<double>(likelihood, p, Matrix<double>::Constant(1, 1, x));
      CHECK(!both.nats.array().isNaN().any());
      CHECK(!both.partials.array().isNaN().any());
    }
  });
}

/// Points x with weights w: Σ w f(x) is a sum over counts or a quadrature of an integral.
struct Quadrature {
  Matrix<double> x;
  Matrix<double> weights;
  double tolerance;
};

/// The counts 0 … last.
[[nodiscard]] inline Quadrature counts(Index last, double tolerance = 1e-10) {
  return {Matrix<double>(Eigen::RowVectorXd::LinSpaced(last + 1, 0, static_cast<double>(last))),
          Matrix<double>::Ones(1, last + 1), tolerance};
}

/// The trapezoidal rule after x = place(u), whose derivative is slope(u), with u from `first` to `last`.
template <class Place, class Slope>
[[nodiscard]] Quadrature trapezoid(double first, double last, Index points, const Place& place, const Slope& slope,
                                   double tolerance = 1e-9) {
  Quadrature result{Matrix<double>(1, points), Matrix<double>(1, points), tolerance};
  const double step = (last - first) / static_cast<double>(points - 1);
  for (Index i = 0; i < points; ++i) {
    const double u = first + step * static_cast<double>(i);
    result.x(0, i) = place(u);
    result.weights(0, i) = slope(u) * step * (i == 0 || i == points - 1 ? 0.5 : 1);
  }
  return result;
}

/// The real line around a location, by x = location + scale · sinh(u).
[[nodiscard]] inline Quadrature real_line(double location, double scale, Index points = 8001, double reach = 20) {
  return trapezoid(
      -reach, reach, points, [=](double u) { return location + scale * std::sinh(u); },
      [=](double u) { return scale * std::cosh(u); });
}

/// x > 0, by x = eᵘ.
[[nodiscard]] inline Quadrature positive_line(double first, double last, Index points = 8001) {
  return trapezoid(
      first, last, points, [](double u) { return std::exp(u); }, [](double u) { return std::exp(u); });
}

/// 0 < x < 1, by x = sigmoid(u).
[[nodiscard]] inline Quadrature unit_interval(double reach = 34, Index points = 8001) {
  return trapezoid(
      -reach, reach, points, [](double u) { return 1 / (1 + std::exp(-u)); },
      [](double u) { return 1 / (2 + std::exp(u) + std::exp(-u)); });
}

/// p sums to 1, the score to 0, and its square to the Fisher information, by quadrature.
template <class Likelihood>
void check_normalisation(const Likelihood& likelihood, const Matrix<double>& p, const Quadrature& quadrature) {
  INFO(Likelihood::name << ", parameters " << p.transpose());
  const Matrix<double> parameters = p.replicate(1, quadrature.x.cols());
  const Matrix<double> score = likelihood.score(parameters, quadrature.x);
  const Matrix<double> mass =
      quadrature.weights.array() * (-nats_of(likelihood, parameters, quadrature.x).array()).exp();
  CHECK_THAT(mass.sum(), Catch::Matchers::WithinAbs(1, quadrature.tolerance));
  const Matrix<double> information = likelihood.fisher_information(p);
  for (Index k = 0; k < p.rows(); ++k) {
    INFO("parameter " << k);
    const auto of_parameter = score.row(k).array();
    const double scale = std::max(1.0, information(k, 0));
    CHECK_THAT((mass.array() * of_parameter).sum(), Catch::Matchers::WithinAbs(0, quadrature.tolerance * scale));
    CHECK_THAT((mass.array() * of_parameter * of_parameter).sum(),
               Catch::Matchers::WithinAbs(information(k, 0), quadrature.tolerance * scale));
  }
}

/// `count` draws at the same parameters.
template <class Likelihood>
[[nodiscard]] std::vector<double> draws_at(const Likelihood& likelihood, const Matrix<double>& p, Index count) {
  const Matrix<double> draws = likelihood.sample(p.replicate(1, count), Random(5));
  return {draws.data(), draws.data() + draws.size()};
}

/// Draws of a continuous density against its distribution function, by quadrature of the density: Kolmogorov and Smirnov, 99.9 %.
template <class Likelihood>
void check_continuous_draws(const Likelihood& likelihood, const Matrix<double>& p, const Quadrature& quadrature) {
  INFO(Likelihood::name << ", parameters " << p.transpose());
  const Matrix<double> parameters = p.replicate(1, quadrature.x.cols());
  const Matrix<double> mass =
      quadrature.weights.array() * (-nats_of(likelihood, parameters, quadrature.x).array()).exp();
  std::vector<double> below(static_cast<std::size_t>(mass.size()));
  double total = 0;
  for (Index i = 0; i < mass.size(); ++i) {
    total += 0.5 * mass(0, i);
    below[static_cast<std::size_t>(i)] = total;
    total += 0.5 * mass(0, i);
  }
  const double* const first = quadrature.x.data();
  const double distance = kolmogorov_smirnov(draws_at(likelihood, p, 20000), [&](double x) {
    const auto right = std::upper_bound(first, first + quadrature.x.size(), x) - first;
    if (right == 0 || right == quadrature.x.size()) {
      return right == 0 ? 0.0 : 1.0;
    }
    const auto at = static_cast<std::size_t>(right);
    const double share = (x - first[right - 1]) / (first[right] - first[right - 1]);
    return below[at - 1] + share * (below[at] - below[at - 1]);
  });
  CHECK(distance < 1.95);
}

/// Draws of a discrete distribution against its probabilities: χ², within what 99.9 % of samples keep (Wilson and Hilferty, 1931).
/// Values of less than 8 expected draws are counted together.
template <class Likelihood>
void check_discrete_draws(const Likelihood& likelihood, const Matrix<double>& p, const Quadrature& quadrature) {
  INFO(Likelihood::name << ", parameters " << p.transpose());
  constexpr Index count = 20000;
  const Matrix<double> parameters = p.replicate(1, quadrature.x.cols());
  const Matrix<double> expected = count * (-nats_of(likelihood, parameters, quadrature.x).array()).exp();
  std::map<double, double> drawn;
  for (const double x : draws_at(likelihood, p, count)) {
    drawn[x] += 1;
  }
  double chi_squared = 0;
  double degrees = -1;
  double rare_expected = count;
  double rare_drawn = count;
  for (Index i = 0; i < expected.size(); ++i) {
    if (expected(0, i) >= 8) {
      const double seen = drawn[quadrature.x(0, i)];
      chi_squared += (seen - expected(0, i)) * (seen - expected(0, i)) / expected(0, i);
      degrees += 1;
      rare_expected -= expected(0, i);
      rare_drawn -= seen;
    }
  }
  if (rare_expected >= 8) {
    chi_squared += (rare_drawn - rare_expected) * (rare_drawn - rare_expected) / rare_expected;
    degrees += 1;
  } else {
    CHECK(rare_drawn <= rare_expected + 5 * std::sqrt(std::max(0.0, rare_expected)) + 3);
  }
  if (degrees > 0) {
    const double spread = 2 / (9 * degrees);
    CHECK(chi_squared < degrees * std::pow(1 - spread + 3.09 * std::sqrt(spread), 3));
  }
}

/// Draws depend on seed, sample and feature alone: neither on the batch that they are drawn in, nor on what other values draw.
template <class Likelihood>
void check_draws_by_address(const Likelihood& likelihood, const Matrix<double>& p) {
  constexpr Index features = 3;
  Matrix<double> parameters(p.rows() * features, 9);
  for (Index k = 0; k < p.rows(); ++k) {
    parameters.middleRows(k * features, features).setConstant(p(k, 0));
  }
  const Matrix<double> all = likelihood.sample(parameters, Random(2), 10);
  CHECK((likelihood.sample(Matrix<double>(parameters.rightCols(4)), Random(2), 15) == all.rightCols(4)));
  parameters.row(0).array() += 0.5;  // the first value's
  CHECK((likelihood.sample(parameters, Random(2), 10).bottomRows(features - 1) == all.bottomRows(features - 1)));
}

/// Errors of `check` name the likelihood, the feature, the sample, what was expected and what came.
template <class Likelihood>
void check_domain(const Likelihood& likelihood, const std::vector<double>& inside, const std::vector<double>& outside) {
  for (const double x : inside) {
    CHECK_NOTHROW(likelihood.check(x, 0, 0));
  }
  for (const double x : outside) {
    const auto text = error_text<DataError>([&] { likelihood.check(x, 3, 41); });
    CHECK(contains(text, fmt::format("{}: feature 3 of sample 41: expected ", Likelihood::name)));
    CHECK(contains(text, detail::format_text(", got {}", {x})));
  }
}

/// Sizes that do not match are errors.
template <class Likelihood>
void check_sizes(const Likelihood& likelihood) {
  constexpr Index parameters = Likelihood::parameters_per_value;
  const Matrix<double> x = Matrix<double>::Zero(4, 3);
  CHECK(contains(
      error_text<ArgumentError>([&] { (void)nats_of(likelihood, Matrix<double>::Zero(parameters * 4 + 1, 3), x); }),
      "as many rows of the decoder's output as parameters of the data's values"));
  CHECK(contains(
      error_text<ArgumentError>([&] { (void)nats_of(likelihood, Matrix<double>::Zero(parameters * 4, 2), x); }),
      "as many samples of the decoder's output as samples of the data, got 2 and 3"));
}

}  // namespace betavae::test
