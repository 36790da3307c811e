// SPDX-License-Identifier: MIT
#include <betavae/train/named_means.hpp>

#include "catch.hpp"

#include <array>

using namespace betavae;

namespace {

struct Value {
  std::array<NamedNumber, 1> named;
};

struct Knob {
  double beta;
  [[nodiscard]] std::array<NamedNumber, 1> settings() const { return {NamedNumber{"beta", beta, NumberKind::setting}}; }
};

Value nats(double number) { return {{NamedNumber{"total correlation", number}}}; }

}  // namespace

TEST_CASE("Nats are averaged by weight, and settings are the last") {
  detail::NamedMeans means;
  means.add(nats(1), Knob{0.5}, 3);
  means.add(nats(5), Knob{0.75}, 1);
  const auto result = means.means();
  REQUIRE(result.size() == 2);
  CHECK(result[0].name == "total correlation");
  CHECK(result[0].value == 2);
  CHECK(result[1].name == "beta");
  CHECK(result[1].value == 0.75);
  CHECK(result[1].kind == NumberKind::setting);
}

TEST_CASE("An objective that names nothing has no named means") {
  detail::NamedMeans means;
  means.add(1.0, 2.0, 1);
  CHECK(means.means().empty());
}
