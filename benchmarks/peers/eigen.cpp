// SPDX-License-Identifier: MIT
// Eigen's product, and a 7-16-8 network of fixed-size Eigen, compiled for this very machine (-O3 -march=native).
#include <Eigen/Dense>

#include "peers/products.hpp"
#include "peers/worker.hpp"

#include <memory>

namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using peers::Work;

Work product(Eigen::Index rows, Eigen::Index columns, Eigen::Index depth, bool is_transposed) {
  struct Data {
    Matrix a, b, c;
  };
  const auto data = std::make_shared<Data>();
  data->a = is_transposed ? Matrix::Random(depth, rows) : Matrix::Random(rows, depth);
  data->b = Matrix::Random(depth, columns);
  data->c.resize(rows, columns);
  return {[data, is_transposed](long steps) {
    for (long i = 0; i < steps; ++i) {
      if (is_transposed) {
        data->c.noalias() = data->a.transpose() * data->b;
      } else {
        data->c.noalias() = data->a * data->b;
      }
      peers::keep(data->c(0, 0));
    }
  }};
}

/// 7 → 16 → 8 with relu between: what encoding one sample takes.
struct Network {
  Eigen::Matrix<float, 16, 7> first = Eigen::Matrix<float, 16, 7>::Random() * 0.4F;
  Eigen::Matrix<float, 16, 1> first_bias = Eigen::Matrix<float, 16, 1>::Random() * 0.4F;
  Eigen::Matrix<float, 8, 16> second = Eigen::Matrix<float, 8, 16>::Random() * 0.25F;
  Eigen::Matrix<float, 8, 1> second_bias = Eigen::Matrix<float, 8, 1>::Random() * 0.25F;

  [[nodiscard]] Eigen::Matrix<float, 8, 1> forward(const Eigen::Matrix<float, 7, 1>& x) const {
    const Eigen::Matrix<float, 16, 1> hidden = (first * x + first_bias).cwiseMax(0.0F);
    return second * hidden + second_bias;
  }
};

Work encode_independent() {
  constexpr int samples = 64;
  const auto network = std::make_shared<Network>();
  const auto x = std::make_shared<Eigen::Matrix<float, 7, samples>>(Eigen::Matrix<float, 7, samples>::Random());
  return {[=](long steps) {
    for (long i = 0; i < steps; ++i) {
      const auto y = network->forward(x->col(i % samples));
      peers::keep(y);
    }
  }};
}

Work encode_chained() {
  const auto network = std::make_shared<Network>();
  return {[=](long steps) {
    Eigen::Matrix<float, 7, 1> x = Eigen::Matrix<float, 7, 1>::Constant(0.5F);
    for (long i = 0; i < steps; ++i) {
      x = network->forward(x).head<7>();
    }
    peers::keep(x);
  }};
}

}  // namespace

int main() {
  peers::Worker worker;
  peers::offer_products(worker, product);
  worker.offer("encode/independent", encode_independent);
  worker.offer("encode/chained", encode_chained);
  return worker.serve({{"version", std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) +
                                       "." + std::to_string(EIGEN_MINOR_VERSION)},
                       {"flags", BETAVAE_PEER_FLAGS}});
}
