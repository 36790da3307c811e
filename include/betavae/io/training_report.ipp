// SPDX-License-Identifier: MIT
// How the page is composed.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/training_report.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace betavae {

namespace detail {

/// A quantity of each epoch as a line. `value(epoch)` is NaN where the epoch has none.
template <class Value>
[[nodiscard]] ChartSeries over_epochs(std::string name, const History& history, const Value& value) {
  ChartSeries series{.name = std::move(name), .markers = history.size() <= 30};
  for (const Epoch& epoch : history) {
    series.points.push_back({static_cast<double>(epoch.epoch), value(epoch)});
  }
  return series;
}

/// The number at this place of an epoch's objective, or NaN where it has none.
BETAVAE_DEFINITION double of_objective(const Epoch& epoch, std::size_t place) {
  return place < epoch.of_objective.size() ? epoch.of_objective[place].value : std::numeric_limits<double>::quiet_NaN();
}

BETAVAE_DEFINITION LineChart epoch_chart(std::string quantity, std::string unit, std::vector<ChartSeries> series) {
  return {.x = {"epoch", ""}, .y = {std::move(quantity), std::move(unit)}, .series = std::move(series)};
}

/// A chart of rate or distortion, with that of held-out data where there are any.
BETAVAE_DEFINITION LineChart measured_chart(std::string name, const History& history, double Epoch::*training,
                                            double NegativeElbo::*held_out) {
  std::vector<ChartSeries> series{
      over_epochs("training", history, [training](const Epoch& epoch) { return epoch.*training; })};
  if (std::any_of(history.begin(), history.end(), [](const Epoch& epoch) { return epoch.validation.has_value(); })) {
    series.push_back(over_epochs("held out", history, [held_out](const Epoch& epoch) {
      return epoch.validation ? (*epoch.validation).*held_out : std::numeric_limits<double>::quiet_NaN();
    }));
  }
  return epoch_chart(std::move(name), "nats", std::move(series));
}

BETAVAE_DEFINITION std::string unit_of(const NamedNumber& number) {
  return number.kind == NumberKind::nats ? "nats" : "";
}

/// The last epoch as words and numbers.
BETAVAE_DEFINITION TermList last_epoch_terms(const Epoch& epoch) {
  TermList list{.terms = {{"rate", format_fixed(epoch.rate, 2) + " nats" +
                                       (epoch.rate_is_sampled ? ", an estimate at one draw a sample" : "")},
                          {"distortion", format_fixed(epoch.distortion, 2) + " nats"},
                          {"active latents", format_text("{} of {}", {epoch.active, epoch.latents})},
                          {"loss", format_fixed(epoch.loss, 2) + " nats"}},
                .compact = true};
  for (const NamedNumber& number : epoch.of_objective) {
    const std::string unit = unit_of(number);
    list.terms.push_back(
        {std::string(number.name), format_number(number.value, 4) + (unit.empty() ? unit : " " + unit)});
  }
  return list;
}

}  // namespace detail

BETAVAE_DEFINITION ReportPage training_report(const History& history, std::string_view title) {
  require(!history.empty(), "training_report", "history", "at least one epoch", history.size());
  ReportPage page{
      title,
      "Rate is what the code says about a sample, distortion what the drawing from it misses; both in nats, "
      "summed over dimensions, averaged over the samples of an epoch."};
  page.section("Where training ended").add(detail::last_epoch_terms(history.back()));
  for (const std::string& warning : history.warnings) {
    page.remark(warning);
  }
  page.section("Rate and distortion")
      .add(detail::measured_chart("rate", history, &Epoch::rate, &NegativeElbo::rate))
      .add(detail::measured_chart("distortion", history, &Epoch::distortion, &NegativeElbo::distortion));
  bool has_section = false;
  const auto& numbers = history.front().of_objective;
  for (std::size_t place = 0; place < numbers.size(); ++place) {
    if (numbers[place].kind == NumberKind::fixed_setting) {
      continue;
    }
    if (!has_section) {
      page.section("What the objective measured and set");
      has_section = true;
    }
    const std::string name(numbers[place].name);
    page.add(detail::epoch_chart(name, detail::unit_of(numbers[place]),
                                 {detail::over_epochs(name, history, [place](const Epoch& epoch) {
                                   return detail::of_objective(epoch, place);
                                 })}));
  }
  return page;
}

}  // namespace betavae
