// SPDX-License-Identifier: MIT
// browser_tests CHROMIUM CASE: writes a page, loads a copy of it with a driver script in headless Chromium, and reads what the driver
// checked. The copy stands in a frame of the width of a desktop's window or of a phone, since no window is as narrow as a phone.
// Returns 0 when all holds, 1 when something fails, 77 (skipped) without Chromium.
#include <betavae/betavae.hpp>
#include <betavae/io/beta_report.hpp>
#include <betavae/io/report/json.hpp>
#include <betavae/vae/likelihood/poisson.hpp>

#include "io/temporary_folder.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <tuple>

using namespace betavae;
using betavae::test::Bytes;
using betavae::test::TemporaryFolder;

namespace {

constexpr Index pixels = 784;
constexpr Index latent_count = 20;

/// Numbers between −3 and 3 that look random.
Matrix<float> codes(Index latents, Index count, std::uint64_t seed) {
  const Random random(seed, Stream::user);
  Matrix<float> z(latents, count);
  for (Index j = 0; j < count; ++j) {
    for (Index i = 0; i < latents; ++i) {
      z(i, j) = 6 * random.uniform<float>({0, static_cast<std::uint64_t>(j), static_cast<std::uint64_t>(i)}) - 3;
    }
  }
  return z;
}

/// The likelihood's mean at codes, as a model computes it.
template <class Decoder, class LikelihoodType>
Matrix<float> decode(const Decoder& decoder, const LikelihoodType& likelihood, const Matrix<float>& z) {
  Tape<float> tape;
  Evaluating<float> context(tape);
  return likelihood.point_estimate(Matrix<float>(decoder(context, constant(tape, z)).value()));
}

BetaStudy study() {
  const auto images = [](const Matrix<float>& values) { return to_images(values, 28, 28); };
  BetaStudy study{.title = "What β does to images that a test has drawn, under a long title",
                  .traversal_positions = {-3, -2, -1, 0, 1, 2, 3},
                  .facts = {{"Network", "20-16-784 and back, dense, with a long line of facts that must fold"}}};
  for (const double beta : {0.1, 0.5, 1.0, 4.0, 10.0, 20.0, 40.0, 150.0}) {
    const auto k = static_cast<Index>(study.models.size());
    auto decoder = dense_decoder<latent_count, 16, pixels>({.seed = static_cast<std::uint64_t>(k + 1)});
    std::get<1>(decoder.layers).weight.value() *= 4;  // untrained pictures are grey all over
    const Index active = k == 7 ? 0 : 20 - 3 * k;
    if (k == 0) {
      study.originals = images(decode(decoder, Bernoulli{}, codes(latent_count, 10, 99)));
    }
    ModelAtBeta model{.beta = beta,
                      .rate = k == 7 ? 0 : 50 / (1 + beta),
                      .distortion = 230 + 20 * static_cast<double>(k),
                      .rate_per_latent = std::vector<double>(latent_count, 0.125),
                      .active = active,
                      .reconstructions = images(decode(decoder, Bernoulli{}, codes(latent_count, 10, 7))),
                      .samples = images(decode(decoder, Bernoulli{}, codes(latent_count, 16, 8))),
                      .decoder = StoredDecoder(decoder, Bernoulli{})};
    for (Index latent = 0; latent < active; ++latent) {
      model.traversals.push_back({latent, images(decode(decoder, Bernoulli{}, codes(latent_count, 7, 9)))});
    }
    study.models.push_back(std::move(model));
  }
  return study;
}

std::string json_of(const Matrix<float>& columns) {
  std::string json = "[";
  for (Index j = 0; j < columns.cols(); ++j) {
    json += j == 0 ? "[" : ",[";
    for (Index i = 0; i < columns.rows(); ++i) {
      json += i == 0 ? "" : ",";
      json += json_number(static_cast<double>(columns(i, j)));
    }
    json += "]";
  }
  return json + "]";
}

/// A stored decoder, codes, and what the C++ decoders give at them: the one with the stored weights and, to be told from it, the other.
template <class Network, class LikelihoodType>
std::string decoder_case(std::string_view title, Network network, const LikelihoodType& likelihood) {
  network.visit([](const std::string& parameter, auto& values) {
    for (Index k = 0; parameter.ends_with("bias") && k < values.size(); ++k) {
      values.data()[k] += 0.01F * static_cast<float>(k % 7);
    }
  });
  const StoredDecoder stored(network, likelihood);
  Matrix<float> z = codes(Network::inputs, 4, 5);
  z.col(0).setZero();
  z.col(1).setConstant(3);
  return fmt::format(R"({{"name":{},"decoder":{},"codes":{},"outputs":{},"unrounded":{}}})", json_text(title),
                     stored.json(), json_of(z), json_of(decode(stored.restored(network), likelihood, z)),
                     json_of(decode(network, likelihood, z)));
}

std::string expected_decoders() {
  return "[" + decoder_case("relu, Bernoulli", dense_decoder<20, 400, pixels>(), Bernoulli{}) + "," +
         decoder_case("tanh, Bernoulli",
                      dense_decoder<10, 120, 60, pixels>({.activation = Activation::tanh, .seed = 2}), Bernoulli{}) +
         "," + decoder_case("relu, Gaussian", dense_decoder<20, 100, pixels>({.seed = 3}), Gaussian{}) + "," +
         decoder_case("tanh, Gaussian", dense_decoder<5, 50, pixels>({.activation = Activation::tanh, .seed = 4}),
                      Gaussian{0.5}) +
         "," +
         decoder_case("elu, Poisson", dense_decoder<5, 30, pixels>({.activation = Activation::elu, .seed = 5}),
                      Poisson{}) +
         "," +
         decoder_case("all activations, Gaussian",
                      Sequential(Dense<6, 40>(Activation::silu), Dense<40, 30>(Activation::leaky_relu),
                                 Dense<30, 20>(Activation::softplus), Dense<20, 30>(Activation::sigmoid),
                                 Dense<30, pixels>(Activation::identity)),
                      Gaussian{}) +
         "]";
}

/// 2 × 3 pixels in colour, drawn by a decoder that stands alone; black is −1 and white is 2.
ReportPage lone_explorer(std::string& expected) {
  const std::string evil = "</script><b>&\"'";
  const auto network = dense_decoder<2, 18>({.seed = 3});
  LatentExplorer explorer{.height = 2, .width = 3, .channels = 3, .black = -1, .white = 2};
  explorer.models.push_back({.name = evil, .decoder = StoredDecoder(network, Gaussian{}), .latents = {{1, evil}}});
  const Matrix<float> means =
      decode(explorer.models[0].decoder.restored(network), Gaussian{}, Matrix<float>::Zero(2, 1));
  expected = json_of(((means.array() + 1) * 85).cwiseMax(0).cwiseMin(255).matrix().reshaped(3, 6));
  ReportPage page("Alone");
  page.add(explorer).add(LineChart{.caption = evil, .x = {"x"}, .y = {"y"}, .series = {{.points = {{1, 2, evil}}}}});
  return page;
}

/// Two charts and two explorers of two models each, without a slider of β.
ReportPage two_of_each() {
  LatentExplorer explorer{.height = 1, .width = 1};
  for (const std::string_view name : {"low", "high"}) {
    const auto number = static_cast<Index>(explorer.models.size());
    const auto network = dense_decoder<2, 1>({.seed = static_cast<std::uint64_t>(number)});
    explorer.models.push_back({.name = std::string(name),
                               .number = number,
                               .decoder = StoredDecoder(network, Bernoulli{}),
                               .latents = {{0}}});
  }
  const LineChart chart{.x = {"x"}, .y = {"y"}, .series = {{.points = {{1, 2}, {2, 3}}}}};
  ReportPage page("Twice");
  page.add(chart).add(explorer).add(chart).add(explorer);
  return page;
}

std::string text_of(const std::string& path) {
  const Bytes bytes = test::read_bytes(path);
  return {bytes.begin(), bytes.end()};
}

void insert_before(std::string& text, std::string_view mark, const std::string& part) {
  const std::size_t place = text.rfind(mark);
  if (place == std::string::npos) {
    throw std::runtime_error("the page has no " + std::string(mark));
  }
  text.insert(place, part);
}

class Browser {
 public:
  explicit Browser(std::string path) : program_(std::move(path)) {}

  /// What the driver reports, line by line: "holds: …", "FAILS: …", and at last "checked: …".
  [[nodiscard]] std::string drive(std::string page, const std::string& driver, int width,
                                  const std::string& expected = "null") const {
    insert_before(page, "<meta charset", script("harness.js"));
    insert_before(page, "</body>",
                  R"(<script type="application/json" id="expected">)" + expected + "</script>\n" + script(driver));
    return result_beside(page, fmt::format("style=\"border:0;width:{}px;height:800px\"", width),
                         "<script>addEventListener('message', event => "
                         "{ document.getElementById('result').textContent = event.data; });</script>");
  }

  /// The same of a page that may run no script, by a driver in the frame around it.
  [[nodiscard]] std::string drive_unscripted(const std::string& page, const std::string& driver) const {
    return result_beside(page, "sandbox=\"allow-same-origin\" style=\"border:0;width:1000px;height:800px\"",
                         script(driver));
  }

 private:
  [[nodiscard]] static std::string script(const std::string& name) {
    const std::string code = text_of(std::string(BETAVAE_BROWSER_TEST_DIR) + "/" + name);
    if (code.empty()) {
      throw std::runtime_error("no file " + name);
    }
    return "<script>" + code + "</script>\n";
  }

  /// What stands under "result" after the page was loaded in a frame beside a script.
  [[nodiscard]] std::string result_beside(const std::string& page, const std::string& frame_attributes,
                                          const std::string& outer_script) const {
    (void)folder_.write("page.html", {page.begin(), page.end()});
    const std::string frame = "<!DOCTYPE html><meta charset=\"utf-8\"><pre id=\"result\">nothing came</pre>" +
                              outer_script + "<iframe src=\"page.html\" " + frame_attributes + "></iframe>";
    const std::string dom = load(folder_.write("frame.html", {frame.begin(), frame.end()}));
    const std::string mark = "<pre id=\"result\">";
    const std::size_t start = dom.find(mark);
    const std::size_t end = dom.find("</pre>", start);
    if (start == std::string::npos || end == std::string::npos) {
      throw std::runtime_error("Chromium gave no result:\n" + dom + text_of(folder_.file("log.txt")));
    }
    return dom.substr(start + mark.size(), end - start - mark.size());
  }

  /// The document that Chromium makes of the file, as text. Virtual time runs as fast as it can.
  [[nodiscard]] std::string load(const std::string& path) const {
    const std::string command = fmt::format(
        "'{}' --headless --disable-gpu --no-sandbox --disable-dev-shm-usage --no-first-run "
        "--allow-file-access-from-files "
        "--user-data-dir='{}' --window-size=1200,900 --virtual-time-budget=20000 --dump-dom 'file://{}' > '{}' 2> '{}'",
        program_, folder_.file("profile"), path, folder_.file("dom.html"), folder_.file("log.txt"));
    if (std::system(command.c_str()) != 0) {
      throw std::runtime_error(command + "\nfailed:\n" + text_of(folder_.file("log.txt")));
    }
    return text_of(folder_.file("dom.html"));
  }

  std::string program_;
  TemporaryFolder folder_;
};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Whether the driver came to its end and nothing fails; says so.
bool all_holds(const std::string& result) {
  fmt::print("{}\n", result);
  return contains(result, "\nchecked: ") && !contains(result, "FAILS: ");
}

/// A page on which everything goes wrong: the harness must see each.
bool sees_what_is_broken(const Browser& browser) {
  ReportPage page("Broken");
  page.add(LineChart{.series = {{.points = {{1, 2}}}}});
  const std::string result = browser.drive(page.html(), "drive_broken.js", 1000);
  fmt::print("{}\n", result);
  for (const std::string_view part :
       {"FAILS: a check that does not hold", "FAILS: nothing on console.error: said",
        "FAILS: no rejected promise: Error: promised", "thrown", "FAILS: no error: data:image/png;base64,AAAA",
        "FAILS: no request: https://example.org/picture.png", "checked: "}) {
    if (!contains(result, part)) {
      fmt::print("not seen: {}\n", part);
      return false;
    }
  }
  return true;
}

bool run(const Browser& browser, const std::string& name) {
  if (name == "wide" || name == "narrow") {
    return all_holds(browser.drive(beta_report(study()).html(), "drive_page.js", name == "wide" ? 1000 : 360));
  }
  if (name == "decoders") {
    ReportPage page("Decoders");
    page.add(LineChart{});  // brings the script
    return all_holds(browser.drive(page.html(), "drive_decoders.js", 1000, expected_decoders()));
  }
  if (name == "alone") {
    std::string expected;
    const ReportPage page = lone_explorer(expected);
    return all_holds(browser.drive(page.html(), "drive_alone.js", 360, expected));
  }
  if (name == "twice") {
    return all_holds(browser.drive(two_of_each().html(), "drive_twice.js", 1000));
  }
  if (name == "sliders") {
    return all_holds(browser.drive(beta_report(study()).add(BetaSlider{study()}).html(), "drive_sliders.js", 1000));
  }
  if (name == "unscripted") {
    return all_holds(browser.drive_unscripted(beta_report(study()).html(), "drive_unscripted.js"));
  }
  if (name == "broken") {
    return sees_what_is_broken(browser);
  }
  throw std::runtime_error("no case " + name);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "browser_tests CHROMIUM CASE\n");
    return 2;
  }
  if (!std::filesystem::exists(argv[1])) {
    fmt::print("Skipped: there is no Chromium ({}) that could load the page.\n", argv[1]);
    return 77;
  }
  try {
    return run(Browser(argv[1]), argv[2]) ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
