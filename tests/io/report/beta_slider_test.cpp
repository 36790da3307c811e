// SPDX-License-Identifier: MIT
#include <betavae/io/beta_report.hpp>
#include <betavae/vae/networks.hpp>

#include "support/catch.hpp"

#include <limits>

using namespace betavae;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

ImageSet images(Index count) {
  return {.count = count,
          .height = 2,
          .width = 3,
          .channels = 1,
          .bytes = std::vector<std::uint8_t>(static_cast<std::size_t>(6 * count), 9)};
}

ModelAtBeta model(double beta, double rate, double distortion) {
  return {.beta = beta,
          .rate = rate,
          .distortion = distortion,
          .rate_per_latent = {rate, 0},
          .active = 1,
          .reconstructions = images(2),
          .samples = images(4),
          .traversals = {{0, images(3)}}};
}

BetaStudy study() {
  return {.originals = images(2), .traversal_positions = {-1, 0, 1}, .models = {model(10, 3, 200), model(1, 9.5, 150)}};
}

}  // namespace

TEST_CASE("the slider stops at every model, in order of β, and tells what each costs") {
  const std::string html = to_html(BetaSlider{study()});
  CHECK(contains(html, R"(type="range" min="0" max="1" step="1")"));
  CHECK(contains(html, R"(<label for="beta-slider">)"));
  CHECK(contains(html,
                 "[{\"name\":\"β\u00A0=\u00A01\",\"rate\":\"9.50 nats\",\"distortion\":\"150.0 nats\","
                 "\"active\":\"1 of 2\"},{\"name\":\"β\u00A0=\u00A010\""));
  CHECK(contains(html, R"(<div class="knob" data-scripted hidden>)"));
}

TEST_CASE("the page has every picture that the slider looks for, once") {
  const std::string html = beta_report(study()).html();
  for (const std::string_view id : {"beta-0-reconstructions", "beta-1-reconstructions", "beta-0-samples",
                                    "beta-1-samples", "beta-0-traversals", "beta-1-traversals", "beta-slider"}) {
    const std::string attribute = fmt::format("id=\"{}\"", id);
    INFO(id);
    CHECK(contains(html, attribute));
    CHECK(html.find(attribute) == html.rfind(attribute));
  }
}

TEST_CASE("numbers that are none are texts to the slider, and its JSON stays one") {
  BetaStudy broken = study();
  broken.models[0].rate = std::numeric_limits<double>::quiet_NaN();
  broken.models[0].distortion = std::numeric_limits<double>::infinity();
  const std::string html = to_html(BetaSlider{broken});
  CHECK(contains(html, R"("rate":"– nats","distortion":"∞ nats")"));
  CHECK_FALSE(contains(html, "nan"));
}

TEST_CASE("one model has no slider, and a study without decoders no explorer") {
  BetaStudy one = study();
  one.models.resize(1);
  CHECK_THROWS_AS(to_html(BetaSlider{one}), ArgumentError);
  const std::string alone = beta_report(one).html();
  CHECK_FALSE(contains(alone, "id=\"beta-slider\""));
  CHECK(contains(alone, "class=\"chart\""));
  CHECK_FALSE(contains(beta_report(study()).html(), "Draw with the decoder"));
}

TEST_CASE("a study's decoders must fit its latents and images") {
  BetaStudy fits = study();
  fits.models[0].decoder = StoredDecoder(dense_decoder<2, 6>(), Bernoulli{});
  CHECK(contains(beta_report(fits).html(), "Draw with the decoder"));
  BetaStudy latents = study();
  latents.models[0].decoder = StoredDecoder(dense_decoder<3, 6>(), Bernoulli{});
  CHECK_THROWS_AS(beta_report(latents), ArgumentError);
  BetaStudy pixels = study();
  pixels.models[0].decoder = StoredDecoder(dense_decoder<2, 5>(), Bernoulli{});
  CHECK_THROWS_AS(beta_report(pixels), ArgumentError);
}
