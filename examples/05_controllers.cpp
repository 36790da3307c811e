// SPDX-License-Identifier: MIT
// Say what you want and let training find the β: GECO at three distortions and PID at three rates on Fashion-MNIST, a table of what was
// reached, and a page with the curves.
#include <betavae/betavae.hpp>
#include <betavae/io/html_report.hpp>
#include <betavae/io/idx_gz.hpp>
#include <betavae/train/controller/geco.hpp>
#include <betavae/train/controller/pid.hpp>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <thread>

namespace bv = betavae;

namespace {

struct Settings {
  std::vector<double> distortions = {235, 250, 275};
  std::vector<double> rates = {3, 10, 25};
  bv::Index epochs = 5;
  std::string data = "/usr/share/datasets/fashion-mnist";
  std::string out = "betavae-controllers.html";
  bv::Index at_once = bv::default_thread_count();
  std::uint64_t seed = 1;
};

/// One step of a training, as its controller saw it.
struct Moment {
  double beta;
  double rate;
  double distortion;
};

/// A controller of one's own: any other one, with a diary.
template <bv::Controller Inner>
struct WithDiary {
  Inner inner;
  std::vector<Moment>* diary;

  [[nodiscard]] double value() const { return inner.value(); }
  void end_step(double rate, double distortion) {
    diary->push_back({inner.value(), rate, distortion});
    inner.end_step(rate, distortion);
  }
  [[nodiscard]] std::vector<std::string> end_training() const { return inner.end_training(); }
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    inner.visit_state(visitor);
  }
};

/// A training towards a target, and what became of it.
struct Run {
  bool is_geco = true;
  double target = 0;
  std::vector<Moment> diary = {};
  bv::Index steps_an_epoch = 0;
  double at_end = 0;  ///< over all training images, of the model that training ends with
  std::vector<std::string> warnings = {};

  [[nodiscard]] std::string name() const { return fmt::format("{} {}", is_geco ? "GECO" : "PID", target); }
  [[nodiscard]] double controlled(const Moment& moment) const { return is_geco ? moment.distortion : moment.rate; }
  [[nodiscard]] double beta() const { return diary.back().beta; }

  /// The mean of the controlled quantity over `count` steps from `first` on, each weighed alike.
  [[nodiscard]] double mean(std::size_t first, std::size_t count) const {
    double sum = 0;
    for (std::size_t i = first; i < first + count; ++i) {
      sum += controlled(diary[i]);
    }
    return sum / static_cast<double>(count);
  }
  [[nodiscard]] double last_epoch() const {
    const auto count = static_cast<std::size_t>(steps_an_epoch);
    return mean(diary.size() - count, count);
  }
  [[nodiscard]] double deviation(double reached) const { return 100 * (reached / target - 1); }

  /// How often β, after the first epoch, turned back by more than a tenth: what an oscillation does again and again.
  [[nodiscard]] int turns() const {
    int count = 0;
    int direction = 0;  // of the last way of more than a tenth
    double extreme = diary[static_cast<std::size_t>(steps_an_epoch)].beta;
    for (auto i = static_cast<std::size_t>(steps_an_epoch); i < diary.size(); ++i) {
      const double beta = diary[i].beta;
      const bool goes_on = direction > 0 ? beta > extreme : direction < 0 && beta < extreme;
      const int new_direction = beta > 1.1 * extreme ? 1 : beta < extreme / 1.1 ? -1 : 0;
      if (goes_on) {
        extreme = beta;
      } else if (new_direction != 0 && new_direction != direction) {
        count += direction != 0 ? 1 : 0;
        direction = new_direction;
        extreme = beta;
      }
    }
    return count;
  }
};

/// The images of the data set's file `name`, gzipped or not.
bv::ImageSet read_images(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  return bv::read_idx_gz_images(std::filesystem::exists(path + ".gz") ? path + ".gz" : path);
}

/// Trains one model under a controller.
template <bv::Controller ControllerType>
void train(Run& run, const ControllerType& controller, const bv::ImageSet& images, std::uint64_t seed,
           const bv::FitOptions& options) {
  bv::Vae model{bv::dense_encoder<784, 400, 20>({.seed = seed}), bv::dense_decoder<20, 400, 784>({.seed = seed}),
                bv::Bernoulli{}};
  const bv::History history =
      bv::fit(model, images, bv::BetaElbo{WithDiary<ControllerType>{controller, &run.diary}}, options);
  const bv::Evaluation measured = bv::evaluate(model, images, {.threads = options.threads});
  run.at_end = run.is_geco ? measured.distortion : measured.rate;
  run.steps_an_epoch = history.front().step;
  run.warnings = history.warnings;
}

/// Trains all, as many at once as asked for. What one model becomes does not depend on the others.
void train_all(std::vector<Run>& runs, const Settings& settings, const bv::ImageSet& images) {
  bv::Progress progress(static_cast<bv::Index>(runs.size()));
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  std::exception_ptr failure;
  const auto at_once = std::min<bv::Index>(settings.at_once, static_cast<bv::Index>(runs.size()));
  const bv::Index threads = std::max<bv::Index>(bv::default_thread_count() / std::max<bv::Index>(at_once, 1), 1);
  const auto work = [&] {
    for (std::size_t i = next++; i < runs.size() && !failed; i = next++) {
      try {
        Run& run = runs[i];
        // The learning rate goes down to 0, so that the model of the last step is no accident of its last batches.
        bv::FitOptions options{.epochs = settings.epochs,
                               .batch = 128,
                               .learning_rate = 1e-3,
                               .seed = settings.seed,
                               .schedule = bv::cosine_decay(),
                               .threads = threads};
        progress.follow(options, static_cast<bv::Index>(i), run.name());
        if (run.is_geco) {
          train(run, bv::GecoController({.distortion = run.target}), images, settings.seed, options);
        } else {
          train(run, bv::PidController({.rate = run.target}), images, settings.seed, options);
        }
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
}

/// What all targets together show, in one sentence.
std::string verdict(const std::vector<Run>& runs) {
  double worst = 0;
  int most_turns = 0;
  for (const Run& run : runs) {
    worst = std::max({worst, std::abs(run.deviation(run.last_epoch())), std::abs(run.deviation(run.at_end))});
    most_turns = std::max(most_turns, run.turns());
  }
  return fmt::format(
      "{} {} targets within 1 % (the farthest is {:.2f} % off); after the first epoch β turned back by more than a "
      "tenth "
      "{}.",
      worst <= 1 ? "Reached all" : "Did NOT reach all", runs.size(), worst,
      most_turns == 0   ? "never"
      : most_turns == 1 ? "at most once"
                        : fmt::format("up to {} times", most_turns));
}

void print_table(const std::vector<Run>& runs) {
  fmt::print("\n{:<6} {:>14} {:>18} {:>8} {:>22} {:>8} {:>8} {:>7}\n", "", "target, nats", "last epoch, nats", "off, %",
             "model at end, nats", "off, %", "β", "turns");
  for (const Run& run : runs) {
    fmt::print("{:<6} {:>14} {:>18.2f} {:>+8.2f} {:>22.2f} {:>+8.2f} {:>8.3f} {:>7}\n", run.is_geco ? "GECO" : "PID",
               run.target, run.last_epoch(), run.deviation(run.last_epoch()), run.at_end, run.deviation(run.at_end),
               run.beta(), run.turns());
    for (const std::string& warning : run.warnings) {
      fmt::print("       {}\n", warning);
    }
  }
}

/// A curve over steps: `number(first, count)` of so many steps at a time.
template <class Number>
bv::ChartSeries curve(const Run& run, const Number& number) {
  constexpr std::size_t count = 25;
  bv::ChartSeries series{.name = fmt::format("target {} nats", run.target), .markers = false};
  for (std::size_t first = 0; first + count <= run.diary.size(); first += count) {
    series.points.push_back({static_cast<double>(first) + 0.5 * count, number(first, count)});
  }
  return series;
}

/// How far the controlled quantity is off, from where it first comes within a quarter of its target.
bv::LineChart deviation_chart(const std::vector<Run>& runs, bool of_geco) {
  bv::LineChart chart{.caption =
                          "How far each training is off its target, in means over 25 batches; from where it first "
                          "comes within a quarter of it. What remains is the scatter of the batches.",
                      .x = {"step", ""},
                      .y = {of_geco ? "distortion above its target" : "rate above its target", "%"}};
  for (const Run& run : runs) {
    if (run.is_geco == of_geco) {
      bv::ChartSeries series =
          curve(run, [&](std::size_t first, std::size_t count) { return run.deviation(run.mean(first, count)); });
      const auto near =
          std::find_if(series.points.begin(), series.points.end(), [](const auto& p) { return std::abs(p.y) < 25; });
      series.points.erase(series.points.begin(), near);
      chart.series.push_back(std::move(series));
    }
  }
  return chart;
}

bv::LineChart beta_chart(const std::vector<Run>& runs, bool of_geco) {
  bv::LineChart chart{.caption = "The β that the controller sets meanwhile.",
                      .x = {"step", ""},
                      .y = {.label = "β", .log_scale = true}};
  for (const Run& run : runs) {
    if (run.is_geco == of_geco) {
      chart.series.push_back(curve(run, [&](std::size_t first, std::size_t) { return run.diary[first].beta; }));
    }
  }
  return chart;
}

bv::ReportTable table(const std::vector<Run>& runs) {
  bv::ReportTable result{
      .caption =
          "The last epoch's mean as training saw it, and all training images under the model that training ends "
          "with. A turn is one of β, back by more than a tenth, after the first epoch.",
      .columns = {{"controller and target, nats", false},
                  {"last epoch, nats"},
                  {"off, %"},
                  {"model at the end, nats"},
                  {"off, %"},
                  {"β at the end"},
                  {"turns"}}};
  for (const Run& run : runs) {
    result.rows.push_back({run.name(), bv::format_fixed(run.last_epoch(), 2),
                           bv::format_fixed(run.deviation(run.last_epoch()), 2), bv::format_fixed(run.at_end, 2),
                           bv::format_fixed(run.deviation(run.at_end), 2), bv::format_number(run.beta()),
                           fmt::format("{}", run.turns())});
  }
  return result;
}

bv::ReportPage page(const std::vector<Run>& runs, const Settings& settings, double seconds) {
  bv::ReportPage result{
      "A target instead of a price",
      "β is what a nat of rate costs. Who would rather say how many nats a code may carry, or how good its "
      "reconstructions must be, lets a controller find the β during training."};
  result.remark(verdict(runs)).add(table(runs));
  result.section("GECO: a distortion to end at")
      .text("The price falls while images are drawn worse than asked for, and rises while they are drawn better.")
      .add(deviation_chart(runs, true))
      .add(beta_chart(runs, true));
  result.section("PID: a rate to end at")
      .text("The price rises while the code says more than it may, and falls while it says less.")
      .add(deviation_chart(runs, false))
      .add(beta_chart(runs, false));
  result.section("How this was made")
      .add(bv::TermList{
          {{"Network", "784-400-20 and back, dense, ReLU, Bernoulli likelihood"},
           {"Training", fmt::format("{} epochs of Fashion-MNIST, Adam 1e-3 with cosine decay, batches of "
                                    "128, controllers with their defaults",
                                    settings.epochs)},
           {"Time", fmt::format("{:.0f} s for all {} models, {} at once", seconds, runs.size(), settings.at_once)}},
          true});
  return result;
}

/// A page that cannot be written should be known before training.
void require_folder_of(const std::string& path) {
  const auto folder = std::filesystem::absolute(path).parent_path();
  if (!std::filesystem::is_directory(folder)) {
    throw bv::FileError(fmt::format("{}: expected the folder of a file to write, found none", folder.string()));
  }
}

void run(const Settings& settings) {
  std::vector<Run> runs;
  for (const double distortion : settings.distortions) {
    [[maybe_unused]] const bv::GecoController checked({.distortion = distortion});
    runs.push_back({.is_geco = true, .target = distortion});
  }
  for (const double rate : settings.rates) {
    [[maybe_unused]] const bv::PidController checked({.rate = rate});
    runs.push_back({.is_geco = false, .target = rate});
  }
  require_folder_of(settings.out);
  const bv::ImageSet images = read_images(settings.data, "train-images-idx3-ubyte");
  fmt::print("Training a 784-400-20 β-VAE on {} images towards {} targets, {} epochs each.\n", images.count,
             runs.size(), settings.epochs);
  std::fflush(stdout);
  const auto start = std::chrono::steady_clock::now();
  train_all(runs, settings, images);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  print_table(runs);
  fmt::print("\n{}\n", verdict(runs));
  page(runs, settings, seconds).write(settings.out);
  fmt::print("Trained in {:.0f} s. The page with the curves: {}\n", seconds,
             std::filesystem::absolute(settings.out).string());
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app{"Trains β-VAEs on Fashion-MNIST towards target distortions (GECO) and target rates (PID)."};
  app.add_option("--distortion", settings.distortions, "target distortions in nats, for GECO")->capture_default_str();
  app.add_option("--rate", settings.rates, "target rates in nats, above 0, for PID")->capture_default_str();
  app.add_option("--epochs", settings.epochs, "passes over the training images")
      ->capture_default_str()
      ->check(CLI::Range(2, 100000));
  app.add_option("--data", settings.data, "folder with Fashion-MNIST's idx files, gzipped or not")
      ->capture_default_str();
  app.add_option("--out", settings.out, "where to write the page")->capture_default_str();
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
