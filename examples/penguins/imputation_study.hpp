// SPDX-License-Identifier: MIT
// How well missing cells are filled: a share of all cells is taken away at random, again and again, and each method guesses them.
//
//     mean or mode    of the column's remaining cells
//     regression      ridge regression on the other columns (a category as ones and zeros, a missing cell as its column's mean)
//     imputed mean    a β-VAE with a dense encoder, trained on birds whose missing cells were filled with mean or mode as if measured
//     dense           a β-VAE whose dense encoder is told which cells are there
//     experts         a β-VAE whose encoder is a product of experts
//
// The error of a number is its root mean square in units of the column's standard deviation; of a category, the share of wrong ones.
#pragma once

#include <betavae/betavae.hpp>
#include <betavae/data/record_vae.hpp>
#include <Eigen/Cholesky>

#include "penguin.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace imputation {

namespace bv = betavae;

inline constexpr std::size_t columns = 7;
inline constexpr std::array<int, columns> categories = {3, 3, 0, 0, 0, 0, 2};  ///< 0 for a number
inline constexpr std::array<const char*, 5> methods = {"mean or mode", "regression", "imputed mean", "dense",
                                                       "experts"};

using Birds = std::vector<Penguin>;
/// A bird's cells in the order of its description, NaN where one is missing.
using Cells = std::array<double, columns>;
using Table = std::vector<Cells>;

[[nodiscard]] inline Cells cells_of(const Penguin& bird) {
  const auto number = [](const auto& cell) {
    return cell ? static_cast<double>(*cell) : std::numeric_limits<double>::quiet_NaN();
  };
  return {number(bird.species),
          number(bird.island),
          number(bird.bill_length_mm),
          number(bird.bill_depth_mm),
          number(bird.flipper_length_mm),
          number(bird.body_mass_g),
          number(bird.sex)};
}

[[nodiscard]] inline Penguin bird_of(const Cells& cells) {
  Penguin bird;
  const auto put = [](auto& member, double x) {
    using Value = typename std::remove_cvref_t<decltype(member)>::value_type;
    if (!std::isnan(x)) {
      if constexpr (std::is_enum_v<Value>) {
        member = static_cast<Value>(static_cast<int>(std::lround(x)));
      } else {
        member = static_cast<Value>(x);
      }
    }
  };
  put(bird.species, cells[0]);
  put(bird.island, cells[1]);
  put(bird.bill_length_mm, cells[2]);
  put(bird.bill_depth_mm, cells[3]);
  put(bird.flipper_length_mm, cells[4]);
  put(bird.body_mass_g, cells[5]);
  put(bird.sex, cells[6]);
  return bird;
}

[[nodiscard]] inline Table table_of(const Birds& birds) {
  Table table;
  for (const Penguin& bird : birds) {
    table.push_back(cells_of(bird));
  }
  return table;
}

[[nodiscard]] inline Birds birds_of(const Table& table) {
  Birds birds;
  for (const Cells& cells : table) {
    birds.push_back(bird_of(cells));
  }
  return birds;
}

/// The mean of a column of numbers, the mode of one of categories, over the cells that are there.
[[nodiscard]] inline Cells means_or_modes(const Table& table) {
  Cells result{};
  for (std::size_t c = 0; c < columns; ++c) {
    double sum = 0;
    double count = 0;
    std::array<int, 3> votes{};
    for (const Cells& bird : table) {
      if (!std::isnan(bird[c])) {
        sum += bird[c];
        ++count;
        votes[static_cast<std::size_t>(categories[c] > 0 ? bird[c] : 0)] += 1;
      }
    }
    result[c] = categories[c] > 0 ? static_cast<double>(std::max_element(votes.begin(), votes.end()) - votes.begin())
                                  : sum / std::max(count, 1.0);
  }
  return result;
}

/// The table with every missing cell filled with its column's mean or mode.
[[nodiscard]] inline Table filled_with(const Table& table, const Cells& filling) {
  Table result = table;
  for (Cells& bird : result) {
    for (std::size_t c = 0; c < columns; ++c) {
      bird[c] = std::isnan(bird[c]) ? filling[c] : bird[c];
    }
  }
  return result;
}

/// All columns but one as numbers of mean 0 and variance 1, and a one: birds × terms.
[[nodiscard]] inline Eigen::MatrixXd design(const Table& whole, std::size_t but) {
  std::vector<Eigen::VectorXd> terms = {Eigen::VectorXd::Ones(static_cast<bv::Index>(whole.size()))};
  for (std::size_t c = 0; c < columns; ++c) {
    for (int k = 0; c != but && k < std::max(categories[c], 1); ++k) {
      Eigen::VectorXd term(static_cast<bv::Index>(whole.size()));
      for (std::size_t i = 0; i < whole.size(); ++i) {
        term[static_cast<bv::Index>(i)] = categories[c] > 0 ? (whole[i][c] == k ? 1.0 : 0.0) : whole[i][c];
      }
      term.array() -= term.mean();
      const double deviation = std::sqrt(term.squaredNorm() / static_cast<double>(whole.size()));
      terms.emplace_back(term / (deviation > 0 ? deviation : 1));
    }
  }
  Eigen::MatrixXd result(terms[0].size(), static_cast<bv::Index>(terms.size()));
  for (std::size_t t = 0; t < terms.size(); ++t) {
    result.col(static_cast<bv::Index>(t)) = terms[t];
  }
  return result;
}

/// Every missing cell guessed by ridge regression on the other columns; of categories, the one whose regression is highest.
[[nodiscard]] inline Table guess_by_regression(const Table& table) {
  const Table whole = filled_with(table, means_or_modes(table));
  Table result = whole;
  for (std::size_t c = 0; c < columns; ++c) {
    const Eigen::MatrixXd all = design(whole, c);
    const int targets = std::max(categories[c], 1);
    Eigen::MatrixXd normal = Eigen::MatrixXd::Identity(all.cols(), all.cols());  // the ridge
    Eigen::MatrixXd moments = Eigen::MatrixXd::Zero(all.cols(), targets);
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (!std::isnan(table[i][c])) {
        const Eigen::VectorXd row = all.row(static_cast<bv::Index>(i));
        normal += row * row.transpose();
        for (int k = 0; k < targets; ++k) {
          moments.col(k) += row * (categories[c] > 0 ? (table[i][c] == k ? 1.0 : 0.0) : table[i][c]);
        }
      }
    }
    const Eigen::MatrixXd guesses = all * normal.ldlt().solve(moments);
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (std::isnan(table[i][c])) {
        bv::Index best = 0;
        guesses.row(static_cast<bv::Index>(i)).maxCoeff(&best);
        result[i][c] = categories[c] > 0 ? static_cast<double>(best) : guesses(static_cast<bv::Index>(i), 0);
      }
    }
  }
  return result;
}

struct StudyOptions {
  int rounds = 10;
  bv::Index epochs = 300;
  double beta = 1;
};

/// Mean over rounds, and its standard error.
struct Score {
  double mean = 0;
  double standard_error = 0;
};

struct Study {
  std::array<std::array<Score, columns>, methods.size()> errors{};
  /// Of the three β-VAEs: −ELBO in nats of a held-out bird, as it was measured, after training with cells taken away.
  std::array<Score, methods.size()> negative_elbo{};
};

[[nodiscard]] inline Score score_of(const std::vector<double>& rounds) {
  const auto count = static_cast<double>(rounds.size());
  Score score;
  for (const double x : rounds) {
    score.mean += x / count;
  }
  double squares = 0;
  for (const double x : rounds) {
    squares += (x - score.mean) * (x - score.mean);
  }
  score.standard_error = rounds.size() > 1 ? std::sqrt(squares / (count - 1) / count) : 0;
  return score;
}

/// The error of the guesses in a column, over the cells that were taken away.
[[nodiscard]] inline double error_of(const Table& truth, const Table& masked, const Table& guess, std::size_t c) {
  double mean = 0;
  double squares = 0;
  double there = 0;
  for (const Cells& bird : truth) {
    if (!std::isnan(bird[c])) {
      ++there;
      const double difference = bird[c] - mean;
      mean += difference / there;
      squares += difference * (bird[c] - mean);
    }
  }
  double sum = 0;
  double count = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (std::isnan(masked[i][c]) && !std::isnan(truth[i][c])) {
      const double difference = guess[i][c] - truth[i][c];
      sum += categories[c] > 0 ? (difference != 0 ? 1.0 : 0.0) : difference * difference / (squares / there);
      ++count;
    }
  }
  return categories[c] > 0 ? sum / count : std::sqrt(sum / count);
}

template <class Model>
[[nodiscard]] Table guess_by_model(const Model& model, const Table& table) {
  Table result;
  for (const Penguin& bird : birds_of(table)) {
    result.push_back(cells_of(model.impute(bird)));
  }
  return result;
}

/// Takes the share of cells away, `options.rounds` times. A share of 0 guesses nothing.
[[nodiscard]] inline Study study(const Birds& birds, double share, const StudyOptions& options) {
  std::array<std::array<std::vector<double>, columns>, methods.size()> errors;
  std::array<std::vector<double>, methods.size()> negative_elbo;
  for (int round = 0; round < options.rounds; ++round) {
    const auto seed = static_cast<std::uint64_t>(round) + 1;
    const auto parts = bv::split_records(birds, {.validation = 0.2, .seed = seed});
    const Table truth = table_of(parts.training);
    Table masked = truth;
    const bv::Random random(seed);
    for (std::size_t i = 0; i < masked.size(); ++i) {
      for (std::size_t c = 0; c < columns; ++c) {
        if (random.uniform<double>({0, i, c}) <= share) {
          masked[i][c] = std::numeric_limits<double>::quiet_NaN();
        }
      }
    }
    const Cells filling = means_or_modes(masked);
    const Table filled = filled_with(masked, filling);
    const auto record = [&](std::size_t method, const Table& guess) {
      for (std::size_t c = 0; share > 0 && c < columns; ++c) {
        errors[method][c].push_back(error_of(truth, masked, guess, c));
      }
    };
    const auto trained = [&](std::size_t method, auto model, const Table& table) {
      bv::fit(model, birds_of(table), bv::BetaElbo{options.beta},
              {.epochs = options.epochs, .batch = 32, .learning_rate = 3e-3, .seed = seed});
      const bv::Evaluation held_out = bv::evaluate(model, parts.validation);
      negative_elbo[method].push_back(held_out.rate + held_out.distortion);
      record(method, guess_by_model(model, masked));
    };
    record(0, filled);
    record(1, guess_by_regression(masked));
    trained(2, bv::record_vae<Penguin, 24, 4>(birds_of(filled), {.seed = seed}), filled);
    trained(3, bv::record_vae<Penguin, 24, 4>(birds_of(masked), {.seed = seed}), masked);
    trained(4, bv::expert_record_vae<Penguin, 24, 4>(birds_of(masked), {.seed = seed}), masked);
  }
  Study result;
  for (std::size_t m = 0; m < methods.size(); ++m) {
    for (std::size_t c = 0; c < columns; ++c) {
      result.errors[m][c] = score_of(errors[m][c]);
    }
    result.negative_elbo[m] = score_of(negative_elbo[m]);
  }
  return result;
}

}  // namespace imputation
