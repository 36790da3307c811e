// SPDX-License-Identifier: MIT
#include <betavae/nn/gradients.hpp>
#include <betavae/nn/skip.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "gradients.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;
using bv::Index;
using bv::Skip;
using Catch::Matchers::WithinAbs;
using test::error_text;
using Matrix = bv::Matrix<double>;

namespace {

constexpr Skip all_kinds[] = {Skip::plain, Skip::gated, Skip::dropout, Skip::sample_dropout, Skip::removed};

/// What joins in training at this step.
template <int Number = 0, class Scalar, int Count>
bv::Matrix<Scalar> in_training(const bv::SkipConnections<Scalar, Count>& connections, const bv::Matrix<Scalar>& h,
                               const bv::Matrix<Scalar>& s, std::uint64_t step, Index threads = 1) {
  auto shown = connections;
  bv::Threads pool(threads);
  bv::Tape<Scalar> tape;
  tape.use_threads(&pool);
  bv::Gradients<Scalar> gradients(shown);
  bv::Recording<Scalar> context(tape, gradients, step);
  return shown.template join<Number>(context, bv::constant(tape, h), bv::constant(tape, s)).value();
}

/// What joins while nothing is trained.
template <int Count>
Matrix in_use(const bv::SkipConnections<double, Count>& connections, const Matrix& h, const Matrix& s) {
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  return connections.template join<0>(context, bv::constant(tape, h), bv::constant(tape, s)).value();
}

/// What a step multiplies the skip by.
template <int Number = 0, class Scalar = double, int Count>
bv::Matrix<Scalar> factors(const bv::SkipConnections<Scalar, Count>& connections, Index rows, Index samples,
                           std::uint64_t step, Index threads = 1) {
  return in_training<Number, Scalar>(connections, bv::Matrix<Scalar>::Zero(rows, samples),
                                     bv::Matrix<Scalar>::Ones(rows, samples), step, threads);
}

}  // namespace

TEST_CASE("Each kind of skip has its name", "[nn][skip]") {
  CHECK(name(Skip::plain) == "plain");
  CHECK(name(Skip::gated) == "gated");
  CHECK(name(Skip::dropout) == "dropout");
  CHECK(name(Skip::sample_dropout) == "sample_dropout");
  CHECK(name(Skip::removed) == "removed");
}

TEST_CASE("A skip joins by its formula", "[nn][skip]") {
  const Matrix h = test::matrix(5, 3, 1);
  const Matrix s = test::matrix(5, 3, 2);
  const auto joined = [&](Skip kind) {
    return in_use(bv::SkipConnections<double, 1>({.skip = kind, .gate = 0.3}), h, s);
  };
  CHECK((joined(Skip::plain) == h + s));
  CHECK((joined(Skip::gated) - (h + 0.3 * s)).norm() <= 1e-15);
  CHECK((joined(Skip::removed) == h));
}

TEST_CASE("Nothing is dropped but in training", "[nn][skip]") {
  const Matrix h = test::matrix(5, 3, 1);
  const Matrix s = test::matrix(5, 3, 2);
  for (const Skip kind : {Skip::dropout, Skip::sample_dropout}) {
    const bv::SkipConnections<double, 1> connections({.skip = kind, .keep = 0.2});
    CHECK((in_use(connections, h, s) == h + s));
    CHECK_FALSE((in_training(connections, h, s, 0) == h + s));
  }
}

TEST_CASE("Gates are read as what they multiply by", "[nn][skip]") {
  const auto gates = [](Skip kind) { return bv::SkipConnections<double, 2>({.skip = kind, .gate = 0.3}).gates(); };
  CHECK_THAT(gates(Skip::gated)[0], WithinAbs(0.3, 1e-15));
  CHECK_THAT(gates(Skip::gated)[1], WithinAbs(0.3, 1e-15));
  CHECK(gates(Skip::plain) == std::array{1.0, 1.0});
  CHECK(gates(Skip::dropout) == std::array{1.0, 1.0});
  CHECK(gates(Skip::removed) == std::array{0.0, 0.0});
}

TEST_CASE("Every connection has a gate of its own", "[nn][skip]") {
  bv::SkipConnections<double, 2> connections({.skip = Skip::gated});
  const double open[] = {0.25, 0.75};
  connections.visit([&](const std::string& name, auto& gate) {
    CHECK(name == "gate");
    REQUIRE(gate.rows() == 2);
    for (Index i = 0; i < 2; ++i) {
      gate.data()[i] = std::log(open[i] / (1 - open[i]));
    }
  });
  CHECK_THAT(connections.gates()[0], WithinAbs(0.25, 1e-15));
  CHECK_THAT(connections.gates()[1], WithinAbs(0.75, 1e-15));
  CHECK_THAT(factors<0>(connections, 3, 2, 0)(2, 1), WithinAbs(0.25, 1e-15));
  CHECK_THAT(factors<1>(connections, 3, 2, 0)(2, 1), WithinAbs(0.75, 1e-15));
}

TEST_CASE("Only a gate is a parameter", "[nn][skip]") {
  for (const Skip kind : all_kinds) {
    CHECK(bv::count_parameters(bv::SkipConnections<double, 3>({.skip = kind})) == (kind == Skip::gated ? 3 : 0));
  }
}

TEST_CASE("What a step drops is told by the words of its address", "[nn][skip]") {
  const bv::SkipConnections<double, 3> connections({.skip = Skip::dropout, .keep = 0.3, .dropout_seed = 7});
  const bv::Random random(7, bv::Stream::dropout);
  for (const Index rows : {1, 3, 4, 9}) {
    const Matrix drawn = factors<1>(connections, rows, 4, 5);
    for (Index j = 0; j < 4; ++j) {
      for (Index i = 0; i < rows; ++i) {
        const auto block = random.block({5, static_cast<std::uint64_t>(j), static_cast<std::uint64_t>(i / 4 * 3 + 1)});
        const bool stays = static_cast<double>(block[static_cast<std::size_t>(i % 4)]) < 0.3 * 0x1p32;
        CHECK(drawn(i, j) == (stays ? 1 / 0.3 : 0));
      }
    }
  }
}

TEST_CASE("In the mean over steps a skip that is dropped is the skip", "[nn][skip]") {
  constexpr double keep = 0.3;
  constexpr int steps = 1000;
  const bv::SkipConnections<double, 1> connections({.skip = Skip::dropout, .keep = keep});
  Matrix mean = Matrix::Zero(6, 4);
  for (std::uint64_t step = 0; step < steps; ++step) {
    mean += factors(connections, 6, 4, step) / steps;
  }
  const double standard_error = std::sqrt((1 - keep) / (keep * steps));
  CHECK((mean.array() - 1).abs().maxCoeff() <= 3.5 * standard_error);  // of 24 numbers
  CHECK(std::abs(mean.mean() - 1) <= 3 * standard_error / std::sqrt(24.0));
  // Without the division by p the mean would be p, far outside.
  CHECK(std::abs(keep * mean.mean() - 1) > 10 * standard_error);
}

TEST_CASE("A hidden layer is never dropped, its skip alone", "[nn][skip]") {
  const Matrix h = Matrix::Constant(8, 5, 3.25);
  for (const Skip kind : {Skip::dropout, Skip::sample_dropout}) {
    const Matrix y = in_training(bv::SkipConnections<double, 1>({.skip = kind, .keep = 0.5}), h, Matrix(h), 1);
    const double joined = kind == Skip::dropout ? 3.25 + 2 * 3.25 : 3.25 + 3.25;
    CHECK((y.array() == 3.25 || y.array() == joined).all());
    CHECK((y.array() == 3.25).any());
    CHECK((y.array() == joined).any());
  }
}

TEST_CASE("Sample dropout drops all connections of a sample or none, and divides by nothing", "[nn][skip]") {
  constexpr double keep = 0.3;
  constexpr Index samples = 1000;
  const bv::SkipConnections<double, 2> connections({.skip = Skip::sample_dropout, .keep = keep});
  const Matrix first = factors<0>(connections, 5, samples, 9);
  CHECK((first.array() == 0 || first.array() == 1).all());
  CHECK((first.rowwise() - first.row(0)).isZero(0));
  CHECK((factors<1>(connections, 5, samples, 9) == first));
  CHECK(std::abs(first.row(0).mean() - keep) <= 3 * std::sqrt(keep * (1 - keep) / static_cast<double>(samples)));
}

TEST_CASE("Steps, samples, units, connections and seeds drop differently, and the same step the same", "[nn][skip]") {
  const bv::SkipConnections<double, 2> connections({.skip = Skip::dropout});
  const Matrix drawn = factors(connections, 64, 3, 1);
  CHECK((factors(connections, 64, 3, 1) == drawn));
  CHECK_FALSE((factors(connections, 64, 3, 2) == drawn));
  CHECK_FALSE((factors<1>(connections, 64, 3, 1) == drawn));
  CHECK_FALSE((factors(bv::SkipConnections<double, 2>({.skip = Skip::dropout, .dropout_seed = 2}), 64, 3, 1) == drawn));
  CHECK_FALSE((drawn.col(0) == drawn.col(1)));
  CHECK_FALSE((drawn.topRows(32) == drawn.bottomRows(32)));
}

TEST_CASE("Any number of threads, and every scalar type, drops the same", "[nn][skip]") {
  for (const Skip kind : {Skip::dropout, Skip::sample_dropout}) {
    const bv::SkipOptions options{.skip = kind, .keep = 0.7};
    const Matrix drawn = factors(bv::SkipConnections<double, 1>(options), 300, 250, 3);
    CHECK((factors(bv::SkipConnections<double, 1>(options), 300, 250, 3, 3) == drawn));
    const auto in_float = factors<0, float>(bv::SkipConnections<float, 1>(options), 300, 250, 3);
    CHECK(((in_float.array() == 0).cast<int>() == (drawn.array() == 0).cast<int>()).all());
  }
}

TEST_CASE("A skip of which all is kept is plain", "[nn][skip]") {
  const Matrix h = test::matrix(9, 3, 1);
  const Matrix s = test::matrix(9, 3, 2);
  for (const Skip kind : {Skip::dropout, Skip::sample_dropout}) {
    CHECK((in_training(bv::SkipConnections<double, 1>({.skip = kind, .keep = 1}), h, s, 4) == h + s));
  }
}

TEST_CASE("Skips have the right gradient in both inputs", "[nn][skip]") {
  for (const Skip kind : all_kinds) {
    bv::SkipConnections<double, 1> connections({.skip = kind, .gate = 0.3});
    bv::Gradients<double> gradients(connections);
    for (const Index rows : {1, 7, 17}) {
      for (const Index samples : {1, 4}) {
        CAPTURE(name(kind), rows, samples);
        const auto join = [&](const auto& h, const auto& s) {
          bv::Recording<double> context(h.tape(), gradients, 3);
          return connections.join<0>(context, h, s);
        };
        test::check_in_every_operand(join, test::matrix(rows, samples, 1), test::matrix(rows, samples, 2));
      }
    }
  }
}

TEST_CASE("A gate has the right gradient", "[nn][skip]") {
  const Matrix h = test::matrix(7, 5, 1);
  const Matrix s = test::matrix(7, 5, 2);
  bv::SkipConnections<double, 2> connections({.skip = Skip::gated, .gate = 0.3});
  bv::Gradients<double> gradients(connections);
  bv::Tape<double> tape;
  bv::Recording<double> context(tape, gradients);
  const auto y = connections.join<1>(context, bv::constant(tape, h), bv::constant(tape, s));
  bv::reverse(bv::sum(square(y)));
  // ∂Σy²/∂a = Σ 2 y s g (1 − g)
  const double expected = 2 * (h + 0.3 * s).cwiseProduct(s).sum() * 0.3 * 0.7;
  const double* const of_gates = gradients.data(gradients.parts().front());
  CHECK(of_gates[0] == 0);
  CHECK_THAT(of_gates[1], WithinAbs(expected, 1e-14));
}

TEST_CASE("Empty batches pass through every kind of skip", "[nn][skip]") {
  for (const Skip kind : all_kinds) {
    const bv::SkipConnections<double, 1> connections({.skip = kind});
    CHECK(in_training(connections, Matrix(4, 0), Matrix(4, 0), 0).cols() == 0);
    CHECK(in_training(connections, Matrix(0, 4), Matrix(0, 4), 0).cols() == 4);
  }
}

TEST_CASE("A gate or probability out of range is refused, and so are skips of another shape", "[nn][skip]") {
  const auto error_of = [](const bv::SkipOptions& options) {
    return error_text<bv::ArgumentError>([&] { (void)bv::SkipConnections<double, 1>(options); });
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double gate : {0.0, 1.0, -0.5, nan}) {
    CHECK(error_of({.skip = Skip::gated, .gate = gate}).find("options.gate: expected a number between 0 and 1") !=
          std::string::npos);
  }
  for (const double keep : {0.0, 1.5, -0.5, nan}) {
    CHECK(error_of({.skip = Skip::dropout, .keep = keep}).find("options.keep: expected above 0 and at most 1") !=
          std::string::npos);
  }
  const bv::SkipConnections<double, 1> connections({});
  CHECK(error_text<bv::ArgumentError>([&] { (void)in_use(connections, Matrix(3, 2), Matrix(4, 2)); }) ==
        "skip: expected as many numbers a sample as units of the hidden layer, got 4 and 3");
  CHECK(error_text<bv::ArgumentError>([&] { (void)in_use(connections, Matrix(3, 2), Matrix(3, 4)); }) ==
        "skip: expected as many samples as samples of the hidden layer, got 4 and 2");
}
