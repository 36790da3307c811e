// SPDX-License-Identifier: MIT
// Built three times, as namespace unoptimized (-O0), optimized (-O2) and native (-march=native). See CMakeLists.txt.
#include <betavae/betavae.hpp>

#include "unit.hpp"

#include <bit>
#include <cstddef>

namespace BETAVAE_ODR_UNIT {
namespace {

namespace bv = betavae;

decltype(UnitResult::product) product() {
  constexpr bv::Index rows = 5;
  constexpr bv::Index columns = 35;
  constexpr bv::Index depth = 33;
  bv::AlignedVector<float> a(rows * depth);
  bv::AlignedVector<float> b(depth * columns);
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = 1.0F / static_cast<float>(i + 1);
  }
  for (std::size_t i = 0; i < b.size(); ++i) {
    b[i] = 1.0F / static_cast<float>(b.size() - i);
  }
  std::array<float, rows * columns> c{};
  bv::AlignedVector<float> workspace(static_cast<std::size_t>(bv::kernels::product_workspace_size<float>(rows, depth)));
  bv::kernels::product(bv::kernels::ProductArguments<float>{.rows = rows,
                                                            .columns = columns,
                                                            .depth = depth,
                                                            .a = a.data(),
                                                            .a_row_stride = depth,
                                                            .b = b.data(),
                                                            .b_depth_stride = columns,
                                                            .c = c.data(),
                                                            .c_row_stride = columns,
                                                            .workspace = workspace.data()});
  return std::bit_cast<std::array<std::uint32_t, rows * columns>>(c);
}

/// A model large enough that every path's tiles have whole vectors and a rest.
void model(UnitResult& result) {
  constexpr bv::Index features = 67;
  constexpr bv::Index samples = 9;
  bv::AlignedVector<float> numbers(features * samples);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = static_cast<float>(i % 7) / 6;
  }
  const Eigen::Map<const bv::Matrix<float>> x(numbers.data(), features, samples);
  bv::Vae model{bv::dense_encoder<67, 50, 5>(), bv::dense_decoder<5, 50, 67>(), bv::Bernoulli{}};
  bv::fit(model, x, bv::BetaElbo{4.0}, {.epochs = 3, .batch = 4});
  const bv::NegativeElbo elbo = model.negative_elbo(x, 3);
  result.rate = elbo.rate;
  result.distortion = elbo.distortion;
#if defined(BETAVAE_ODR_MATRICES)
  // This hands Eigen's matrices over, which only units that align them alike may do.
  const bv::Matrix<float> copy = x;
  result.reconstruction = static_cast<double>(model.reconstruct(copy).sum());
#endif
}

}  // namespace

UnitResult run() {
  UnitResult result{.product = product()};
  model(result);
  return result;
}

}  // namespace BETAVAE_ODR_UNIT
