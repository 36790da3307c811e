// SPDX-License-Identifier: MIT
#include <betavae/io/beta_report.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/networks.hpp>
#include <betavae/vae/vae.hpp>

#include "io/idx_files.hpp"

#include <limits>

using namespace betavae;
using namespace betavae::test;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Images whose pixels differ by `step` from each other.
ImageSet images(Index count, int step) {
  ImageSet set{.count = count, .height = 4, .width = 3, .channels = 1, .bytes = {}};
  for (Index k = 0; k < count * set.features(); ++k) {
    set.bytes.push_back(static_cast<std::uint8_t>(k / set.features() * step));
  }
  return set;
}

ModelAtBeta model(double beta, double rate, double distortion, Index active, int step) {
  ModelAtBeta result{
      .beta = beta, .rate = rate, .distortion = distortion, .excess = distortion - 100, .active = active};
  result.rate_per_latent = {rate * 0.25, rate * 0.75, 0};
  result.reconstructions = images(5, step);
  result.samples = images(8, step);
  for (Index latent = 0; latent < active; ++latent) {
    result.traversals.push_back({latent, images(3, 60)});
  }
  return result;
}

BetaStudy study() {
  return {.title = "Study",
          .originals = images(5, 50),
          .traversal_positions = {-3, 0, 3},
          .models = {model(10, 4, 160, 2, 40), model(150, 0.001, 230, 0, 1), model(0.5, 20, 120, 3, 50)},
          .facts = {{"Epochs", "5"}}};
}

std::string page_of(const BetaStudy& study) { return beta_report(study).html(); }

}  // namespace

TEST_CASE("the page holds every section, and models in order of β") {
  const std::string html = page_of(study());
  for (const std::string_view part :
       {"The same images at every price", "Rate against distortion", "Images that never were", "One latent at a time",
        "Where the rate goes", "How this was made", "Made with betavae "}) {
    INFO(part);
    CHECK(contains(html, part));
  }
  const std::size_t cheap = html.find("<th scope=\"row\">0.5</th>");
  const std::size_t middle = html.find("<th scope=\"row\">10</th>");
  const std::size_t costly = html.find("<th scope=\"row\">150</th>");
  CHECK(cheap < middle);
  CHECK(middle < costly);
  CHECK(costly != std::string::npos);
}

TEST_CASE("the table tells nats, bits, excess, active latents and the objective") {
  const std::string html = page_of(study());
  for (const std::string_view cell : {"20.00", "28.85", "120.0", "20.0", "3 of 3", "130.0"}) {
    INFO(cell);
    CHECK(contains(html, fmt::format("<td class=\"number\">{}</td>", cell)));
  }
}

TEST_CASE("the table tells what the objectives measured and what training changed of them, under their names") {
  CHECK_FALSE(contains(page_of(study()), "total correlation"));
  BetaStudy named = study();
  named.models[0].of_objective = {{"total correlation", 0.375}, {"beta", 3, NumberKind::fixed_setting}};
  named.models[2].of_objective = {{"total correlation", 7.625}, {"capacity", 25, NumberKind::setting}};
  const std::string html = page_of(named);
  CHECK(contains(html, "<th scope=\"col\" class=\"number\">total correlation, nats</th>"));
  CHECK(contains(html, "<th scope=\"col\" class=\"number\">capacity</th>"));
  CHECK_FALSE(contains(html, ">beta</th>"));
  CHECK(contains(html, "<td class=\"number\">7.62</td><td class=\"number\">25.00</td>"));
  CHECK(contains(html, "<td class=\"number\">0.38</td><td class=\"number\">–</td>"));
}

TEST_CASE("a model is called an average of everything only where its rate is none and its images are the same") {
  CHECK(contains(page_of(study()), "the same blurry average"));

  BetaStudy differing = study();
  differing.models[1].reconstructions = images(5, 50);
  CHECK_FALSE(contains(page_of(differing), "blurry average"));
  CHECK(contains(page_of(differing), "The code says nothing"));

  BetaStudy speaking = study();
  speaking.models[1].rate = 0.5;
  CHECK_FALSE(contains(page_of(speaking), "blurry average"));
  CHECK_FALSE(contains(page_of(speaking), "The code says nothing"));
}

TEST_CASE("the cheapest model is called closest only where its distortion is lowest") {
  CHECK(contains(page_of(study()), "stays as close to the originals"));
  BetaStudy other = study();
  other.models[2].distortion = 170;
  CHECK_FALSE(contains(page_of(other), "stays as close to the originals"));
}

TEST_CASE("tangled and organised are told apart only where fewer latents are left and each shows") {
  CHECK(contains(page_of(study()), "organised: 2 latents had to earn their place at β\u00A0=\u00A010"));
  BetaStudy same = study();
  same.models[0].active = 3;
  CHECK_FALSE(contains(page_of(same), "organised"));
  BetaStudy faint = study();
  faint.models[0].traversals[0].images = images(3, 2);
  CHECK_FALSE(contains(page_of(faint), "organised"));
}

TEST_CASE("one model, all silent, and a price of nothing make pages too") {
  BetaStudy one = study();
  one.models = {model(1, 5, 120, 2, 40)};
  CHECK(contains(page_of(one), "the code carries 5.0 nats (7.2 bits)"));
  CHECK_FALSE(contains(page_of(one), "cheapest"));
  one.models = {model(150, 0, 230, 0, 0)};
  CHECK(contains(page_of(one), "blurry average"));
  CHECK_FALSE(contains(page_of(one), "One latent at a time"));
  one.models = {model(0, 500, 110, 3, 40)};
  CHECK(contains(page_of(one), "the code is free"));
  CHECK(contains(page_of(one), "finite only because"));
}

TEST_CASE("an unknown floor leaves the excess out, and numbers that are none are dashes") {
  BetaStudy unknown = study();
  for (ModelAtBeta& each : unknown.models) {
    each.excess = std::numeric_limits<double>::quiet_NaN();
  }
  CHECK_FALSE(contains(page_of(unknown), "excess, nats"));
  BetaStudy broken = study();
  broken.models[0].rate = std::numeric_limits<double>::quiet_NaN();
  broken.models[0].distortion = std::numeric_limits<double>::infinity();
  broken.models[0].rate_per_latent[0] = std::numeric_limits<double>::quiet_NaN();
  CHECK(contains(page_of(broken), "<td class=\"number\">–</td>"));
  CHECK(contains(page_of(broken), "Not shown: 1 point "));
}

TEST_CASE("studies that do not fit together are refused") {
  for (const auto change :
       {+[](BetaStudy& s) { s.models.clear(); }, +[](BetaStudy& s) { s.originals = {}; },
        +[](BetaStudy& s) { s.models[0].reconstructions = images(4, 1); },
        +[](BetaStudy& s) { s.models[0].reconstructions.height = 5; },
        +[](BetaStudy& s) { s.models[0].reconstructions.bytes.pop_back(); },
        +[](BetaStudy& s) { s.originals.bytes.pop_back(); }, +[](BetaStudy& s) { s.models[0].samples.width = 7; },
        +[](BetaStudy& s) { s.models[0].beta = -1; },
        +[](BetaStudy& s) { s.models[0].beta = std::numeric_limits<double>::infinity(); },
        +[](BetaStudy& s) { s.models[0].active = 4; }, +[](BetaStudy& s) { s.models[0].traversals[0].latent = 3; },
        +[](BetaStudy& s) { s.models[0].traversals[0].images = images(2, 1); },
        +[](BetaStudy& s) { s.traversal_positions.push_back(4); }}) {
    BetaStudy bad = study();
    change(bad);
    CHECK_THROWS_AS(beta_report(bad), ArgumentError);
  }
}

TEST_CASE("eight models of twenty latents with their decoders, on noise of 28 × 28, stay below 8 MB") {
  const auto noise = [state = std::uint32_t{1}](Index count) mutable {
    ImageSet set{.count = count,
                 .height = 28,
                 .width = 28,
                 .channels = 1,
                 .bytes = Bytes(static_cast<std::size_t>(count * 784))};
    for (std::uint8_t& byte : set.bytes) {
      state = state * 1664525U + 1013904223U;
      byte = static_cast<std::uint8_t>(state >> 24U);
    }
    return set;
  };
  auto draw = noise;
  BetaStudy large{.originals = draw(10), .traversal_positions = std::vector<double>(11, 0.5)};
  const StoredDecoder decoder(dense_decoder<20, 400, 784>(), Bernoulli{});
  for (const double beta : {0.1, 0.5, 1.0, 4.0, 10.0, 20.0, 40.0, 150.0}) {
    ModelAtBeta each{.beta = beta, .rate = 60, .distortion = 200, .active = 20};
    each.rate_per_latent.assign(20, 3.0);
    each.reconstructions = draw(10);
    each.samples = draw(24);
    each.decoder = decoder;
    for (Index latent = 0; latent < 20; ++latent) {
      each.traversals.push_back({latent, draw(11)});
    }
    large.models.push_back(std::move(each));
  }
  const std::size_t size = page_of(large).size();
  CHECK(size < 8'000'000);
  CHECK(size > 4'000'000);  // or the pictures or decoders are not there
}

TEST_CASE("the page of six models of the size of Fashion-MNIST has at most 8 MB, whatever they draw") {
  // Pixels without any order, which no picture format makes smaller, and every latent active.
  const Random random(1);
  std::uint64_t next = 0;
  const auto noise = [&](Index count) {
    ImageSet set{.count = count, .height = 28, .width = 28, .channels = 1, .bytes = {}};
    for (Index k = 0; k < count * set.features(); ++k) {
      set.bytes.push_back(static_cast<std::uint8_t>(255 * random.uniform<double>({0, next++, 0})));
    }
    return set;
  };
  BetaStudy whole{.title = "Study", .originals = noise(10), .traversal_positions = {}};
  for (int position = -5; position <= 5; ++position) {
    whole.traversal_positions.push_back(0.6 * position);
  }
  const Vae vae{dense_encoder<784, 400, 20>(), dense_decoder<20, 400, 784>(), Bernoulli{}};
  for (const double beta : {0.1, 1.0, 4.0, 10.0, 40.0, 150.0}) {
    ModelAtBeta of_beta{.beta = beta, .rate = 10, .distortion = 240, .excess = 20, .active = 20};
    of_beta.rate_per_latent.assign(20, 0.5);
    of_beta.reconstructions = noise(10);
    of_beta.samples = noise(40);
    for (Index latent = 0; latent < 20; ++latent) {
      of_beta.traversals.push_back({latent, noise(11)});
    }
    of_beta.decoder = StoredDecoder(vae.decoder, vae.likelihood);
    whole.models.push_back(std::move(of_beta));
  }
  const std::size_t bytes = page_of(whole).size();
  INFO(bytes << " bytes");
  CHECK(bytes > 3'000'000);
  CHECK(bytes <= 8'000'000);
}
