// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_flow.hpp>

#include "catch.hpp"
#include "gradients.hpp"

#include <algorithm>

namespace bv = betavae;
namespace test = bv::test;

namespace {

/// The gradient of Σ f(x)² at x.
template <class Function>
bv::Matrix<double> gradient(const Function& function, const bv::Matrix<double>& x) {
  bv::Tape<double> tape;
  const auto variable = bv::make_variable(tape, x.rows(), x.cols());
  std::copy_n(x.data(), x.size(), variable.value_view().data);
  bv::reverse(bv::sum(bv::square(function(variable))));
  return variable.adjoint();
}

}  // namespace

TEST_CASE("Nothing flows back through a stopped gradient", "[autodiff]") {
  const bv::Matrix<double> x = test::matrix(3, 4, 1);
  const auto product = [](const auto& v) { return v * bv::stop_gradient(v); };  // x² whose factor counts as a constant
  const bv::Matrix<double> expected = 2 * x.array().square() * x.array();
  CHECK((gradient(product, x) - expected).norm() <= 1e-15);
}

TEST_CASE("A scaled gradient is each sample's gradient times its factor, and the value stays", "[autodiff]") {
  const bv::Matrix<double> x = test::matrix(3, 4, 1);
  const double factors[] = {0, 1, -2, 0.5};
  const bv::Matrix<double> scaled = gradient([&](const auto& v) { return bv::scale_gradient(v, factors); }, x);
  for (int j = 0; j < 4; ++j) {
    CHECK((scaled.col(j) == 2 * factors[j] * x.col(j)));
  }
}

TEST_CASE("Factors may be written after the value was computed", "[autodiff]") {
  const bv::Matrix<double> x = test::matrix(3, 2, 1);
  double factors[] = {1, 1};
  const bv::Matrix<double> scaled = gradient(
      [&](const auto& v) {
        const auto y = bv::scale_gradient(v, factors);
        factors[1] = 3;
        return y;
      },
      x);
  CHECK((scaled.col(1) == 6 * x.col(1)));
}

TEST_CASE("A constant's gradient needs no factors", "[autodiff]") {
  bv::Tape<double> tape;
  const bv::Matrix<double> x = test::matrix(3, 4, 1);
  CHECK(bv::scale_gradient(bv::constant(tape, x), nullptr).value_view().data == x.data());
}
