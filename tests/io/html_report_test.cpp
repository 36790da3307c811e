// SPDX-License-Identifier: MIT
#include <betavae/io/html_report.hpp>
#include <betavae/io/report/labels.hpp>
#include <betavae/io/report/pictures.hpp>

#include "io/idx_files.hpp"

#include <cmath>
#include <limits>

using namespace betavae;
using namespace betavae::test;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

/// Every element that is opened is closed in order, but for those that never are.
bool well_formed(std::string_view html) {
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    const std::size_t end = html.find('>', at);
    if (end == std::string_view::npos) {
      return false;
    }
    const std::string_view tag = html.substr(at + 1, end - at - 1);
    const std::string name{tag.substr(0, tag.find_first_of(" \n"))};
    if (tag.ends_with('/') || tag.starts_with('!') || name == "meta" || name == "img") {
      continue;
    }
    if (name == "script") {  // what stands in it is no markup
      at = html.find("</script>", end);
      if (at == std::string_view::npos) {
        return false;
      }
    } else if (!tag.starts_with('/')) {
      open.push_back(name);
    } else if (open.empty() || "/" + open.back() != name) {
      return false;
    } else {
      open.pop_back();
    }
  }
  return open.empty();
}

LineChart chart_of(std::vector<ChartPoint> points, bool log_scale = false) {
  return {.x = {"x", "", log_scale}, .y = {"y", "", log_scale}, .series = {{.points = std::move(points)}}};
}

/// No number in the drawing may be anything but a number.
void check_drawing(const std::string& html) {
  CHECK(well_formed(html));
  CHECK_FALSE(contains(html, "nan"));
  CHECK_FALSE(contains(html, "inf"));
}

struct OwnBlock {};
std::string to_html(const OwnBlock& /*unused*/) { return "<hr/>"; }

}  // namespace

TEST_CASE("text is escaped wherever it is given") {
  const std::string evil = "<b>&\"'";
  ReportPage page{evil, evil};
  page.section(evil).text(evil).remark(evil).footer(evil);
  page.add(ReportTable{evil, {{evil}}, {{evil}}}).add(TermList{{{evil, evil}}});
  page.add(LineChart{evil, {evil, evil}, {evil, evil}, {{evil, {{1, 2, evil}}}, {evil}}});
  page.add(BarCharts{evil, {evil, evil}, {{evil, {{evil, 1}}}}});
  const ImageSet image{.count = 1, .height = 1, .width = 1, .channels = 1, .bytes = {5}};
  page.add(PictureRows{evil, {evil}, {{evil, image, evil, evil}}}).add(PictureSheets{evil, 1, {{evil, image}}});
  page.add_folded(evil, OwnBlock{});
  CHECK_FALSE(contains(page.html(), "<b>"));
  CHECK_FALSE(contains(page.html(), "&\"'"));
  CHECK(contains(page.html(), "&lt;b&gt;&amp;&quot;&#39;"));
  CHECK(well_formed(page.html()));
}

TEST_CASE("a page asks nothing of the network, and the browser is told to let it ask nothing") {
  ReportPage page{"Title", "Lead"};
  page.section("One").text("Text").add(chart_of({{1, 2}, {2, 3}}));
  const std::string html = page.html();
  for (const std::string_view forbidden :
       {"http:", "https:", "@import", "url(", "<link", " src=", "fetch(", "XMLHttpRequest", "eval(", "import("}) {
    INFO(forbidden);
    CHECK_FALSE(contains(html, forbidden));
  }
  CHECK(contains(html, "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'\""));
  CHECK(contains(html, "prefers-color-scheme: dark"));
  CHECK(contains(html, "width=device-width"));
  CHECK(contains(html, "charset=\"utf-8\""));
  CHECK(well_formed(html));
}

TEST_CASE("the script stands once on a page whose blocks need it, and on no other") {
  ReportPage plain{"Title"};
  plain.text("Text").add(ReportTable{"caption", {{"a"}}, {{"1"}}}).add(OwnBlock{});
  CHECK_FALSE(contains(plain.html(), "<script"));
  CHECK_FALSE(contains(plain.html(), "script-src"));
  ReportPage page{"Title"};
  page.add(chart_of({{1, 2}})).add_folded("more", chart_of({{1, 2}}));
  CHECK(occurrences(page.html(), "<script") == 1);
  ReportPage folded{"Title"};
  folded.add_folded("more", chart_of({{1, 2}}));
  CHECK(occurrences(folded.html(), "<script") == 1);
}

TEST_CASE("a page is written whole or not at all") {
  const TemporaryFolder folder;
  const ReportPage page{"Title"};
  page.write(folder.file("page.html"));
  const std::string html = page.html();
  CHECK(read_bytes(folder.file("page.html")) == Bytes(html.begin(), html.end()));
  CHECK_THROWS_AS(page.write(folder.file("none/page.html")), FileError);
  CHECK(folder.count() == 1);
}

TEST_CASE("numbers are written as a reader likes them") {
  CHECK(format_number(0.1) == "0.1");
  CHECK(format_number(150) == "150");
  CHECK(format_number(-3) == "−3");
  CHECK(format_number(-0.0) == "0");
  CHECK(format_number(6.94321) == "6.943");
  CHECK(format_number(9.99996) == "10");
  CHECK(format_number(999999.9) == "10⁶");
  CHECK(format_number(-1e-7) == "−10⁻⁷");
  CHECK(format_number(2.5e20) == "2.5·10²⁰");
  CHECK(format_number(not_a_number) == "–");
  CHECK(format_number(-infinity) == "−∞");
  CHECK(format_fixed(1.005e3, 1) == "1005.0");
  CHECK(format_fixed(-0.001, 2) == "0.00");
  CHECK(format_fixed(-0.01, 2) == "−0.01");
  CHECK(format_fixed(not_a_number, 2) == "–");
}

TEST_CASE("ticks are round, few, and hold every value between them") {
  for (const auto& [low, high] : std::vector<std::pair<double, double>>{{0, 63.2},
                                                                        {208.9, 385.3},
                                                                        {-3, 3},
                                                                        {0, 1e-7},
                                                                        {1e6, 1e6 + 3},
                                                                        {5, 5},
                                                                        {0, 0},
                                                                        {-1e300, 1e300},
                                                                        {1e-310, 2e-310},
                                                                        {-7, -7 + 1e-14}}) {
    const detail::Scale scale = detail::make_scale(std::vector{low, high}, false, 6);
    INFO(low << " to " << high);
    CHECK(scale.ticks.size() >= 2);
    CHECK(scale.ticks.size() <= 9);
    for (const double value : {low, high}) {
      CHECK(scale.at(value) >= -1e-9);
      CHECK(scale.at(value) <= 1 + 1e-9);
    }
  }
  const detail::Scale scale = detail::make_scale(std::vector{0.0, 63.2}, false, 8);
  CHECK(scale.high == 70);
  CHECK(scale.ticks.front().text == "0");
  CHECK(scale.ticks[1].text == "10");
}

TEST_CASE("logarithmic ticks are powers of ten and their doubles and fivefolds") {
  for (const auto& [low, high] : std::vector<std::pair<double, double>>{
           {0.1, 150}, {3, 4}, {7, 7}, {1, 1}, {1e-300, 1e300}, {0.004, 0.5}, {1e-9, 1e9}, {10, 1000}}) {
    const detail::Scale scale = detail::make_scale(std::vector{low, high}, true, 6);
    INFO(low << " to " << high);
    CHECK(scale.ticks.size() >= 2);
    CHECK(scale.ticks.size() <= 8);
    for (const double value : {low, high}) {
      CHECK(scale.at(value) >= -1e-9);
      CHECK(scale.at(value) <= 1 + 1e-9);
    }
  }
  const detail::Scale scale = detail::make_scale(std::vector{3.0, 4.0}, true, 6);
  CHECK(scale.low == 2);
  CHECK(scale.high == 5);
}

TEST_CASE("every set of points makes a drawing") {
  for (const bool log_scale : {false, true}) {
    check_drawing(to_html(LineChart{.x = {"x", "", log_scale}, .y = {"y", "", log_scale}}));
    check_drawing(to_html(chart_of({}, log_scale)));
    check_drawing(to_html(chart_of({{3, 7, "only"}}, log_scale)));
    check_drawing(to_html(chart_of({{1, 5}, {2, 5}, {3, 5}}, log_scale)));
    check_drawing(to_html(chart_of({{0, 0}, {0, 0}}, log_scale)));
    check_drawing(to_html(chart_of({{not_a_number, 1}, {1, not_a_number}, {infinity, 1}, {1, -infinity}}, log_scale)));
    check_drawing(to_html(chart_of({{1e308, 1}, {-1e308, 1e-308}, {1e300, -1e300}, {1, 1}}, log_scale)));
  }
}

TEST_CASE("points that cannot be shown interrupt the line and are counted") {
  const std::string html = to_html(chart_of({{0, 1}, {1, 2}, {2, not_a_number}, {3, 2}, {4, 1}}));
  CHECK(contains(html, "Not shown: 1 point "));
  const std::size_t start = html.find("class=\"line\"");
  const std::string line = html.substr(start, html.find("/>", start) - start);
  CHECK(occurrences(line, "M") == 2);
  CHECK(occurrences(line, "L") == 2);
  CHECK(contains(to_html(chart_of({{0, 1}, {1, -1}, {1, 1}}, true)), "Not shown: 2 points "));
  CHECK_FALSE(contains(to_html(chart_of({{0, 1}})), "Not shown"));
}

TEST_CASE("a tooltip tells name, quantities and units of its point") {
  const LineChart chart{
      .x = {"rate", "nats"}, .y = {"distortion", "nats"}, .series = {{"run", {{6.9, 249.8, "β = 4"}}}}};
  CHECK(contains(to_html(chart), "<title>β = 4: rate 6.9 nats, distortion 249.8 nats</title>"));
  CHECK(contains(to_html(chart),
                 R"(data-at="0 0" data-name="β = 4" data-x="rate 6.9 nats" data-y="distortion 249.8 nats")"));
}

TEST_CASE("a point keeps its number where points before it cannot be shown") {
  const std::string html = to_html(chart_of({{not_a_number, 1}, {1, 2}}));
  CHECK(contains(html, "data-at=\"0 1\""));
  CHECK_FALSE(contains(html, "data-at=\"0 0\""));
}

TEST_CASE("a legend stands above a chart of several series only") {
  LineChart chart = chart_of({{1, 1}});
  CHECK_FALSE(contains(to_html(chart), "legend"));
  chart.series.push_back({"second", {{2, 2}}});
  CHECK(contains(to_html(chart), "legend"));
  CHECK(contains(to_html(chart), "second"));
}

TEST_CASE("labels of neighbouring points do not lie on each other") {
  detail::Obstacles obstacles{.frame = {0, 0, 400, 300}};
  const std::vector<detail::Place> points = {{100, 100}, {104, 102}, {108, 104}};
  for (const detail::Place& point : points) {
    obstacles.boxes.push_back({point.x - 5, point.y - 5, point.x + 5, point.y + 5});
  }
  for (const detail::Place& point : points) {
    (void)detail::place_label(obstacles, point, "β = 40", 13);
  }
  for (std::size_t a = 3; a < 6; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      CHECK_FALSE(obstacles.boxes[a].overlaps(obstacles.boxes[b]));
    }
  }
}

TEST_CASE("bars of every sign, of nothing and of no number make drawings on one scale") {
  const std::string html =
      to_html(BarCharts{.axis = {"rate", "nats"},
                        .charts = {{"a", {{"1", -3}, {"2", 4}, {"3", not_a_number}, {"4", 0}, {"5", infinity}}},
                                   {"b", {}},
                                   {"c", {{"1", 1e-9}}}}});
  check_drawing(html);
  CHECK(contains(html, "<title>2: rate 4 nats</title>"));
  CHECK(contains(html, "<title>3: no finite value</title>"));
  CHECK(contains(html, "nothing to show"));
  check_drawing(to_html(BarChart{"zeros", {{"a", 0}}}));
  check_drawing(to_html(BarCharts{}));
}

TEST_CASE("a table needs as many cells in a row as there are columns") {
  CHECK_THROWS_AS(to_html(ReportTable{"", {{"a"}, {"b"}}, {{"1"}}}), ArgumentError);
  const std::string html = to_html(ReportTable{"caption", {{"name", false}, {"value"}}, {{"x", "1"}, {"y", "2"}}});
  CHECK(well_formed(html));
  CHECK(occurrences(html, "class=\"number\"") == 3);
  CHECK(contains(html, "<th scope=\"row\">x</th>"));
}

TEST_CASE("pictures carry their description, and rows must match the headings") {
  const ImageSet images{.count = 2, .height = 1, .width = 1, .channels = 1, .bytes = {5, 6}};
  const std::string html =
      to_html(PictureRows{.column_labels = {"−1", "1"}, .rows = {{.label = "row", .images = images}}});
  CHECK(well_formed(html));
  CHECK(contains(html, "alt=\"row\""));
  CHECK(contains(html, "data:image/png;base64,"));
  CHECK_THROWS_AS(to_html(PictureRows{.column_labels = {"1"}, .rows = {{.label = "row", .images = images}}}),
                  ArgumentError);
  CHECK_THROWS_AS(to_html(PictureRows{.rows = {{.label = "empty"}}}), ArgumentError);
  CHECK(well_formed(to_html(PictureRows{})));
  CHECK(well_formed(to_html(PictureSheets{})));
}

TEST_CASE("a block of one's own joins by a function to_html") {
  CHECK(ReportBlock<OwnBlock>);
  CHECK_FALSE(ReportBlock<int>);
  CHECK(contains(ReportPage{"Title"}.add(OwnBlock{}).html(), "<hr/>"));
}
