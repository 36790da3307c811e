// SPDX-License-Identifier: MIT
// A program as its user would write it: a record type, its description, a table, a training, a saved model, and one analysis.
#include <betavae/analysis/collapse_report.hpp>
#include <betavae/betavae.hpp>
#include <betavae/data/record_vae.hpp>
#include <betavae/io/csv.hpp>
#include <betavae/io/save.hpp>

#include <cmath>
#include <optional>
#include <vector>

namespace bv = betavae;

enum class Soil { sand, loam, clay };

struct Plant {
  float height = 0, mass = 1;
  int leaves = 0;
  bool in_flower = false;
  Soil soil = Soil::sand;
  std::optional<float> root;
};

template <>
struct bv::Record<Plant> {
  static constexpr auto fields =
      bv::fields(bv::real<&Plant::height>(), bv::positive<&Plant::mass>(), bv::count<&Plant::leaves>(),
                 bv::binary<&Plant::in_flower>(), bv::category<&Plant::soil>(bv::names("sand", "loam", "clay")),
                 bv::real<&Plant::root>());
};

int main() {
  std::vector<Plant> grown;
  for (int i = 0; i < 200; ++i) {
    const float age = static_cast<float>(i % 50) / 10;
    grown.push_back({.height = 3 * age, .mass = 0.5F + age * age, .leaves = 2 * (i % 50), .in_flower = age > 3});
    grown.back().soil = static_cast<Soil>(i % 3);
    grown.back().root = i % 7 == 0 ? std::nullopt : std::optional(std::sqrt(age));
  }
  bv::write_csv<Plant>("plants.csv", grown);
  const std::vector<Plant> plants = bv::read_csv<Plant>("plants.csv");

  auto model = bv::record_vae<Plant, 16, 2>(plants);
  const auto history = bv::fit(model, plants, bv::BetaElbo{1.0}, {.epochs = 20, .batch = 20, .learning_rate = 3e-3});
  bv::save("plants.safetensors", model, {{"beta", "1"}});
  auto loaded = bv::record_vae<Plant, 16, 2>(plants);
  bv::load("plants.safetensors", loaded);

  fmt::print("{}\n{}\n", history.back(), bv::collapse_report(loaded, plants));
  return plants.size() == grown.size() && model.surprise(plants[0]) == loaded.surprise(plants[0]) ? 0 : 1;
}
