// SPDX-License-Identifier: MIT
// Location and scale of a record's values and columns, from what was seen of them.
#pragma once

#include <betavae/data/record/scaling.hpp>

#include <algorithm>
#include <cmath>

namespace betavae::detail {

BETAVAE_DEFINITION void Moments::add(double x, double weight) {
  least_ = count_ == 0 || x < least_ ? x : least_;
  most_ = count_ == 0 || x > most_ ? x : most_;
  ++count_;
  weight_ += weight;
  const double difference = x - mean_;
  mean_ += difference * (weight / weight_);
  squares_ += weight * difference * (x - mean_);
}

BETAVAE_DEFINITION double Moments::deviation() const { return weight_ > 0 ? std::sqrt(squares_ / weight_) : 0; }

BETAVAE_DEFINITION Affine Moments::standardising(bool has_size) const {
  const double spread = deviation();
  const double size = has_size ? std::abs(mean_) : 0;
  return {mean_, !is_constant() && spread > 0 ? spread : size > 0 ? size : 1};
}

BETAVAE_DEFINITION void LearnedScaling::add(const ScaledField& field, Index cell, double x, const double* seen,
                                            double weight) {
  const auto first = field.first_column(cell);
  for (std::size_t c = 0; c < static_cast<std::size_t>(field.columns); ++c) {
    columns_[first + c].add(seen[c], weight);
  }
  cells_[first].add(field.coordinates == Coordinates::logarithmic ? std::log(x) : x, weight);
}

BETAVAE_DEFINITION void LearnedScaling::add_exposure(const ScaledField& field, Index cell, double exposure,
                                                     double weight) {
  exposures_[field.first_column(cell)].add(exposure, weight);
}

/// One sentence for each way in which cells of a field are odd, however many they are.
BETAVAE_DEFINITION void warn_of_odd_cells(const ScaledField& field, const std::vector<Moments>& cells,
                                          std::vector<std::string>& warnings) {
  const auto warn_if = [&](std::string_view sentence, bool (*is_odd)(const Moments&)) {
    const auto odd = std::count_if(cells.begin(), cells.end(), is_odd);
    if (odd > 0) {
      const auto first = std::find_if(cells.begin(), cells.end(), is_odd) - cells.begin();
      const auto others = odd > 1 ? format_text(" (and {} more of its cells)", {odd - 1}) : std::string();
      warnings.push_back(
          format_text("{}: {}{}: {}", {field.record, indexed(field.name, field.cells, first), others, sentence}));
    }
  };
  warn_if("missing in all records, so nothing is learned of it", [](const Moments& cell) { return cell.count() == 0; });
  warn_if("present in one record alone, so how it varies cannot be learned",
          [](const Moments& cell) { return cell.count() == 1; });
  warn_if("the same in all records that have it, so how it varies cannot be learned",
          [](const Moments& cell) { return cell.count() > 1 && cell.is_constant(); });
}

BETAVAE_DEFINITION void LearnedScaling::finish(const ScaledField& field, std::vector<Affine>& values,
                                               std::vector<Affine>& columns, std::vector<std::string>& warnings) const {
  // The logarithm of a constant has no size of its own: which one it has depends on the unit.
  const bool is_logarithm = field.coordinates == Coordinates::logarithmic || field.coordinates == Coordinates::scaled ||
                            field.coordinates == Coordinates::about_log_mean;
  std::vector<Moments> of_cells;
  for (Index cell = 0; cell < field.cells; ++cell) {
    const auto first = field.first_column(cell);
    const Moments& x = cells_[first];
    of_cells.push_back(x);
    for (std::size_t c = 0; field.standardises_columns && c < static_cast<std::size_t>(field.columns); ++c) {
      columns[first + c] = columns_[first + c].standardising(!is_logarithm);
    }
    if (!field.is_modelled) {
      continue;
    }
    Affine& value = values[static_cast<std::size_t>(field.value + cell)];
    switch (field.coordinates) {
      case Coordinates::standardised:
      case Coordinates::logarithmic:
        value = x.standardising(!is_logarithm);
        break;
      case Coordinates::scaled:
        value.scale = x.count() > 0 ? x.mean() : 1;
        break;
      case Coordinates::interval:
        value = {field.lower, field.upper - field.lower};
        break;
      case Coordinates::about_log_mean: {
        const double exposure = field.has_exposure && x.count() > 0 ? exposures_[first].mean() : 1;
        value.location = std::log((x.count() > 0 && x.mean() > 0 ? x.mean() : 1) / exposure);
        break;
      }
      case Coordinates::own:
        break;
    }
  }
  warn_of_odd_cells(field, of_cells, warnings);
}

}  // namespace betavae::detail
