// SPDX-License-Identifier: MIT
#include <betavae/train/snapshot.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/vae.hpp>

#include "catch.hpp"

namespace bv = betavae;

TEST_CASE("A snapshot brings every parameter back bit for bit", "[train][snapshot]") {
  bv::Vae model{bv::dense_encoder<double, 5, 4, 2>(), bv::dense_decoder<double, 2, 4, 5>(), bv::Bernoulli{}};
  const auto original = model;
  bv::Gradients<double> gradients(model);
  bv::detail::Snapshot<decltype(model)> snapshot;
  snapshot.take(model, gradients);
  bv::visit_parameters(model, [](const std::string&, auto& parameter) { parameter.value().array() += 1; });
  REQUIRE(model.encode(bv::Matrix<double>::Zero(5, 1)).mean != original.encode(bv::Matrix<double>::Zero(5, 1)).mean);
  snapshot.bring_back(model, gradients);
  REQUIRE(model.encode(bv::Matrix<double>::Zero(5, 1)).mean == original.encode(bv::Matrix<double>::Zero(5, 1)).mean);
  REQUIRE(model.sample(3, 1) == original.sample(3, 1));
}
