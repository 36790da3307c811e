// SPDX-License-Identifier: MIT
// Paths as numbers, and their worst points.
#pragma once

#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/analysis/latent_path.hpp>

#include <cmath>

namespace betavae::detail {

[[nodiscard]] BETAVAE_DEFINITION double above_floor(const PathNats& nats, std::size_t point) {
  return nats.rate[point] + nats.distortion[point] - nats.floor[point];
}

BETAVAE_DEFINITION std::string latent_path_csv(std::span<const double> positions, const PathNats& nats) {
  std::string text = "position,rate,distortion,floor,above_floor\n";
  for (std::size_t i = 0; i < positions.size(); ++i) {
    text += csv_line({positions[i], nats.rate[i], nats.distortion[i], nats.floor[i], above_floor(nats, i)});
  }
  return text;
}

BETAVAE_DEFINITION void require_path(const Matrix<double>& from, const Matrix<double>& to,
                                     const LatentPathOptions& options) {
  require_same_size("latent_path", "rows of the first code", from.rows(), "rows of the second code", to.rows());
  require(from.cols() == 1 && to.cols() == 1, "latent_path", "codes", "one column each",
          std::max(from.cols(), to.cols()));
  require(from.allFinite() && to.allFinite(), "latent_path", "codes", "finite numbers", "others");
  require(options.points >= 2, "latent_path", "options.points", "at least 2", options.points);
  require(options.draws >= 1, "latent_path", "options.draws", "at least 1", options.draws);
}

BETAVAE_DEFINITION Matrix<double> path_between(const Matrix<double>& from, const Matrix<double>& to,
                                               const LatentPathOptions& options) {
  double angle = 0;
  if (options.shape == PathShape::spherical) {
    require(from.norm() > 0 && to.norm() > 0, "latent_path", "options.shape", "straight, where a code is 0",
            "spherical");
    const Matrix<double> a = from / from.norm();
    const Matrix<double> b = to / to.norm();
    angle = 2 * std::atan2((a - b).norm(), (a + b).norm());
    require((a + b).norm() > 1e-6, "latent_path", "options.shape", "straight, between codes in opposite directions",
            "spherical");
  }
  Matrix<double> codes(from.rows(), options.points);
  for (Index i = 0; i < options.points; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(options.points - 1);
    const double of_from = angle > 0 ? std::sin((1 - t) * angle) / std::sin(angle) : 1 - t;
    const double of_to = angle > 0 ? std::sin(t * angle) / std::sin(angle) : t;
    codes.col(i) = of_from * from + of_to * to;
  }
  return codes;
}

BETAVAE_DEFINITION WorstPoint worst_point(const PathNats& nats) {
  const std::size_t last = nats.rate.size() - 1;
  const double of_ends = std::max(above_floor(nats, 0), above_floor(nats, last));
  WorstPoint worst{above_floor(nats, 0) == of_ends ? 0 : last, 0};
  for (std::size_t i = 0; i <= last; ++i) {
    const double excess = above_floor(nats, i) - of_ends;
    if (!(excess <= worst.excess) && !std::isnan(worst.excess)) {  // NaN is the worst
      worst = {i, excess};
    }
  }
  return worst;
}

BETAVAE_DEFINITION std::string latent_path_text(const PathNats& nats, double worst_excess, double worst_position) {
  require_index("LatentPath", "point", 0, static_cast<Index>(nats.rate.size()));
  const double first = above_floor(nats, 0);
  const double last = above_floor(nats, nats.rate.size() - 1);
  return format_text(
      "{} points, negative ELBO above its floor {} to {} nats at the ends, worst {} at {}",
      {nats.rate.size(), {first, 1}, {last, 1}, {std::max(first, last) + worst_excess, 1}, {worst_position, 2}});
}

}  // namespace betavae::detail
