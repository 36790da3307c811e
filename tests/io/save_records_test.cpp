// SPDX-License-Identifier: MIT
// A model of records in a file: its scaling and its description come with it.
#include <betavae/data/record_vae.hpp>
#include <betavae/io/save.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "temporary_folder.hpp"

#include <optional>

namespace bv = betavae;
namespace test = bv::test;

namespace {

struct Stone {
  double mass = 1;
  std::optional<int> kind;
};
struct Pebble {
  double mass = 1;
  std::optional<int> kind;
};

}  // namespace

template <>
struct bv::Record<Stone> {
  static constexpr auto fields =
      bv::fields(bv::real<&Stone::mass>(bv::log_scale), bv::category<&Stone::kind>(bv::names("flint", "slate")));
};
template <>
struct bv::Record<Pebble> {
  static constexpr auto fields =
      bv::fields(bv::real<&Pebble::mass>(), bv::category<&Pebble::kind>(bv::names("flint", "slate")));
};

namespace {

template <class Type>
std::vector<Type> found(double unit) {
  return {{.mass = 2 * unit, .kind = 0}, {.mass = 5 * unit, .kind = {}}, {.mass = 7 * unit, .kind = 1}};
}

}  // namespace

TEST_CASE("a model of records comes back with its scaling") {
  const bv::test::TemporaryFolder folder;
  const std::string path = folder.file("model");
  const auto stones = found<Stone>(1);
  const auto model = bv::record_vae<Stone, 6, 2>(stones, {.seed = 5});
  bv::save(path, model);
  auto other = bv::record_vae<Stone, 6, 2>(found<Stone>(1000), {.seed = 6});
  REQUIRE(other.surprise(stones[0]) != model.surprise(stones[0]));
  bv::load(path, other);
  CHECK(other.likelihood.scaling() == model.likelihood.scaling());
  for (const Stone& stone : stones) {
    CHECK(other.surprise(stone) == model.surprise(stone));
    CHECK(other.impute(stone).kind == model.impute(stone).kind);
  }
}

TEST_CASE("a file of another record names the field that differs, and the model stays") {
  const bv::test::TemporaryFolder folder;
  const std::string path = folder.file("model");
  bv::save(path, bv::record_vae<Stone, 6, 2>(found<Stone>(1)));
  const auto pebbles = found<Pebble>(1);
  auto other = bv::record_vae<Pebble, 6, 2>(pebbles);
  const auto before = other.surprise(pebbles[0]);
  const std::string text = test::error_text<bv::FileError>([&] { bv::load(path, other); });
  INFO(text);
  for (const std::string part : {"field mass", "real on a log scale", "Stone", "Pebble"}) {
    CHECK(text.find(part) != std::string::npos);
  }
  CHECK(other.surprise(pebbles[0]) == before);
}
