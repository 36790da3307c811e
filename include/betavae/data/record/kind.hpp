// SPDX-License-Identifier: MIT
// What kinds of numbers a field may hold: the likelihood that each has unless the field asks for another, the coordinates in which
// that likelihood sees the values, and the numbers that an encoder sees of a value.
//
//     kind              likelihood               its coordinates of x       an encoder sees (standardised, unless in italics)
//     Real              Gaussian                 (x − m)/s                  x
//     RealOnLogScale    Gaussian                 (ln x − m)/s               ln x
//     Positive          Gamma                    x/s                        ln x
//     Interval          Beta                     (x − lower)/(upper − lower)   x
//     Angle             VonMises                 x                          _cos x, sin x_
//     Count             NegativeBinomial         x, ln mean added to ln μ   ln(1 + x)
//     Binary            Bernoulli                x                          x
//     Category          Categorical              x                          _one of K numbers is 1_
//     Ordered           OrderedLogistic          x                          x
//
// m and s are learned from the training data (see scaling.hpp). Nats are those of x in the user's own units: whatever the coordinates
// u are, ln |dx/du| is added.
#pragma once

#include <betavae/vae/likelihood/beta.hpp>
#include <betavae/vae/likelihood/categorical.hpp>
#include <betavae/vae/likelihood/detail/bernoulli_of_value.hpp>
#include <betavae/vae/likelihood/detail/von_mises_of_limited_concentration.hpp>
#include <betavae/vae/likelihood/gamma.hpp>
#include <betavae/vae/likelihood/gaussian_heteroscedastic.hpp>
#include <betavae/vae/likelihood/negative_binomial.hpp>
#include <betavae/vae/likelihood/ordered_logistic.hpp>

#include <cmath>

namespace betavae::detail {

/// How a likelihood's coordinate u comes from a value x, with a location m and a scale s of the cell.
enum class Coordinates {
  own,            ///< u = x
  standardised,   ///< u = (x − m)/s, m the mean, s the standard deviation
  logarithmic,    ///< u = (ln x − m)/s, m and s those of ln x
  scaled,         ///< u = x/s, s the mean
  interval,       ///< u = (x − m)/s, m the lower end, s the length
  about_log_mean  ///< u = x; m, the logarithm of the mean, is added to the first parameter
};

struct Real {
  using Likelihood = GaussianHeteroscedastic;
  static constexpr Coordinates coordinates = Coordinates::standardised;
  static constexpr int columns = 1;  ///< that an encoder sees of a value
  static constexpr bool standardises_columns = true;
  static constexpr bool is_whole = false;  ///< whether its values are whole numbers
  static void see(double x, double* seen) { seen[0] = x; }
};

struct RealOnLogScale : Real {
  static constexpr Coordinates coordinates = Coordinates::logarithmic;
  static void see(double x, double* seen) { seen[0] = std::log(x); }
};

struct Positive : Real {
  using Likelihood = Gamma;
  static constexpr Coordinates coordinates = Coordinates::scaled;
  static void see(double x, double* seen) { seen[0] = std::log(x); }
};

struct Interval : Real {
  using Likelihood = Beta;
  static constexpr Coordinates coordinates = Coordinates::interval;
  double lower = 0;
  double upper = 1;
};

struct Angle : Real {
  using Likelihood = VonMisesOfLimitedConcentration;
  static constexpr Coordinates coordinates = Coordinates::own;
  static constexpr int columns = 2;
  static constexpr bool standardises_columns = false;
  static void see(double x, double* seen) {
    seen[0] = std::cos(x);
    seen[1] = std::sin(x);
  }
};

struct Count : Real {
  using Likelihood = NegativeBinomial;
  static constexpr bool is_whole = true;
  static constexpr Coordinates coordinates = Coordinates::about_log_mean;
  static void see(double x, double* seen) { seen[0] = std::log1p(x); }
};

struct Binary : Real {
  using Likelihood = BernoulliOfValue;
  static constexpr bool is_whole = true;
  static constexpr Coordinates coordinates = Coordinates::own;
};

template <int Categories>
struct Category {
  using Likelihood = Categorical<Categories>;
  static constexpr Coordinates coordinates = Coordinates::own;
  static constexpr int columns = Categories;
  static constexpr bool standardises_columns = false;
  static constexpr bool is_whole = true;
  static void see(double x, double* seen) {
    for (int k = 0; k < Categories; ++k) {
      seen[k] = x == k ? 1 : 0;
    }
  }
};

template <int Categories>
struct Ordered : Real {
  using Likelihood = typename OrderedLogistic<Categories>::OfValue;
  static constexpr bool is_whole = true;
  static constexpr Coordinates coordinates = Coordinates::own;
};

}  // namespace betavae::detail
