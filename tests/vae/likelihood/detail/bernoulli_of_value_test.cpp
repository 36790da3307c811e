// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/detail/bernoulli_of_value.hpp>

#include "vae/likelihood/of_value.hpp"

namespace bv = betavae;
using namespace bv::test;
using OfValue = AsPointwise<bv::detail::BernoulliOfValue>;

namespace {

bv::Matrix<double> at(double logit) { return bv::Matrix<double>::Constant(1, 1, logit); }

}  // namespace

TEST_CASE("The Bernoulli of one value is that of batches", "[vae][bernoulli]") {
  const bv::Matrix<double> logits = 4 * normals(5, 4, 1);
  const bv::Matrix<double> x = normals(5, 4, 2).unaryExpr([](double u) { return u > 0 ? 1.0 : 0.0; });
  const auto one = nats_and_partials(OfValue{}, logits, x);
  const auto batch = nats_and_partials(bv::Bernoulli{}, logits, x);
  CHECK((one.nats - batch.nats).norm() <= 1e-14 * batch.nats.norm());
  CHECK((one.partials - batch.partials).norm() <= 1e-14 * batch.partials.norm());
  CHECK((OfValue{}.point_estimate(logits) - bv::Bernoulli{}.point_estimate(logits)).norm() <= 1e-14);
  CHECK((OfValue{}.fisher_information(logits) - bv::Bernoulli{}.fisher_information(logits)).norm() <= 1e-14);
  CHECK(OfValue::domain == "0 or 1");
}

TEST_CASE("The Bernoulli of one value sums to 1, and its draws have the right frequencies", "[vae][bernoulli]") {
  for (const double logit : {0.0, -3.0, 2.5}) {
    check_normalisation(OfValue{}, at(logit), counts(1));
    check_discrete_draws(OfValue{}, at(logit), counts(1));
  }
  check_domain(OfValue{}, {0, 1}, {-1, 0.5, 2, std::nan("")});
}

TEST_CASE("The Bernoulli of one value is finite at extreme logits", "[vae][bernoulli]") {
  for (const double logit : {-1e300, -800.0, 800.0, 1e300}) {
    const auto extreme = nats_and_partials<double>(OfValue{}, at(logit), at(1));
    CHECK(extreme.nats(0, 0) == (logit < 0 ? -logit : 0));
    CHECK(extreme.partials(0, 0) == (logit < 0 ? -1 : 0));
  }
}
