// SPDX-License-Identifier: MIT
#include <betavae/autodiff/repeat.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "gradients.hpp"

namespace bv = betavae;
namespace test = bv::test;

TEST_CASE("Each sample stands so many times in a row", "[autodiff]") {
  bv::Tape<double> tape;
  const bv::Matrix<double> x = test::matrix(3, 4, 1);
  const bv::Matrix<double> y = bv::repeat_samples(bv::constant(tape, x), 5).value();
  REQUIRE(y.cols() == 20);
  for (bv::Index j = 0; j < 20; ++j) {
    CHECK((y.col(j) == x.col(j / 5)));
  }
}

TEST_CASE("Once is the operand itself", "[autodiff]") {
  bv::Tape<double> tape;
  const bv::Matrix<double> x = test::matrix(3, 4, 1);
  CHECK(bv::repeat_samples(bv::constant(tape, x), 1).value_view().data == x.data());
}

TEST_CASE("The gradient of a repeated sample is the sum over its copies", "[autodiff]") {
  for (const bv::Index size : test::interesting_sizes) {
    const auto thrice = [](const auto& x) { return bv::repeat_samples(x, 3); };
    test::require_pass(bv::gradient_check(thrice, test::matrix(size, 4, 1)));
    test::require_pass(bv::gradient_check(thrice, test::matrix(4, size, 2)));
  }
}

TEST_CASE("Samples are repeated by the same bits on any number of threads", "[autodiff]") {
  const bv::Matrix<double> x = test::matrix(300, 100, 3);
  bv::Tape<double> tape;
  const bv::Matrix<double> alone = bv::repeat_samples(bv::constant(tape, x), 3).value();
  bv::Threads threads(3);
  tape.use_threads(&threads);
  CHECK((bv::repeat_samples(bv::constant(tape, x), 3).value() == alone));
}

TEST_CASE("No repetition at all is refused", "[autodiff]") {
  bv::Tape<double> tape;
  const bv::Matrix<double> x = test::matrix(3, 4, 1);
  CHECK(test::error_text<bv::ArgumentError>([&] { (void)bv::repeat_samples(bv::constant(tape, x), 0); }) ==
        "repeat_samples: times: expected at least 1, got 0");
}
