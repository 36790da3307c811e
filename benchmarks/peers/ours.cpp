// SPDX-License-Identifier: MIT
// betavae's side of the comparison, and the limits of the machine that it is held against. No compiler flag but -O2.
#include <betavae/betavae.hpp>
#include <betavae/simd/instruction_set.hpp>

#include "peers/products.hpp"
#include "peers/worker.hpp"
#include "support/memory_speed.hpp"
#include "support/models.hpp"
#include "support/peak.hpp"
#include "support/reading.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace betavae;
using peers::Work;

int thread_count() { return static_cast<int>(default_thread_count()); }

AlignedVector<float> random_numbers(Index count, float low, float high) {
  AlignedVector<float> values(static_cast<std::size_t>(count));
  const Random random(1);
  for (Index i = 0; i < count; ++i) {
    values[static_cast<std::size_t>(i)] =
        low + (high - low) * random.uniform<float>({0, 0, static_cast<std::uint64_t>(i)});
  }
  return values;
}

/// Runs f(thread) on so many threads at once, one of them this.
template <class Function>
void in_threads(int threads, const Function& function) {
  std::vector<std::thread> others;
  others.reserve(static_cast<std::size_t>(threads));
  for (int thread = 1; thread < threads; ++thread) {
    others.emplace_back(function, thread);
  }
  function(0);
  for (std::thread& other : others) {
    other.join();
  }
}

/// Multiply-adds in registers, on every thread.
Work peak() {
  const int threads = thread_count();
  const double flop = benchmarks::multiply_adds<float>(1'000) * threads;
  return {
      [threads](long steps) { in_threads(threads, [steps](int) { benchmarks::multiply_adds<float>(1'000 * steps); }); },
      flop};
}

/// Walks over arrays of this footprint, divided among the threads.
Work memory(benchmarks::Traffic traffic, double footprint) {
  const int threads = thread_count();
  std::vector<std::shared_ptr<benchmarks::MemoryPass>> passes;
  double bytes = 0;
  for (int thread = 0; thread < threads; ++thread) {
    passes.push_back(std::make_shared<benchmarks::MemoryPass>(traffic, footprint / threads));
    bytes += passes.back()->bytes();
  }
  return {[threads, passes](long steps) {
            in_threads(threads, [&](int thread) { passes[static_cast<std::size_t>(thread)]->run(steps); });
          },
          0, bytes};
}

/// Strides alone say whether A lies transposed.
Work product(Index rows, Index columns, Index depth, bool is_transposed) {
  struct Data {
    AlignedVector<float> a, b, c, workspace;
  };
  const auto data = std::make_shared<Data>();
  data->a = random_numbers(rows * depth, -1, 1);
  data->b = random_numbers(depth * columns, -1, 1);
  data->c.resize(static_cast<std::size_t>(rows * columns));
  data->workspace.resize(static_cast<std::size_t>(kernels::product_workspace_size<float>(rows, depth)));
  return {[=](long steps) {
            for (long i = 0; i < steps; ++i) {
              kernels::product<float>({.rows = rows,
                                       .columns = columns,
                                       .depth = depth,
                                       .a = data->a.data(),
                                       .a_row_stride = is_transposed ? 1 : depth,
                                       .a_depth_stride = is_transposed ? rows : 1,
                                       .b = data->b.data(),
                                       .b_depth_stride = columns,
                                       .c = data->c.data(),
                                       .c_row_stride = columns,
                                       .workspace = data->workspace.data()});
              peers::keep(data->c[0]);
            }
          },
          2.0 * static_cast<double>(rows * columns * depth)};
}

template <class Model>
Work training_step(Model new_model, Index samples) {
  const auto model = std::make_shared<Model>(std::move(new_model));
  const auto training = std::make_shared<benchmarks::Training<Model>>(*model, samples);
  const benchmarks::StepWork work = training->work();
  return {[model, training](long steps) { training->run(steps); }, work.flop, work.optimizer_bytes};
}

/// Training on 100,000 records of ten fields, one batch of 128 a step: records become numbers on the way.
Work record_step() {
  using Records = std::vector<benchmarks::Reading>;
  using Model = decltype(record_vae<benchmarks::Reading, 32, 4>(Records{}));
  struct Data {
    Records records = benchmarks::readings(100'000);
    Model model = record_vae<benchmarks::Reading, 32, 4>(records);
    Threads threads;
    TrainingStep<Model> step{model, &threads};
    Adam<float> adam;
    std::vector<Index> order;
    Index number = 0;
  };
  const auto data = std::make_shared<Data>();
  shuffle(data->order, static_cast<Index>(data->records.size()), Random(1), 0);
  return {[data](long steps) {
    const auto set = data->model.likelihood.data_set(data->records);
    const GaussianNoise noise(1);
    for (long i = 0; i < steps; ++i, ++data->number) {
      const Index first = data->number * 128 % (set.size() - 128);
      data->step.batch().fill(set, std::span<const Index>(data->order).subspan(static_cast<std::size_t>(first), 128));
      data->step.differentiate(BetaElbo{1}, noise, static_cast<std::uint64_t>(data->number), [](const auto&...) {});
      data->adam.update(data->step.gradients(), 1e-3, 1, &data->threads);
    }
  }};
}

/// The rate summed over all numbers, and its gradient in mean and log-variance. In pieces, so that the single rates stay in the
/// first-level cache.
Work gaussian_rate(Index count) {
  struct Data {
    AlignedVector<float> mean, log_variance, rate, mean_partial, log_variance_partial;
  };
  static constexpr Index piece = 2'048;
  const auto size = static_cast<std::size_t>(count);
  const auto data = std::make_shared<Data>();
  data->mean = random_numbers(count, -2, 2);
  data->log_variance = random_numbers(count, -4, 1);
  data->rate.resize(piece);
  data->mean_partial.resize(size);
  data->log_variance_partial.resize(size);
  return {[data, count](long steps) {
            for (long i = 0; i < steps; ++i) {
              float nats = 0;
              for (Index first = 0; first < count; first += piece) {
                const Index length = std::min(piece, count - first);
                kernels::gaussian_rate<float>(length, data->mean.data() + first, data->log_variance.data() + first,
                                              data->rate.data(), data->mean_partial.data() + first,
                                              data->log_variance_partial.data() + first);
                nats += kernels::sum(length, data->rate.data());
              }
              peers::keep(nats);
            }
          },
          0, 4.0 * sizeof(float) * static_cast<double>(count)};
}

/// The distortion summed over all numbers, and its gradient in the logits.
Work bernoulli(Index count) {
  struct Data {
    AlignedVector<float> logits, values, partial;
  };
  const auto data = std::make_shared<Data>();
  data->logits = random_numbers(count, -4, 4);
  data->values = random_numbers(count, 0, 1);
  data->partial.resize(static_cast<std::size_t>(count));
  return {[data, count](long steps) {
            for (long i = 0; i < steps; ++i) {
              float nats = kernels::bernoulli_distortion<float>(count, data->logits.data(), data->values.data(),
                                                                nullptr, 0, data->partial.data());
              peers::keep(nats);
            }
          },
          0, 3.0 * sizeof(float) * static_cast<double>(count)};
}

Work normal_noise(Index dimensions, Index samples) {
  const auto values = std::make_shared<AlignedVector<float>>(static_cast<std::size_t>(dimensions * samples));
  const auto number = std::make_shared<std::uint64_t>(0);
  return {[=](long steps) {
            const GaussianNoise noise(1);
            for (long i = 0; i < steps; ++i) {
              noise.fill(MatrixView<float>{values->data(), dimensions, samples, dimensions}, (*number)++, 0);
              peers::keep((*values)[0]);
            }
          },
          0, sizeof(float) * static_cast<double>(dimensions * samples)};
}

Work encode_independent() {
  constexpr std::size_t samples = 64;
  const auto model = benchmarks::record_7_16_8();
  const SingleSample encode(model.encoder.network);
  const AlignedVector<float> x = random_numbers(7 * samples, -1, 1);
  return {[=](long steps) {
    for (long i = 0; i < steps; ++i) {
      const auto y = encode(std::span<const float, 7>(x.data() + 7 * (static_cast<std::size_t>(i) % samples), 7));
      peers::keep(y);
    }
  }};
}

/// Seven of the eight outputs are the next inputs, where they lie.
Work encode_chained() {
  const auto model = benchmarks::record_7_16_8();
  const SingleSample encode(model.encoder.network);
  return {[=](long steps) {
    std::array<float, 8> y{};
    for (long i = 0; i < steps; ++i) {
      y = encode(std::span<const float, 7>(y.data(), 7));
    }
    peers::keep(y);
  }};
}

}  // namespace

int main() {
  using benchmarks::Traffic;
  peers::Worker worker;
  worker.offer("peak", peak);
  // At the footprints of the works below: what the optimizer of each step walks over, and the arrays of each pass.
  const auto optimizer = [](auto model) {
    return memory(Traffic::update, 4 * sizeof(float) * benchmarks::step_work(model, 1).parameters);
  };
  worker.offer("memory/step/784-400-20", [=] { return optimizer(benchmarks::dense_784_400_20()); });
  worker.offer("memory/step/higgins", [=] { return optimizer(benchmarks::higgins()); });
  worker.offer("memory/rate/1000000", [] { return memory(Traffic::triad, 4 * sizeof(float) * 1e6); });
  worker.offer("memory/rate/2560", [] { return memory(Traffic::triad, 4 * sizeof(float) * 2'560); });
  worker.offer("memory/bernoulli/1000000", [] { return memory(Traffic::triad, 3 * sizeof(float) * 1e6); });
  peers::offer_products(worker, product);
  worker.offer("step/784-400-20", [] { return training_step(benchmarks::dense_784_400_20(), 128); });
  worker.offer("step/higgins", [] { return training_step(benchmarks::higgins(), 64); });
  worker.offer("step/record", record_step);
  worker.offer("rate/1000000", [] { return gaussian_rate(1'000'000); });
  worker.offer("rate/2560", [] { return gaussian_rate(2'560); });
  worker.offer("bernoulli/1000000", [] { return bernoulli(1'000'000); });
  worker.offer("normal/1000000", [] { return normal_noise(1'000, 1'000); });
  worker.offer("encode/independent", encode_independent);
  worker.offer("encode/chained", encode_chained);
  return worker.serve({{"instruction set", std::string(simd::name(simd::instruction_set()))},
                       {"compiler", BETAVAE_BENCHMARK_COMPILER},
                       {"flags", BETAVAE_BENCHMARK_FLAGS}});
}
