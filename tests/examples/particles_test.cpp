// SPDX-License-Identifier: MIT
// The example's encoder of sets: order and empty slots mean nothing to it, and its gradient is right for any number of particles.
#include "../../examples/particles/deep_sets.hpp"
#include "../../examples/particles/simulation.hpp"
#include "catch.hpp"
#include "model_check.hpp"

#include <cstring>

using namespace betavae;
using namespace betavae::test;
using particles::DeepSets;
using particles::Event;
using particles::EventSet;
using particles::four_momentum;
using particles::Layout;
using particles::PairMomentum;

namespace {

constexpr int width = 8;
constexpr int latents = 2;

template <int Slots, class Scalar = double>
auto make_model() {
  return Vae{DeepSets<Scalar, Slots, width, latents>{}, dense_decoder<Scalar, latents, 4, four_momentum>(),
             PairMomentum<Slots>{0.1}};
}

/// Events of 0, 1, 2 … particles.
std::vector<Event> events_up_to(std::size_t most) {
  std::vector<Event> events(most + 1);
  for (std::size_t count = 0; count <= most; ++count) {
    particles::Draws draws(1, count);
    for (std::size_t i = 0; i < count; ++i) {
      events[count].particles.push_back(particles::measured(draws.uniform(20, 200) * draws.direction(), draws));
    }
  }
  return events;
}

/// The columns with other numbers in every empty slot.
template <int Slots>
Matrix<double> with_garbage(Matrix<double> columns) {
  constexpr Index slot = Layout<Slots>::slot;
  const Matrix<double> garbage = 1e3 * normals(columns.rows(), columns.cols(), 5);
  for (Index j = 0; j < columns.cols(); ++j) {
    for (Index first = 0; first < Layout<Slots>::pair; first += slot) {
      if (columns(first, j) == 0) {
        columns.col(j).segment(first + 1, slot - 1) = garbage.col(j).segment(first + 1, slot - 1);
      }
    }
  }
  return columns;
}

bool same_bits(const Matrix<double>& a, const Matrix<double>& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0;
}

}  // namespace

TEST_CASE("permuting the slots of an event changes its posterior by rounding alone") {
  constexpr int slots = 6;
  constexpr Index slot = Layout<slots>::slot;
  const auto model = make_model<slots>();
  const Matrix<double> columns = EventSet<slots>(events_up_to(slots)).columns<double>();
  const auto expected = model.encode(columns);
  std::vector<Index> order;
  for (std::uint64_t permutation = 0; permutation < 20; ++permutation) {
    shuffle(order, slots, Random(3), permutation);
    Matrix<double> permuted = columns;
    for (Index i = 0; i < slots; ++i) {
      permuted.middleRows(i * slot, slot) = columns.middleRows(order[static_cast<std::size_t>(i)] * slot, slot);
    }
    const auto codes = model.encode(permuted);
    CHECK((codes.mean - expected.mean).cwiseAbs().maxCoeff() < 1e-14);
    CHECK((codes.log_variance - expected.log_variance).cwiseAbs().maxCoeff() < 1e-14);
  }
  CHECK((expected.mean.col(0) - expected.mean.col(slots)).norm() > 1e-3);  // it does look at the particles
}

TEST_CASE("permuting the particles of an event changes no bit of its column") {
  std::vector<Event> events = events_up_to(6);
  events[4].particles[1].energy = events[4].particles[2].energy;  // a tie
  const Matrix<double> columns = EventSet<6>(events).columns<double>();
  for (int turn = 0; turn < 6; ++turn) {
    for (Event& event : events) {
      if (!event.particles.empty()) {
        std::rotate(event.particles.begin(), event.particles.begin() + 1, event.particles.end());
        std::swap(event.particles.front(), event.particles.back());
      }
    }
    CHECK(same_bits(EventSet<6>(events).columns<double>(), columns));
  }
}

TEST_CASE("what stands in an empty slot changes no bit of the posterior and of the gradient") {
  constexpr int slots = 4;
  auto model = make_model<slots>();
  const Matrix<double> columns = EventSet<slots>(events_up_to(slots)).columns<double>();
  const Matrix<double> other = with_garbage<slots>(columns);
  CHECK(columns != other);
  CHECK(same_bits(model.encode(other).mean, model.encode(columns).mean));
  CHECK(same_bits(model.encode(other).log_variance, model.encode(columns).log_variance));
  const auto expected = differentiate(model, BetaElbo{2}, GaussianNoise(1), columns);
  const auto found = differentiate(model, BetaElbo{2}, GaussianNoise(1), other);
  CHECK(found.loss == expected.loss);
  CHECK(all_gradients(found.gradients) == all_gradients(expected.gradients));
}

TEST_CASE("more slots than particles change no bit of the posterior and of the gradient") {
  auto narrow = make_model<3>();
  auto wide = make_model<9>();
  const Matrix<double> columns = EventSet<3>(events_up_to(3)).columns<double>();
  const Matrix<double> wide_columns = EventSet<9>(events_up_to(3)).columns<double>();
  CHECK(same_bits(wide.encode(wide_columns).mean, narrow.encode(columns).mean));
  CHECK(same_bits(wide.encode(wide_columns).log_variance, narrow.encode(columns).log_variance));
  const auto expected = differentiate(narrow, BetaElbo{2}, GaussianNoise(1), columns);
  const auto found = differentiate(wide, BetaElbo{2}, GaussianNoise(1), wide_columns);
  CHECK(found.loss == expected.loss);
  CHECK(all_gradients(found.gradients) == all_gradients(expected.gradients));
}

TEST_CASE("events without particles, with one and with several have the right gradient") {
  constexpr int slots = 3;
  auto model = make_model<slots>();
  std::get<0>(model.decoder.layers).activation = Activation::silu;  // finite differences want no kink
  const Matrix<double> columns = EventSet<slots>(events_up_to(slots)).columns<double>();
  for (Index count = 0; count <= slots; ++count) {
    CAPTURE(count);
    CHECK(worst_gradient_error(model, BetaElbo{2}, GaussianNoise(1), columns.col(count)) < 1e-8);
  }
  CHECK(worst_gradient_error(model, BetaElbo{2}, GaussianNoise(1), columns) < 1e-8);
}

TEST_CASE("of too many particles the softest are left out, and the pair are the two most energetic") {
  const Event event{{{0, 0, 10, 10}, {0, 50, 0, 50}, {0, 0, -20, 20}, {30, 0, 0, 30}}};
  const Matrix<double> columns = EventSet<3>({event, {}, {{{0, 0, 10, 10}}}}).columns<double>();
  REQUIRE(columns.rows() == 3 * 5 + 4);
  Eigen::VectorXd expected(19);
  expected << 1, 0, 0.5, 0, 0.5, 1, 0.3, 0, 0, 0.3, 1, 0, 0, -0.2, 0.2, 0.3, 0.5, 0, 0.8;
  CHECK((columns.col(0) - expected).norm() < 1e-7);
  CHECK(columns.col(1).norm() == 0);
  CHECK((columns.col(2).tail(4) - Eigen::Vector4d(0, 0, 0.1, 0.1)).norm() < 1e-7);
  CHECK(contains(error_text<ArgumentError>([&] {
                   const Index outside = 1;
                   double values[Layout<3>::features];
                   EventSet<3>({event}).fill(std::span(&outside, 1), values);
                 }),
                 "EventSet::fill"));
}

TEST_CASE("the likelihood of the pair is the library's Gaussian of these rows alone") {
  const auto model = make_model<3>();
  const Matrix<double> columns = EventSet<3>(events_up_to(3)).columns<double>();
  const Matrix<double> pair = columns.bottomRows(four_momentum);
  const Matrix<double> mean = normals(four_momentum, columns.cols(), 2);
  Tape<double> tape;
  Evaluating<double> context(tape);
  const auto nats = model.likelihood.distortion(context, constant(tape, mean), Observed{constant(tape, columns)});
  const auto expected = Gaussian{0.1}.distortion(context, constant(tape, mean), Observed{constant(tape, pair)});
  CHECK(nats.value() == expected.value());
  CHECK(model.likelihood.score(mean, columns) == Gaussian{0.1}.score(mean, pair));
  CHECK(std::abs(evaluate(model, columns).floor - 4 * Gaussian{0.1}.floor(0)) < 1e-12);
  CHECK(model.reconstruct(columns).rows() == four_momentum);
}

TEST_CASE("a simulated event of two daughters has the mother's mass and direction up to the detector's errors") {
  const auto simulated = particles::simulate(500, 1);
  const Matrix<double> columns = EventSet<8>(simulated.events).columns<double>();
  double squares = 0;
  Index near = 0;
  for (Index j = 0; j < columns.cols(); ++j) {
    const Eigen::Vector3d momentum = particles::unit * columns.col(j).segment<3>(Layout<8>::pair);
    const double energy = particles::unit * columns(Layout<8>::pair + 3, j);
    const auto& truth = simulated.truths[static_cast<std::size_t>(j)];
    const double error = std::sqrt(energy * energy - momentum.squaredNorm()) / truth.mass - 1;
    if (std::abs(error) < 0.1) {  // else a daughter was softer than another particle
      ++near;
      squares += error * error;
      CHECK(std::abs(momentum.z() / momentum.norm() - truth.cos_theta) < 0.2);
      CHECK(std::cos(std::atan2(momentum.y(), momentum.x()) - truth.phi) > 0.9);
    }
  }
  CHECK(near > 480);
  CHECK(std::sqrt(squares / static_cast<double>(near)) < 0.04);
}
