// SPDX-License-Identifier: MIT
// What a model decodes on the way from one code to another, and how plausible it finds it.
//
//     straight:  z(t) = (1 − t) a + t b
//     spherical: z(t) = [sin((1 − t) Ω) a + sin(t Ω) b]/sin Ω, Ω the angle between a and b       (Shoemake, 1985)
//
// For codes of one length the second keeps that length, where the first passes nearer to 0, where N(0, I) of many dimensions has hardly
// any mass. At each point x̂ = the likelihood's point estimate at z(t) is given to the model as if it were data:
//
//     −ELBO(x̂) = E_q(z|x̂) [−ln p(x̂|z)] + KL(q(z|x̂) ‖ p(z)) ≥ −ln p(x̂)
//
// An x̂ that the model would not make has a high rate, or is not decoded again from its own code. What no decoder could spare is taken off:
// grey values cost a Bernoulli their entropy, so a path of grey images would else be a bad one, however well they are decoded again.
// Point estimates lack the noise of data, so compare the points of a path with its ends, which are decoded too, and not with data. On a
// linear model with linear encoder it is a convex quadratic in z, so that no point of a straight path is worse than both ends.
#pragma once

#include <betavae/vae/vae.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace betavae {

enum class PathShape { straight, spherical };

struct LatentPathOptions {
  Index points = 11;                      ///< the ends among them, at least 2
  PathShape shape = PathShape::straight;  ///< see above
  Index draws = 16;                       ///< of each point's posterior; the same noise at each
  std::uint64_t seed = 1;                 ///< of the draws
};

namespace detail {

/// The numbers of a path's points.
struct PathNats {
  std::span<const double> rate, distortion, floor;
};
[[nodiscard]] BETAVAE_API std::string latent_path_csv(std::span<const double> positions, const PathNats& nats);

}  // namespace detail

/// In nats; the numbers of each point from the first code to the second.
template <class Scalar>
struct LatentPath {
  std::vector<double> positions;   ///< t, from 0 to 1
  Matrix<Scalar> codes;            ///< latents × points
  Matrix<Scalar> decoded;          ///< features × points: point estimates
  std::vector<double> rate;        ///< of the decoded point, encoded again
  std::vector<double> distortion;  ///< of the same
  std::vector<double> floor;       ///< the least distortion that any decoder could reach on it
  double worst_excess = 0;  ///< of the greatest `above_floor` over that of the worse end; 0 where that is the greatest
  double worst_position = 0;  ///< t of the greatest

  [[nodiscard]] double negative_elbo(Index point) const {
    require_index("LatentPath", "point", point, static_cast<Index>(rate.size()));
    return rate[static_cast<std::size_t>(point)] + distortion[static_cast<std::size_t>(point)];
  }
  /// The negative ELBO without the floor of its distortion.
  [[nodiscard]] double above_floor(Index point) const {
    return negative_elbo(point) - floor[static_cast<std::size_t>(point)];
  }

  /// One line a point, with a header.
  [[nodiscard]] std::string csv() const { return detail::latent_path_csv(positions, {rate, distortion, floor}); }
};

namespace detail {

/// latents × points. Errors: ArgumentError for a spherical path without a plane: an end at 0, or ends in opposite directions.
[[nodiscard]] BETAVAE_API Matrix<double> path_between(const Matrix<double>& from, const Matrix<double>& to,
                                                      const LatentPathOptions& options);

/// Errors: ArgumentError for other sizes than one column of as many numbers each, numbers that are not finite, or options out of range.
BETAVAE_API void require_path(const Matrix<double>& from, const Matrix<double>& to, const LatentPathOptions& options);

/// The point that is the farthest above its floor, and by how much it exceeds the worse end: 0 where that is one of them.
struct WorstPoint {
  std::size_t place;
  double excess;
};
[[nodiscard]] BETAVAE_API WorstPoint worst_point(const PathNats& nats);

/// One line, as fmt prints it. Errors: ArgumentError for a path without points.
[[nodiscard]] BETAVAE_API std::string latent_path_text(const PathNats& nats, double worst_excess,
                                                       double worst_position);

/// Point estimates as data: rounded, where the likelihood takes whole numbers alone. Errors: DataError where that does not help.
template <class Likelihood, class Scalar>
[[nodiscard]] Matrix<Scalar> as_data(const Likelihood& likelihood, const Matrix<Scalar>& estimates) {
  const auto check = [&](const Matrix<Scalar>& x) {
    for (Index j = 0; j < x.cols(); ++j) {
      for (Index i = 0; i < x.rows(); ++i) {
        likelihood.check(x(i, j), i, j);
      }
    }
  };
  try {
    check(estimates);
    return estimates;
  } catch (const DataError&) {
    Matrix<Scalar> rounded = estimates.array().round();
    check(rounded);
    return rounded;
  }
}

}  // namespace detail

/// Follows a path between two codes, latents × 1 each, such as model.encode(x).mean.col(0). `noise` draws each point's codes.
/// Errors: ArgumentError for other sizes, codes that are not finite, fewer than 2 points, no draw, or a spherical path where there is
/// none; DataError where the likelihood does not take its own point estimates, rounded or not.
template <class Model, class DerivedFrom, class DerivedTo, class NoiseSource>
[[nodiscard]] LatentPath<typename Model::Scalar> latent_path(const Model& model,
                                                             const Eigen::MatrixBase<DerivedFrom>& from,
                                                             const Eigen::MatrixBase<DerivedTo>& to,
                                                             const LatentPathOptions& options,
                                                             const NoiseSource& noise) {
  using Scalar = typename Model::Scalar;
  static_assert(!HasSkips<decltype(model.decoder)>,
                "betavae: latent_path: a decoder with skips decodes samples, not codes alone");
  static_assert(
      requires { decltype(model.likelihood)::parameters_per_value; },
      "betavae: latent_path gives point estimates back to the model as data: a record's are columns of their own");
  const Matrix<double> first = from.template cast<double>();
  const Matrix<double> second = to.template cast<double>();
  detail::require_path(first, second, options);
  LatentPath<Scalar> path;
  path.codes = detail::path_between(first, second, options).template cast<Scalar>();
  path.decoded = model.decode(path.codes);
  const Matrix<Scalar> x = detail::as_data(model.likelihood, path.decoded);
  Tape<Scalar> tape;
  for (Index i = 0; i < options.points; ++i) {
    tape.clear();
    Evaluating<Scalar> context(tape);
    const Matrix<Scalar> point = x.col(i);
    const auto terms = model.terms(context, Observed{constant(tape, point)}, noise, 0, 0, options.draws);
    path.positions.push_back(static_cast<double>(i) / static_cast<double>(options.points - 1));
    path.rate.push_back(static_cast<double>(terms.rate_per_dimension.value().sum()));
    path.distortion.push_back(static_cast<double>(terms.distortion.value()(0, 0)));
    double floor = 0;
    for (Index k = 0; k < point.rows(); ++k) {
      floor += model.likelihood.floor(static_cast<double>(point(k, 0)));
    }
    path.floor.push_back(floor);
  }
  const detail::WorstPoint worst = detail::worst_point({path.rate, path.distortion, path.floor});
  path.worst_excess = worst.excess;
  path.worst_position = path.positions[worst.place];
  return path;
}

/// The same with normal noise by `options.seed`.
template <class Model, class DerivedFrom, class DerivedTo>
[[nodiscard]] LatentPath<typename Model::Scalar> latent_path(const Model& model,
                                                             const Eigen::MatrixBase<DerivedFrom>& from,
                                                             const Eigen::MatrixBase<DerivedTo>& to,
                                                             const LatentPathOptions& options = {}) {
  return latent_path(model, from, to, options, GaussianNoise(options.seed, Stream::evaluation));
}

}  // namespace betavae

/// 11 points, negative ELBO above its floor 12.3 to 14.1 nats at the ends, worst 15.0 at 0.40
template <class Scalar>
struct fmt::formatter<betavae::LatentPath<Scalar>> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::LatentPath<Scalar>& path, Context& context) const {
    const std::string text = betavae::detail::latent_path_text({path.rate, path.distortion, path.floor},
                                                               path.worst_excess, path.worst_position);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/latent_path.ipp>
#endif
