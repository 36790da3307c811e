// SPDX-License-Identifier: MIT
// The product at the sizes of a 784-400-20 training step (batch 128), as a share of the core's multiply-add peak.
#include <betavae/kernels/product.hpp>

#include "support/report.hpp"

namespace {

using namespace betavae;
using benchmarks::numbers;

/// How the left operand lies: samples one after the other, or transposed by stride alone (the weight gradient).
enum Layout { by_rows, transposed };

template <class Scalar>
void product(benchmark::State& state) {
  const Index rows = state.range(0);
  const Index columns = state.range(1);
  const Index depth = state.range(2);
  const bool is_transposed = state.range(3) == transposed;
  const auto a = numbers<Scalar>(rows * depth);
  const auto b = numbers<Scalar>(depth * columns);
  auto c = numbers<Scalar>(rows * columns);
  auto workspace = numbers<Scalar>(kernels::product_workspace_size<Scalar>(rows, depth));
  for (auto _ : state) {
    kernels::product<Scalar>({.rows = rows,
                              .columns = columns,
                              .depth = depth,
                              .a = a.data(),
                              .a_row_stride = is_transposed ? 1 : depth,
                              .a_depth_stride = is_transposed ? rows : 1,
                              .b = b.data(),
                              .b_depth_stride = columns,
                              .c = c.data(),
                              .c_row_stride = columns,
                              .workspace = workspace.data()});
    benchmark::ClobberMemory();
  }
  benchmarks::report_flop<Scalar>(state, 2.0 * static_cast<double>(rows * columns * depth));
}

void dense_sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"rows", "columns", "depth", "transposed"});
  for (const auto& [inputs, outputs] : {std::pair{784, 400}, {400, 40}, {20, 400}, {400, 784}}) {
    benchmark->Args({128, outputs, inputs, by_rows});     // forward
    benchmark->Args({inputs, outputs, 128, transposed});  // weight gradient
    if (inputs != 784) {
      benchmark->Args({128, inputs, outputs, by_rows});  // input gradient; that of the data is never computed
    }
  }
  benchmark->Args({512, 512, 512, by_rows})->Args({512, 512, 512, transposed});  // strides that are powers of two
  benchmark->Repetitions(5)->ReportAggregatesOnly(true);
}

BENCHMARK(product<float>)->Apply(dense_sizes);
BENCHMARK(product<double>)->Args({128, 400, 784, by_rows})->Repetitions(5)->ReportAggregatesOnly(true);

}  // namespace
