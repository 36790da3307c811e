// SPDX-License-Identifier: MIT
#include <betavae/train/adam.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "numbers.hpp"

#include <cmath>
#include <limits>

using namespace betavae;
using Catch::Matchers::WithinRel;
using test::error_text;

namespace {

/// Two parameters, neither as long as a cache line.
template <class Scalar>
struct Model {
  Parameter<Scalar, 3, 5> weight;
  Parameter<Scalar, dynamic, dynamic> bias{7, 1};

  Model() {
    visit([](const char* name, auto& parameter) {
      for (Index i = 0; i < parameter.size(); ++i) {
        parameter.data()[i] = test::number<Scalar>(static_cast<std::uint64_t>(name[0]), i);
      }
    });
  }
  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("weight", weight);
    visitor("bias", bias);
  }
};

struct Larger {
  Parameter<float, 100> weight;
  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("weight", weight);
  }
};

template <class Scalar>
void set_gradients(Gradients<Scalar>& gradients, std::uint64_t step) {
  for (const auto& part : gradients.parts()) {
    for (Index i = 0; i < part.size(); ++i) {
      gradients.data(part)[i] = test::number<Scalar>(1000 + step, part.offset + i);
    }
  }
}

template <class Scalar>
std::vector<Scalar> parameters_of(Model<Scalar>& model) {
  std::vector<Scalar> all;
  model.visit([&](const char*, auto& parameter) {
    all.insert(all.end(), parameter.data(), parameter.data() + parameter.size());
  });
  return all;
}

/// Algorithm 1 of Kingma and Ba (2015), a line for a line.
template <class Scalar>
void compare_with_the_paper(const AdamOptions& options, double scale, double tolerance) {
  Model<Scalar> model;
  Gradients<Scalar> gradients(model);
  Adam<Scalar> adam(options);
  const auto start = parameters_of(model);
  std::vector<double> theta(start.begin(), start.end());
  std::vector<double> m(start.size());
  std::vector<double> v(start.size());
  for (std::uint64_t t = 1; t <= 20; ++t) {
    const double alpha = 0.01 / static_cast<double>(t);
    set_gradients(gradients, t);
    std::size_t i = 0;
    for (const auto& part : gradients.parts()) {
      for (Index k = 0; k < part.size(); ++k, ++i) {
        const double g = scale * static_cast<double>(gradients.data(part)[k]);
        m[i] = options.first_decay * m[i] + (1 - options.first_decay) * g;
        v[i] = options.second_decay * v[i] + (1 - options.second_decay) * g * g;
        const double m_hat = m[i] / (1 - std::pow(options.first_decay, static_cast<double>(t)));
        const double v_hat = v[i] / (1 - std::pow(options.second_decay, static_cast<double>(t)));
        theta[i] -= alpha * m_hat / (std::sqrt(v_hat) + options.epsilon);
      }
    }
    adam.update(gradients, alpha, scale);
  }
  CHECK(adam.updates() == 20);
  const auto after = parameters_of(model);
  for (std::size_t i = 0; i < after.size(); ++i) {
    CHECK_THAT(static_cast<double>(after[i]), WithinRel(theta[i], tolerance));
  }
}

}  // namespace

TEST_CASE("Adam takes the steps of the paper") {
  for (const AdamOptions& options :
       {AdamOptions{}, AdamOptions{0.5, 0.9, 1e-3}, AdamOptions{0, 0, 1e-8}, AdamOptions{0, 0.99, 1}}) {
    for (const double scale : {1.0, 0.125}) {
      CAPTURE(options.first_decay, options.second_decay, options.epsilon, scale);
      compare_with_the_paper<double>(options, scale, 1e-12);
      compare_with_the_paper<float>(options, scale, 2e-4);
      compare_with_the_paper<long double>(options, scale, 1e-12);
    }
  }
}

TEST_CASE("a parameter whose gradient is zero does not move, and a learning rate of zero moves none") {
  Model<float> model;
  Gradients<float> gradients(model);
  const auto before = parameters_of(model);
  Adam<float> adam;
  adam.update(gradients, 0.1);
  CHECK(test::same_bits(parameters_of(model), before));
  set_gradients(gradients, 1);
  adam.update(gradients, 0);
  CHECK(test::same_bits(parameters_of(model), before));
}

TEST_CASE("a copy of Adam is a copy: each goes its own way from there") {
  Model<double> model;
  Gradients<double> gradients(model);
  Adam<double> adam;
  set_gradients(gradients, 1);
  adam.update(gradients, 0.1);
  const Adam<double> kept = adam;
  Model<double> other = model;
  Gradients<double> other_gradients(other);
  Adam<double> copy = kept;
  for (std::uint64_t step = 2; step < 5; ++step) {
    set_gradients(gradients, step);
    adam.update(gradients, 0.1);
  }
  CHECK(kept.updates() == 1);
  CHECK(copy.updates() == 1);
  for (std::uint64_t step = 2; step < 5; ++step) {
    set_gradients(other_gradients, step);
    copy.update(other_gradients, 0.1);
  }
  CHECK(test::same_bits(parameters_of(model), parameters_of(other)));
}

TEST_CASE("Adam refuses decays outside of 0 to below 1, and an epsilon that is not above zero") {
  const auto text = [](const AdamOptions& options) {
    return error_text<ArgumentError>([&] { const Adam<float> adam(options); });
  };
  constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
  CHECK(text({.first_decay = 1}) == "Adam: first_decay: expected a number in [0, 1), got 1");
  CHECK(text({.first_decay = -0.1}) == "Adam: first_decay: expected a number in [0, 1), got -0.1");
  CHECK(text({.first_decay = not_a_number}) == "Adam: first_decay: expected a number in [0, 1), got nan");
  CHECK(text({.second_decay = 1.5}) == "Adam: second_decay: expected a number in [0, 1), got 1.5");
  CHECK(text({.second_decay = not_a_number}) == "Adam: second_decay: expected a number in [0, 1), got nan");
  const std::string epsilon = "Adam: epsilon: expected a finite number above 0 that the scalar type can hold, got ";
  CHECK(text({.epsilon = 0}) == epsilon + "0");
  CHECK(text({.epsilon = -1e-8}) == epsilon + "-1e-08");
  CHECK(text({.epsilon = not_a_number}) == epsilon + "nan");
  CHECK(text({.epsilon = std::numeric_limits<double>::infinity()}) == epsilon + "inf");
  CHECK(text({.epsilon = 1e-60}) == epsilon + "1e-60");  // a float would make it 0, and 0/0 of a gradient of 0
  CHECK_NOTHROW(Adam<double>({.epsilon = 1e-60}));
}

TEST_CASE("Adam refuses the parameters of another model than the one that its moments belong to") {
  Model<float> model;
  Gradients<float> gradients(model);
  Adam<float> adam;
  adam.update(gradients, 0.1);
  Larger larger;
  Gradients<float> others(larger);
  set_gradients(others, 1);
  CHECK(error_text<ArgumentError>([&] { adam.update(others, 0.1); }) ==
        "Adam: expected as many moments as parameters, got 32 and 112");
  CHECK(adam.updates() == 1);
  CHECK(larger.weight.value().isZero(0));
}
