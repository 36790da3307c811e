// SPDX-License-Identifier: MIT
#include <betavae/data/single_record.hpp>
#include <betavae/train/fit.hpp>

#include "catch.hpp"

#include <cmath>
#include <optional>

namespace bv = betavae;

namespace {

struct Reading {
  double level = 0;
  std::optional<float> flow;
  bool open = false;
  float hour = 0;
};

}  // namespace

template <>
struct bv::Record<Reading> {
  static constexpr auto fields = bv::fields(bv::real<&Reading::level>(), bv::positive<&Reading::flow>(),
                                            bv::binary<&Reading::open>(), bv::condition(bv::angle<&Reading::hour>()));
};

namespace {

std::vector<Reading> readings() {
  std::vector<Reading> all;
  const bv::Random random(3);
  for (std::uint64_t i = 0; i < 60; ++i) {
    const double x = random.normal<double>({0, i, 0});
    all.push_back({.level = 3 * x, .flow = {}, .open = x > 0, .hour = static_cast<float>(x)});
    if (i % 3 != 0) {
      all.back().flow = static_cast<float>(std::exp(x));
    }
  }
  return all;
}

}  // namespace

TEST_CASE("One record at a time surprises as much as by the whole model, missing cells and conditions included") {
  const auto all = readings();
  auto model = bv::record_vae<Reading, 8, 2>(all);
  (void)bv::fit(model, all, bv::BetaElbo{1.0}, {.epochs = 3, .seed = 1});
  const bv::SingleRecord one(model);
  for (const Reading& reading : all) {
    const auto expected = model.surprise(reading);
    const auto came = one.surprise(reading);
    for (std::size_t field = 0; field < expected.size(); ++field) {
      CHECK_THAT(came[field], Catch::Matchers::WithinAbs(expected[field], 1e-5 * (1 + std::abs(expected[field]))));
    }
    CHECK((came[1] == 0) == !reading.flow.has_value());
  }
}

TEST_CASE("Training a model further does not change its copy for one record at a time") {
  const auto all = readings();
  auto model = bv::record_vae<Reading, 8, 2>(all);
  const bv::SingleRecord one(model);
  const auto before = one.surprise(all[1]);
  (void)bv::fit(model, all, bv::BetaElbo{1.0}, {.epochs = 2, .seed = 1});
  CHECK(one.surprise(all[1]) == before);
  CHECK(one.surprise(all[1]) != model.surprise(all[1]));
}

TEST_CASE("A value outside of its field's domain is an error for one record, too") {
  const auto all = readings();
  const bv::SingleRecord one(bv::record_vae<Reading, 8, 2>(all));
  Reading wrong = all[1];
  wrong.flow = -1.0F;
  CHECK_THROWS_AS(one.surprise(wrong), bv::DataError);
}
