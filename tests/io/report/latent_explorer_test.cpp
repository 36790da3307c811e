// SPDX-License-Identifier: MIT
#include <betavae/io/report/latent_explorer.hpp>
#include <betavae/io/report/page.hpp>
#include <betavae/vae/networks.hpp>

#include "support/catch.hpp"

#include <limits>

using namespace betavae;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

StoredDecoder decoder() { return StoredDecoder(dense_decoder<3, 6>(), Bernoulli{}); }

LatentExplorer explorer() {
  LatentExplorer result{.height = 2, .width = 3};
  result.models.push_back({.name = "one", .decoder = decoder(), .latents = {{2, "1.5 nats"}, {0}}});
  return result;
}

ModelAtBeta model(double beta, Index active, std::vector<double> rates) {
  ModelAtBeta result{.beta = beta, .rate_per_latent = std::move(rates), .active = active};
  result.decoder = decoder();
  return result;
}

}  // namespace

TEST_CASE("an explorer holds a canvas of the image's size, its decoder, and nothing that is seen without script") {
  const std::string html = to_html(explorer());
  CHECK(contains(html, R"(<canvas width="3" height="2" role="img")"));
  CHECK(contains(html, R"(data-block="latent-explorer" hidden>)"));
  CHECK(contains(html, R"("latents":[{"index":2,"name":"latent 2","note":"1.5 nats"},{"index":0,)"));
  CHECK(contains(html, decoder().json()));
  CHECK_FALSE(contains(html, "chooser"));
  LatentExplorer two = explorer();
  two.models.push_back(two.models[0]);
  two.models[1].number = 1;
  CHECK(contains(to_html(two), "chooser"));
  CHECK(contains(ReportPage("Title").add(explorer()).html(), "script-src 'unsafe-inline'"));
}

TEST_CASE("texts of an explorer cannot leave their script element") {
  LatentExplorer evil = explorer();
  evil.models[0].name = "</script><b>\"";
  evil.models[0].latents[0].note = "</script>";
  const std::string html = to_html(evil);
  CHECK(contains(html, R"(\u003c/script\u003e\u003cb\u003e\")"));
  CHECK(html.find("</script>") == html.rfind("</script>"));
}

TEST_CASE("explorers that do not fit together are refused") {
  for (const auto change :
       {+[](LatentExplorer& e) { e.models.clear(); }, +[](LatentExplorer& e) { e.height = 3; },
        +[](LatentExplorer& e) { e.height = 0; }, +[](LatentExplorer& e) { e.channels = 2; },
        +[](LatentExplorer& e) { e.models.push_back(e.models[0]); },
        +[](LatentExplorer& e) { e.models[0].number = -1; },
        +[](LatentExplorer& e) { e.models[0].latents[0].latent = 3; },
        +[](LatentExplorer& e) { e.models[0].latents[0].latent = -1; }, +[](LatentExplorer& e) { e.white = e.black; },
        +[](LatentExplorer& e) { e.white = std::numeric_limits<double>::quiet_NaN(); }}) {
    LatentExplorer bad = explorer();
    change(bad);
    CHECK_THROWS_AS(to_html(bad), ArgumentError);
  }
}

TEST_CASE("a study's active latents get sliders, the highest rate first, and models without a decoder none") {
  BetaStudy study{.originals = {.count = 1, .height = 2, .width = 3, .channels = 1, .bytes = {1, 2, 3, 4, 5, 6}}};
  study.models = {model(4, 2, {0.5, std::numeric_limits<double>::quiet_NaN(), 3}), model(1, 0, {0, 0, 0}),
                  model(2, 3, {1, 2, 3})};
  study.models[2].decoder.reset();
  const LatentExplorer made = latent_explorer(study);
  REQUIRE(made.models.size() == 2);
  CHECK(made.models[0].number == 0);
  CHECK(made.models[0].latents.empty());
  CHECK(made.models[1].number == 2);  // in order of β, where the second has no decoder
  REQUIRE(made.models[1].latents.size() == 2);
  CHECK(made.models[1].latents[0].latent == 2);
  CHECK(made.models[1].latents[1].latent == 0);
  CHECK(made.width == 3);
  study.models.resize(1);
  study.models[0].decoder.reset();
  CHECK(latent_explorer(study).models.empty());
}

TEST_CASE("twelve latents at most get sliders") {
  BetaStudy study{.originals = {.count = 1, .height = 1, .width = 1, .channels = 1, .bytes = {1}}};
  ModelAtBeta many{.rate_per_latent = std::vector<double>(20, 1.0), .active = 20};
  many.decoder = StoredDecoder(dense_decoder<20, 1>(), Gaussian{});
  study.models = {many};
  CHECK(latent_explorer(study).models[0].latents.size() == most_explorer_latents);
}
