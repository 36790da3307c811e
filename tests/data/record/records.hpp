// SPDX-License-Identifier: MIT
// The records of the tests: one with every kind of field and every role, and a plain one.
#pragma once

#include <betavae/core/random.hpp>
#include <betavae/data/batch.hpp>
#include <betavae/data/record/field.hpp>
#include <betavae/vae/likelihood/laplace.hpp>
#include <betavae/vae/likelihood/student_t.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

namespace betavae::test {

enum class Colour : std::uint8_t { red, green, blue };

struct Place {
  double depth = 0;
  std::optional<bool> wet;
};

struct Specimen {
  double length = 0;
  std::optional<float> mass;
  double speed = 0;
  double speed_error = 0;
  std::array<float, 2> doses{1, 1};
  double share = 50;  // of 100
  std::optional<double> heading;
  std::array<std::uint16_t, 2> hits{};
  double time = 1;
  bool alive = false;
  std::optional<Colour> colour;
  int grade = 0;
  std::optional<Place> place;
  std::array<double, 2> noise{};
  double temperature = 0;
  std::optional<Colour> site;
  double weight = 1;
};

/// Numbers that may be missing, and nothing else.
struct Pair {
  double x = 0;
  std::optional<double> y;
};

}  // namespace betavae::test

template <>
struct betavae::Record<betavae::test::Place> {
  static constexpr auto fields =
      betavae::fields(real<&test::Place::depth>(likelihood<StudentT>(3.0)), binary<&test::Place::wet>());
};

template <>
struct betavae::Record<betavae::test::Specimen> {
  using Of = test::Specimen;
  static constexpr auto fields = betavae::fields(
      real<&Of::length>(), real<&Of::mass>(log_scale), real<&Of::speed>(measurement_error<&Of::speed_error>),
      positive<&Of::doses>(), interval<&Of::share>(0, 100), angle<&Of::heading>(),
      count<&Of::hits>(exposure<&Of::time>), binary<&Of::alive>(), category<&Of::colour>(names("red", "green", "blue")),
      ordered<&Of::grade, 4>(), nested<&Of::place>(), real<&Of::noise>(likelihood<Laplace>(), dispersion_from_decoder),
      condition(real<&Of::temperature>()), condition(category<&Of::site, 3>()), weight<&Of::weight>());
};

template <>
struct betavae::Record<betavae::test::Pair> {
  static constexpr auto fields = betavae::fields(real<&test::Pair::x>(), real<&test::Pair::y>());
};

namespace betavae::test {

/// Every fourth optional value is missing, in turns; the first specimen lacks all of them.
inline std::vector<Specimen> specimens(betavae::Index count, std::uint64_t seed = 7) {
  const betavae::Random random(seed, betavae::Stream::user);
  std::vector<Specimen> all;
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(count); ++i) {
    const auto normal = [&](std::uint64_t draw) { return random.normal<double>({0, i, draw}); };
    const auto whole = [&](std::uint64_t draw, int below) {
      return std::min(static_cast<int>(random.uniform<double>({1, i, draw}) * below), below - 1);
    };
    const auto is_there = [&](std::uint64_t turn) { return i > 0 && (i + turn) % 4 != 0; };
    Specimen s;
    const double size = normal(0);
    s.length = 10 + 2 * size + 0.3 * normal(1);
    if (is_there(0)) {
      s.mass = static_cast<float>(std::exp(1 + size + 0.2 * normal(2)));
    }
    s.speed_error = 0.5 * static_cast<double>(i % 3);
    s.speed = -3 + normal(3) + s.speed_error * normal(4);
    s.doses = {static_cast<float>(std::exp(normal(5))), static_cast<float>(40 * std::exp(0.5 * normal(6)))};
    s.share = 100 / (1 + std::exp(-size - normal(7)));
    if (is_there(1)) {
      s.heading = 2 + 0.5 * normal(8);
    }
    s.time = std::exp(normal(9));
    s.hits = {static_cast<std::uint16_t>(5 * s.time * std::exp(0.3 * normal(10))),
              static_cast<std::uint16_t>(s.time * std::exp(normal(11)))};
    s.alive = size + normal(12) > 0;
    if (is_there(2)) {
      s.colour = Colour(whole(0, 3));
    }
    s.grade = whole(1, 4);
    if (is_there(3)) {
      s.place = Place{0.01 * normal(13), {}};
      if (is_there(4)) {
        s.place->wet = whole(2, 2) == 1;
      }
    }
    s.noise = {1e4 + 100 * normal(14), 1e-3 * normal(15)};
    s.temperature = 280 + 10 * normal(16);
    if (is_there(5)) {
      s.site = Colour(whole(3, 3));
    }
    s.weight = 0.5 + static_cast<double>(i % 4);
    all.push_back(s);
  }
  return all;
}

/// All records of a data set as one batch.
template <class Scalar, class Data>
betavae::Batch<Scalar> whole_batch(const Data& data) {
  std::vector<betavae::Index> all(static_cast<std::size_t>(data.size()));
  std::iota(all.begin(), all.end(), betavae::Index{0});
  betavae::Batch<Scalar> batch;
  batch.fill(data, std::span<const betavae::Index>(all));
  return batch;
}

/// The numbers of a batch.
template <class Scalar>
betavae::Matrix<Scalar> values_of(const betavae::Batch<Scalar>& batch) {
  const auto view = batch.view();
  return Eigen::Map<const betavae::Matrix<Scalar>>(view.data, view.rows, view.columns);
}

}  // namespace betavae::test
