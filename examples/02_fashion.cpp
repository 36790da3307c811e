// SPDX-License-Identifier: MIT
// The main job: one β-VAE at each of several β on Fashion-MNIST, a table in nats, and a page that shows what β does.
#include <betavae/betavae.hpp>
#include <betavae/io/beta_report.hpp>
#include <betavae/io/idx_gz.hpp>
#include <betavae/io/whole_file.hpp>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <numbers>
#include <thread>

namespace bv = betavae;

namespace {

struct Settings {
  std::vector<double> betas = {0.1, 1, 4, 10, 40, 150};
  bv::Index epochs = 5;
  std::string data = "/usr/share/datasets/fashion-mnist";
  std::string out = "betavae-fashion.html";
  std::string csv;
  bv::Index at_once = bv::default_thread_count();
  std::uint64_t seed = 1;
};

/// The images of the data set's file `name`, gzipped or not.
bv::ImageSet read_images(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  return bv::read_idx_gz_images(std::filesystem::exists(path + ".gz") ? path + ".gz" : path);
}

auto make_model(std::uint64_t seed) {
  return bv::Vae{bv::dense_encoder<784, 400, 20>({.seed = seed}), bv::dense_decoder<20, 400, 784>({.seed = seed}),
                 bv::Bernoulli{}};
}

/// The positions at which each latent of a traversal stops.
std::vector<double> traversal_positions() { return {-3, -2, -1, 0, 1, 2, 3}; }

/// Measures a trained model on the test set, and lets it draw.
template <class Model>
bv::ModelAtBeta show(const Model& model, double beta, const bv::ImageSet& test, const bv::Matrix<float>& originals) {
  const bv::Evaluation measured = bv::evaluate(model, test);
  const auto images = [&](const bv::Matrix<float>& pixels) { return bv::to_images(pixels, test.height, test.width); };
  bv::ModelAtBeta result{.beta = beta,
                         .rate = measured.rate,
                         .distortion = measured.distortion,
                         .excess = measured.excess(),
                         .rate_per_latent = measured.rate_per_dimension,
                         .active = measured.active,
                         .reconstructions = images(model.reconstruct(originals)),
                         .samples = images(model.decode(model.sample_prior(16, 1))),
                         .decoder = bv::StoredDecoder(model.decoder, model.likelihood)};
  const std::vector<double> positions = traversal_positions();
  for (bv::Index latent = 0; latent < Model::latents; ++latent) {
    if (measured.code_variance[static_cast<std::size_t>(latent)] > bv::active_variance) {
      bv::Matrix<float> path = bv::Matrix<float>::Zero(Model::latents, static_cast<bv::Index>(positions.size()));
      for (std::size_t i = 0; i < positions.size(); ++i) {
        path(latent, static_cast<bv::Index>(i)) = static_cast<float>(positions[i]);
      }
      result.traversals.push_back({.latent = latent, .images = images(model.decode(path))});
    }
  }
  return result;
}

/// Trains one model for each β, as many at once as asked for. What one model becomes does not depend on the others.
std::vector<bv::ModelAtBeta> train_family(const Settings& settings, const bv::ImageSet& training,
                                          const bv::ImageSet& test, const bv::Matrix<float>& originals) {
  std::vector<bv::ModelAtBeta> family(settings.betas.size());
  bv::Progress progress(static_cast<bv::Index>(family.size()));
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  std::exception_ptr failure;
  const auto at_once = std::min<bv::Index>(settings.at_once, static_cast<bv::Index>(family.size()));
  const bv::Index threads = std::max<bv::Index>(bv::default_thread_count() / std::max<bv::Index>(at_once, 1), 1);
  const auto work = [&] {
    for (std::size_t i = next++; i < family.size() && !failed; i = next++) {
      try {
        const double beta = settings.betas[i];
        auto model = make_model(settings.seed);
        bv::FitOptions options{
            .epochs = settings.epochs, .batch = 128, .learning_rate = 1e-3, .seed = settings.seed, .threads = threads};
        progress.follow(options, static_cast<bv::Index>(i), fmt::format("β {}", beta));
        bv::fit(model, training, bv::BetaElbo{beta}, options);
        family[i] = show(model, beta, test, originals);
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
  progress.finish();
  if (failed) {
    std::rethrow_exception(failure);
  }
  return family;
}

void print_table(const std::vector<bv::ModelAtBeta>& family, bv::Index images) {
  fmt::print("\nOn the {} test images, summed over pixels and latents, averaged over images:\n\n", images);
  fmt::print("{:>8} {:>12} {:>12} {:>18} {:>24} {:>8}\n", "β", "rate, nats", "rate, bits", "distortion, nats",
             "above the floor, nats", "active");
  for (const bv::ModelAtBeta& model : family) {
    fmt::print("{:>8} {:>12.2f} {:>12.2f} {:>18.1f} {:>24.1f} {:>5}/{}\n", model.beta, model.rate,
               model.rate / std::numbers::ln2, model.distortion, model.excess, model.active,
               model.rate_per_latent.size());
  }
}

/// The same figures with all their digits.
std::string table_as_csv(const std::vector<bv::ModelAtBeta>& family, std::uint64_t seed) {
  std::string text = "beta,seed,rate,distortion,excess,active\n";
  for (const bv::ModelAtBeta& model : family) {
    text +=
        fmt::format("{},{},{},{},{},{}\n", model.beta, seed, model.rate, model.distortion, model.excess, model.active);
  }
  return text;
}

/// The first test image of each of the ten kinds of clothing.
bv::Matrix<float> choose_originals(const Settings& settings, const bv::ImageSet& test) {
  const std::string path = settings.data + "/t10k-labels-idx1-ubyte";
  const auto labels = bv::read_idx_gz_labels(std::filesystem::exists(path + ".gz") ? path + ".gz" : path);
  std::vector<bv::Index> chosen;
  for (std::uint8_t kind = 0; kind < 10; ++kind) {
    const auto first = std::find(labels.begin(), labels.end(), kind);
    if (first != labels.end()) {
      chosen.push_back(first - labels.begin());
    }
  }
  bv::Matrix<float> originals(test.features(), static_cast<bv::Index>(chosen.size()));
  test.fill(chosen, originals.data());
  return originals;
}

/// A page that cannot be written should be known before two minutes of training.
void require_folder_of(const std::string& path) {
  if (path.empty()) {
    return;
  }
  const auto folder = std::filesystem::absolute(path).parent_path();
  if (!std::filesystem::is_directory(folder)) {
    throw bv::FileError(fmt::format("{}: expected the folder of a file to write, found none", folder.string()));
  }
}

void run(const Settings& settings) {
  for (const double beta : settings.betas) {
    [[maybe_unused]] const bv::BetaElbo checked{beta};  // a wrong β is told before anything is trained
  }
  require_folder_of(settings.out);
  require_folder_of(settings.csv);
  const bv::ImageSet training = read_images(settings.data, "train-images-idx3-ubyte");
  const bv::ImageSet test = read_images(settings.data, "t10k-images-idx3-ubyte");
  const bv::Matrix<float> originals = choose_originals(settings, test);
  fmt::print("Training a 784-400-20 β-VAE on {} images at {} values of β, {} epochs each.\n", training.count,
             settings.betas.size(), settings.epochs);
  std::fflush(stdout);

  const auto start = std::chrono::steady_clock::now();
  bv::BetaStudy study{.title = "What β does to Fashion-MNIST",
                      .originals = bv::to_images(originals, test.height, test.width),
                      .traversal_positions = traversal_positions(),
                      .models = train_family(settings, training, test, originals)};
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  study.facts = {
      {"Network", "784-400-20 and back, dense, ReLU, Bernoulli likelihood"},
      {"Training", fmt::format("{} epochs of {} images, Adam 1e-3, batches of 128", settings.epochs, training.count)},
      {"Measured on", fmt::format("{} test images", test.count)},
      {"Time", fmt::format("{:.0f} s for all {} models, {} at once, instruction set {}", seconds, study.models.size(),
                           settings.at_once, bv::simd::name(bv::simd::instruction_set()))}};
  print_table(study.models, test.count);
  bv::beta_report(study).write(settings.out);
  if (!settings.csv.empty()) {
    bv::write_whole_file(settings.csv, table_as_csv(study.models, settings.seed));
  }
  fmt::print("\nTrained in {:.0f} s. The page that shows what β does: {}\n", seconds,
             std::filesystem::absolute(settings.out).string());
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app{"Trains a β-VAE on Fashion-MNIST at several β and writes a page that shows what β does."};
  app.add_option("--beta", settings.betas, "the prices of a nat of rate, each at least 0")->capture_default_str();
  app.add_option("--epochs", settings.epochs, "passes over the training images")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  app.add_option("--data", settings.data, "folder with Fashion-MNIST's idx files, gzipped or not")
      ->capture_default_str();
  app.add_option("--out", settings.out, "where to write the page")->capture_default_str();
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
