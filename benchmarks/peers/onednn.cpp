// SPDX-License-Identifier: MIT
// oneDNN's matmul primitive, made once for its shape, the weights' layout plain as in a training step. It compiles its own kernels for
// this machine while it runs.
#include "peers/products.hpp"
#include "peers/worker.hpp"

#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using peers::Work;

Work product(dnnl::memory::dim rows, dnnl::memory::dim columns, dnnl::memory::dim depth, bool is_transposed) {
  using Memory = dnnl::memory;
  constexpr auto type = Memory::data_type::f32;
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  dnnl::stream stream(engine);
  const Memory::desc a({rows, depth}, type, is_transposed ? Memory::dims{1, rows} : Memory::dims{depth, 1});
  const Memory::desc b({depth, columns}, type, Memory::dims{columns, 1});
  const Memory::desc c({rows, columns}, type, Memory::dims{columns, 1});
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::matmul::primitive_desc description(engine, a, b, c);
#else
  const dnnl::matmul::primitive_desc description(dnnl::matmul::desc(a, b, c), engine);
#endif
  const dnnl::matmul matmul(description);
  const auto filled = [&](const Memory::desc& shape) {
    const Memory memory(shape, engine);
    auto* const numbers = static_cast<float*>(memory.get_data_handle());
    for (std::size_t i = 0; i < shape.get_size() / sizeof(float); ++i) {
      numbers[i] = static_cast<float>(i * 7919 % 1000) / 1000.0F - 0.5F;
    }
    return memory;
  };
  const std::unordered_map<int, Memory> arguments{
      {DNNL_ARG_SRC, filled(a)}, {DNNL_ARG_WEIGHTS, filled(b)}, {DNNL_ARG_DST, filled(c)}};
  return {[=](long steps) mutable {
    for (long i = 0; i < steps; ++i) {
      matmul.execute(stream, arguments);
      stream.wait();
    }
  }};
}

}  // namespace

int main() {
  peers::Worker worker;
  peers::offer_products(worker, product);
  const dnnl_version_t* const version = dnnl_version();
  return worker.serve({{"version", std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
                                       std::to_string(version->patch)}});
}
