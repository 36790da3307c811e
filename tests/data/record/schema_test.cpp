// SPDX-License-Identifier: MIT
#include <betavae/data/record/schema.hpp>
#include <betavae/vae/likelihood/student_t.hpp>

#include "catch.hpp"

#include <array>
#include <optional>

namespace bv = betavae;

namespace {

struct Flower {
  std::optional<float> petal;
  float share;
  int species;
  std::array<int, 3> seeds;
  float plot;
  float weight;
};

}  // namespace

template <>
struct bv::Record<Flower> {
  static constexpr auto fields = bv::fields(
      bv::real<&Flower::petal>(bv::log_scale, bv::dispersion_from_decoder), bv::interval<&Flower::share>(0, 100),
      bv::ordered<&Flower::species>(bv::names("small", "large")),
      bv::count<&Flower::seeds>(bv::exposure<&Flower::weight>),
      bv::condition(bv::real<&Flower::plot>(bv::likelihood<bv::StudentT>(3.0))), bv::weight<&Flower::weight>());
};

TEST_CASE("The schema of a record tells each field in a line") {
  CHECK(bv::record_schema<Flower>() ==
        std::vector<std::string>{
            "record: Flower",
            "field petal: real on a log scale, GaussianHeteroscedastic (measurement_error: 0), dispersion from the "
            "decoder, 1 cell, may be missing",
            "field share: interval from 0 to 100, Beta, 1 cell",
            "field species: ordered category of 2 (small, large), OrderedLogistic, 1 cell",
            "field seeds: count, NegativeBinomial, with an exposure, 3 cells", "condition plot: real, 1 cell",
            "weight: weight"});
}
