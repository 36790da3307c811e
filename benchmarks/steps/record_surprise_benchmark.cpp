// SPDX-License-Identifier: MIT
// How odd is this record, and which of its fields: one record of seven fields of many kinds at a time, as it comes.
#include <betavae/data/single_record.hpp>

#include "support/report.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

namespace {

enum class Flavour : std::uint8_t { light, charm, bottom, gluon };

struct Jet {
  float pt, eta, phi;
  std::uint16_t tracks;
  bool has_muon;
  Flavour flavour;
  std::optional<float> mass;
};

}  // namespace

template <>
struct betavae::Record<Jet> {
  static constexpr auto fields =
      betavae::fields(real<&Jet::pt>(log_scale), real<&Jet::eta>(), angle<&Jet::phi>(), count<&Jet::tracks>(),
                      binary<&Jet::has_muon>(), category<&Jet::flavour, 4>(), real<&Jet::mass>());
};

namespace {

using namespace betavae;

std::vector<Jet> jets() {
  std::vector<Jet> all;
  const Random random(1);
  for (std::uint64_t i = 0; i < 1024; ++i) {
    const auto normal = [&](std::uint64_t number) { return random.normal<float>({0, i, number}); };
    const float energy = normal(0);
    Jet jet{.pt = std::exp(3 + energy),
            .eta = normal(1),
            .phi = 0.9F * normal(2),
            .tracks = static_cast<std::uint16_t>(std::exp(2 + 0.5F * energy)),
            .has_muon = normal(3) > 1,
            .flavour = static_cast<Flavour>(i % 4),
            .mass = {}};
    if (i % 5 != 0) {
      jet.mass = 10 + energy + normal(4);
    }
    all.push_back(jet);
  }
  return all;
}

/// The surprise of one record after the other; `make` turns the model into the scorer.
template <class Make>
void surprise(benchmark::State& state, const Make& make) {
  const auto all = jets();
  const auto model = record_vae<Jet, 16, 4>(all);
  const auto& scorer = make(model);
  std::size_t i = 0;
  for (auto _ : state) {
    auto nats = scorer.surprise(all[i++ % all.size()]);
    benchmark::DoNotOptimize(nats);
  }
}

void single_record(benchmark::State& state) {
  surprise(state, [](const auto& model) { return SingleRecord(model); });
}

void whole_model(benchmark::State& state) {
  surprise(
      state, [](const auto& model) -> const auto& { return model; });
}

BENCHMARK(single_record)->Name("surprise, SingleRecord")->Repetitions(5)->ReportAggregatesOnly(true);
BENCHMARK(whole_model)->Name("surprise, RecordVae")->Repetitions(5)->ReportAggregatesOnly(true);

}  // namespace
