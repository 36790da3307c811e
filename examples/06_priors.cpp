// SPDX-License-Identifier: MIT
// What a learned prior is worth on Fashion-MNIST: models that keep the same distortion, one with N(0, I) as its prior and three with
// priors that learn, and how far each one's codes, all together, are from its prior.
//
//     rate = I(x; z) + KL(q(z) ‖ p(z))
//
// The first part is what the code says of its image; the second is what is paid beside, and what a better prior can spare.
#include <betavae/analysis/aggregate_posterior.hpp>
#include <betavae/betavae.hpp>
#include <betavae/io/idx_gz.hpp>
#include <betavae/io/whole_file.hpp>
#include <betavae/train/controller/geco.hpp>
#include <betavae/vae/prior/flow.hpp>
#include <betavae/vae/prior/mixture.hpp>
#include <betavae/vae/prior/vamp.hpp>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

namespace bv = betavae;

namespace {

constexpr int latents = 20;
constexpr int components = 100;

struct Settings {
  double distortion = 245;
  bv::Index epochs = 8;
  std::string data = "/usr/share/datasets/fashion-mnist";
  std::string csv;
  bv::Index at_once = bv::default_thread_count();
  std::uint64_t seed = 1;
};

/// What a trained model shows on the test images, in nats.
struct Row {
  std::string prior;
  double beta = 0;
  bv::Evaluation measured;
  bv::AggregatePosterior aggregate;
};

/// The images of the data set's file `name`, gzipped or not.
bv::ImageSet read_images(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  return bv::read_idx_gz_images(std::filesystem::exists(path + ".gz") ? path + ".gz" : path);
}

/// Trains a model with this prior, its β led so that the distortion comes to the target, and measures it.
template <class PriorType>
Row train(const std::string& name, PriorType prior, const Settings& settings, bv::Index threads,
          const bv::ImageSet& training, const bv::ImageSet& test) {
  bv::Vae model{bv::dense_encoder<784, 400, latents>({.seed = settings.seed}),
                bv::dense_decoder<latents, 400, 784>({.seed = settings.seed}), bv::Bernoulli{}, std::move(prior)};
  bv::BetaElbo objective{bv::GecoController({.distortion = settings.distortion})};
  bv::fit(model, training, objective,
          {.epochs = settings.epochs,
           .batch = 128,
           .learning_rate = 1e-3,
           .seed = settings.seed,
           .schedule = bv::cosine_decay(),
           .threads = threads});
  return {name, objective.beta(), bv::evaluate(model, test, {.threads = threads}),
          bv::aggregate_posterior_divergence(model, test, {.threads = threads})};
}

/// Some training images, for pseudo-inputs to begin with.
bv::Matrix<float> first_images(const bv::ImageSet& images, bv::Index count) {
  std::vector<bv::Index> chosen(static_cast<std::size_t>(count));
  std::iota(chosen.begin(), chosen.end(), bv::Index{0});
  bv::Matrix<float> pixels(images.features(), count);
  images.fill(chosen, pixels.data());
  return pixels;
}

/// Runs all tasks, as many at once as asked for. What one of them gives does not depend on the others.
std::vector<Row> run_all(const std::vector<std::function<Row()>>& tasks, bv::Index at_once) {
  std::vector<Row> rows(tasks.size());
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size() && !failed; i = next++) {
      try {
        rows[i] = tasks[i]();
      } catch (...) {
        if (!failed.exchange(true)) {
          failure = std::current_exception();
        }
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (bv::Index i = 1; i < at_once; ++i) {
      helpers.emplace_back(work);
    }
    work();
  }
  if (failed) {
    std::rethrow_exception(failure);
  }
  return rows;
}

void print_table(const std::vector<Row>& rows, bv::Index images) {
  fmt::print("\nOn the {} test images, in nats:\n\n", images);
  fmt::print("{:<20} {:>6} {:>11} {:>18} {:>15} {:>22}\n", "prior", "β", "distortion", "rate", "I(x; z)",
             "KL(q(z) ‖ p(z))");
  for (const Row& row : rows) {
    fmt::print("{:<20} {:>6.2f} {:>11.2f} {:>6.2f} {:<11} {:>7.2f} ± {:<5.2f} {:>14.3f} ± {:<5.3f}\n", row.prior,
               row.beta, row.measured.distortion, row.measured.rate,
               row.measured.rate_is_sampled ? "sampled" : "closed form", row.aggregate.mutual_information,
               row.aggregate.mutual_information_error, row.aggregate.divergence, row.aggregate.divergence_error);
  }
  fmt::print("\nNo code of {} images can tell more than ln {} = {:.2f} nats.\n", images, images,
             rows.front().aggregate.information_limit);
  fmt::print("Errors are those of the draws alone: trainings with other seeds scatter beside.\n\n");
}

/// One sentence for each learned prior: the first row is the one that they are compared with.
void print_verdicts(const std::vector<Row>& rows) {
  const Row& normal = rows.front();
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const double off = row.measured.distortion / normal.measured.distortion - 1;
    const double gained = normal.aggregate.divergence - row.aggregate.divergence;
    const double error = std::hypot(normal.aggregate.divergence_error, row.aggregate.divergence_error);
    const char* const verdict = std::abs(off) > 0.01  ? "not compared, the distortions differ by more than 1 %"
                                : gained > 2 * error  ? "closer to its prior"
                                : gained < -2 * error ? "farther from its prior"
                                                      : "not to be told apart";
    fmt::print("{:<20} {}: KL {:+.3f} ± {:.3f} nats, rate {:+.2f} nats, at {:+.2f} % of the distortion\n", row.prior,
               verdict, -gained, error, row.measured.rate - normal.measured.rate, 100 * off);
  }
}

/// The same figures with all their digits.
std::string table_as_csv(const std::vector<Row>& rows, std::uint64_t seed) {
  std::string text =
      "prior,seed,beta,distortion,rate,mutual_information,mutual_information_error,divergence,divergence_error\n";
  for (const Row& row : rows) {
    text += fmt::format("{},{},{},{},{},{},{},{},{}\n", row.prior, seed, row.beta, row.measured.distortion,
                        row.measured.rate, row.aggregate.mutual_information, row.aggregate.mutual_information_error,
                        row.aggregate.divergence, row.aggregate.divergence_error);
  }
  return text;
}

void run(const Settings& settings) {
  const bv::ImageSet training = read_images(settings.data, "train-images-idx3-ubyte");
  const bv::ImageSet test = read_images(settings.data, "t10k-images-idx3-ubyte");
  fmt::print("Training four 784-400-{} β-VAEs on {} images to a distortion of {} nats, {} epochs each.\n", latents,
             training.count, settings.distortion, settings.epochs);
  std::fflush(stdout);
  const auto start = std::chrono::steady_clock::now();
  const auto at_once = std::clamp<bv::Index>(settings.at_once, 1, 4);
  const bv::Index threads = std::max<bv::Index>(bv::default_thread_count() / at_once, 1);
  const auto with = [&](const std::string& name, const auto& prior) {
    return [=, &settings, &training, &test] { return train(name, prior, settings, threads, training, test); };
  };
  const bv::VampOptions of_images{.lowest = 0, .highest = 1, .seed = settings.seed};
  const std::vector<Row> rows =
      run_all({with("N(0, I)", bv::StandardNormal{}),
               with("mixture of 100", bv::GaussianMixturePrior<latents, components>({.seed = settings.seed})),
               with("Vamp of 100", bv::VampPrior<784, components>(first_images(training, 1000), of_images)),
               with("coupling flow", bv::CouplingFlowPrior<latents, 4, 64>(settings.seed))},
              at_once);
  print_table(rows, test.count);
  print_verdicts(rows);
  if (!settings.csv.empty()) {
    bv::write_whole_file(settings.csv, table_as_csv(rows, settings.seed));
  }
  fmt::print("\n{:.0f} s in all.\n", std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app{
      "Trains β-VAEs with four priors on Fashion-MNIST to one distortion, and compares their codes with them."};
  app.add_option("--distortion", settings.distortion, "the distortion of all models, in nats")->capture_default_str();
  app.add_option("--epochs", settings.epochs, "passes over the training images")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  app.add_option("--data", settings.data, "folder with Fashion-MNIST's idx files, gzipped or not")
      ->capture_default_str();
  app.add_option("--csv", settings.csv, "where to write the table as CSV too");
  app.add_option("--at-once", settings.at_once,
                 "how many models to train at once; the processors left over share their work")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  app.add_option("--seed", settings.seed, "of initial parameters, order and noise")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    run(settings);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
