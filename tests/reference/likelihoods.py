#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Log-densities and scores of every likelihood, and the special functions beneath them, for tests/vae/likelihood and tests/core.

Every number is computed by mpmath from the plain textbook formula, in 60 digits and, where differences need them, up to 500; the
scores by differentiating it there. Log-densities are then compared with SciPy's (in double) where SciPy has them: the script prints
how far SciPy is from the exact number, which is why the exact one is written. Parameters and values are doubles, taken as they are.

Writes likelihoods.txt: NAME/x, NAME/parameters (one column a point, one row a parameter), NAME/nats (minus ln p) and NAME/score, as
hexadecimal floats:

    NAME ROWS COLUMNS NUMBER...

Run again, it writes the same file:

    python3 tests/reference/likelihoods.py
"""
import itertools
import math
import pathlib

import mpmath as mp
import numpy as np
import scipy
from scipy import special, stats

mp.mp.dps = 60


def sigmoid(a):
    return 1 / (1 + mp.exp(-a))


def log_binomial_like(log_mean, log_r, x):
    mean, r = mp.exp(log_mean), mp.exp(log_r)
    return (mp.loggamma(x + r) - mp.loggamma(r) - mp.loggamma(x + 1) + r * mp.log(r / (r + mean))
            + (x * mp.log(mean / (r + mean)) if x > 0 else 0))


def zero_inflated(p, x):
    lost = sigmoid(p[2])
    f = mp.exp(log_binomial_like(p[0], p[1], x))
    return mp.log((lost if x == 0 else 0) + (1 - lost) * f)


def log_beta_density(p, x):
    mean, precision = sigmoid(p[0]), mp.exp(p[1])
    a, b = mean * precision, (1 - mean) * precision
    return (a - 1) * mp.log(x) + (b - 1) * mp.log(1 - x) + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)


def discretized_logistic(p, x, levels=256):
    half, scale = mp.mpf(1) / (2 * (levels - 1)), mp.exp(p[1])
    k = int(mp.nint(x * (levels - 1)))
    x = mp.mpf(k) / (levels - 1)
    # F(upper edge) - F(lower edge) = F(upper) (1 - F(lower)) (1 - e^-width), since digits do not suffice for the difference itself
    upper = -mp.log1p(mp.exp(-(x + half - p[0]) / scale)) if k < levels - 1 else 0
    lower = -mp.log1p(mp.exp((x - half - p[0]) / scale)) if k > 0 else 0
    return upper + lower + (mp.log(-mp.expm1(-2 * half / scale)) if 0 < k < levels - 1 else 0)


CUTPOINTS = [-1.5, -0.25, -0.125, 2.0]


def ordered_logistic(p, x):
    k = int(x)
    upper = sigmoid(CUTPOINTS[k] - p[0]) if k < len(CUTPOINTS) else mp.mpf(1)
    lower = sigmoid(CUTPOINTS[k - 1] - p[0]) if k > 0 else mp.mpf(0)
    return mp.log(upper - lower)


def continuous_bernoulli(p, x):
    a = p[0]
    return x * a - (mp.log(mp.expm1(a) / a) if a != 0 else 0)


def student_t(nu):
    def log_density(p, x):
        z = (x - p[0]) / mp.exp(p[1])
        return (mp.loggamma(mp.mpf(nu + 1) / 2) - mp.loggamma(mp.mpf(nu) / 2) - mp.log(nu * mp.pi) / 2 - p[1]
                - mp.mpf(nu + 1) / 2 * mp.log1p(z * z / nu))
    return log_density


def gaussian(p, x, error=0):
    variance = mp.exp(2 * p[1]) + mp.mpf(error) ** 2
    return -(x - p[0]) ** 2 / (2 * variance) - mp.log(2 * mp.pi * variance) / 2


def grid(*axes):
    return [list(point) for point in itertools.product(*axes)]


COUNTS = [0, 1, 2, 7, 100, 12345, 10 ** 8]
LOG_MEANS = [-30, -4.5, 0.1, 3, 9.5, 25]
LOG_DISPERSIONS = [-12, -1, 0.5, 5, 17, 40]
REALS = [-1e6, -3, -0.125, 0, 0.7, 40, 1e9]
POSITIVES = [1e-200, 1e-9, 0.03, 0.999, 1, 2.5, 80, 1e12]
FRACTIONS = [1e-300, 1e-12, 0.01, 0.4999, 0.5, 0.8, 1 - 2 ** -30, 1 - 2 ** -53]
BYTES = [k / 255 for k in [0, 1, 2, 100, 127, 128, 200, 254, 255]]
FLOAT_BYTES = [float(np.float32(k) / np.float32(255)) for k in [0, 3, 77, 255]]

# name: log-density(p, x), points (x, parameters...), SciPy's log-density(p, x) or None
LIKELIHOODS = {
    "poisson": (
        lambda p, x: x * p[0] - mp.exp(p[0]) - mp.loggamma(x + 1),
        grid(COUNTS, LOG_MEANS) + [[10 ** 6, 14.0], [50, math.log(50)], [10 ** 12, 20.0], [3, -290.0], [0, -290.0]],
        lambda p, x: stats.poisson.logpmf(x, math.exp(p[0]))),
    "negative_binomial": (
        lambda p, x: log_binomial_like(p[0], p[1], x), grid(COUNTS, LOG_MEANS, LOG_DISPERSIONS),
        lambda p, x: stats.nbinom.logpmf(x, math.exp(p[1]), 1 / (1 + math.exp(p[0] - p[1])))),
    "zero_inflated_negative_binomial": (
        zero_inflated, grid([0, 1, 30, 5000], [-6, 0.3, 5, 12], [-5, 0.25, 4, 25], [-60, -3, 0, 1.5, 40]), None),
    "categorical": (
        lambda p, x: p[int(x)] - mp.log(sum(mp.exp(a) for a in p)),
        grid([0, 1, 2, 3], [-1000, -1.5, 0], [0.25, 30], [-3, 0], [0, 700]),
        lambda p, x: special.log_softmax(p)[int(x)]),
    "student_t_4": (student_t(4), grid(REALS, [-2, 0, 30], [-9, -0.5, 0, 6]),
                    lambda p, x: stats.t.logpdf(x, 4, p[0], math.exp(p[1]))),
    "student_t_tenth": (student_t(0.1), grid(REALS, [-2, 0, 30], [-9, 0, 6]),
                        lambda p, x: stats.t.logpdf(x, 0.1, p[0], math.exp(p[1]))),
    "student_t_million": (student_t(1e6), grid(REALS, [-2, 0, 30], [-9, 0, 6]),
                          lambda p, x: stats.t.logpdf(x, 1e6, p[0], math.exp(p[1]))),
    "laplace": (lambda p, x: -abs(x - p[0]) / mp.exp(p[1]) - mp.log(2) - p[1],
                grid(REALS, [-2.5, 0.25, 31], [-9, -0.5, 0, 6]),
                lambda p, x: stats.laplace.logpdf(x, p[0], math.exp(p[1]))),
    "log_normal": (lambda p, x: gaussian(p, mp.log(x)) - mp.log(x), grid(POSITIVES, [-20, -0.5, 0, 3], [-6, -0.5, 0, 4]),
                   lambda p, x: stats.lognorm.logpdf(x, math.exp(p[1]), scale=math.exp(p[0]))),
    "gamma": (
        lambda p, x: (mp.exp(p[1]) * (p[1] - p[0]) + (mp.exp(p[1]) - 1) * mp.log(x) - x * mp.exp(p[1] - p[0])
                      - mp.loggamma(mp.exp(p[1]))),
        grid(POSITIVES, [-20, -0.5, 0, 3], [-12, -0.5, 0, 1.5, 5, 11]),
        lambda p, x: stats.gamma.logpdf(x, math.exp(p[1]), scale=math.exp(p[0] - p[1]))),
    "beta": (
        log_beta_density, grid(FRACTIONS, [-30, -2, 0, 0.5, 7], [-9, 0, 1.5, 6, 11]),
        lambda p, x: stats.beta.logpdf(x, math.exp(p[1]) * special.expit(p[0]), math.exp(p[1]) * special.expit(-p[0]))),
    "von_mises": (
        lambda p, x: (p[0] * mp.cos(x) + p[1] * mp.sin(x) - mp.log(2 * mp.pi)
                      - mp.log(mp.besseli(0, mp.sqrt(p[0] ** 2 + p[1] ** 2)))),
        grid([-3.14, -0.5, 0, 1e-3, 1.5, 3, 60], [-1e4, -23, -0.5, 1e-9, 2, 17.5, 300], [-40, -2, 1e-9, 1, 24, 5000]),
        lambda p, x: stats.vonmises.logpdf(x, math.hypot(p[0], p[1]), math.atan2(p[1], p[0]))),
    "ordered_logistic": (ordered_logistic, grid([0, 1, 2, 3, 4], [-300, -40, -3, -0.2, 0, 0.5, 9, 200]), None),
    "continuous_bernoulli": (
        continuous_bernoulli,
        grid([0, 1e-12, 0.25, 0.5, 0.9, 1], [-290, -40, -2, -0.5, -0.1, -1e-3, -1e-9, 1e-300, 1e-8, 1e-4, 0.3, 0.499, 3, 100]),
        None),
    "discretized_logistic": (
        discretized_logistic, grid(BYTES + FLOAT_BYTES, [-3, 0, 0.3, 0.5, 1.01, 40], [-12, -5.5, -3, 0, 4]), None),
    "gaussian_heteroscedastic": (gaussian, grid(REALS, [-2.5, 0.25, 31], [-9, -0.5, 0, 6]),
                                 lambda p, x: stats.norm.logpdf(x, p[0], math.exp(p[1]))),
    "gaussian_heteroscedastic_error": (
        lambda p, x: gaussian(p, x, 0.25), grid(REALS, [-2.5, 0.25, 31], [-30, -2, -0.5, 0, 6]),
        lambda p, x: stats.norm.logpdf(x, p[0], math.hypot(math.exp(p[1]), 0.25))),
}


def stirling_error(x):
    return mp.loggamma(x) - (x - 0.5) * mp.log(x) + x - mp.log(2 * mp.pi) / 2


def ratio(k):
    return mp.besseli(1, k) / mp.besseli(0, k)


SHAPES = [1e-130, 1e-12, 1e-3, 0.1, 0.5, 0.9999, 1, 1.5, 2, 3.25, 5, 9.75, 9.999999, 10, 10.5, 12, 30, 171.5, 1e4, 1e9, 1e120]
CONCENTRATIONS = [1e-120, 1e-8, 1e-3, 0.1, 0.5, 1, 2, 5, 12, 20, 23.99, 24, 24.5, 30, 50, 99, 1e3, 9999, 10001, 1e5, 1e9, 1e120]
FUNCTIONS = {
    "stirling_error": (stirling_error, SHAPES),
    "log_minus_digamma": (lambda x: mp.log(x) - mp.digamma(x), SHAPES),
    "trigamma_excess": (lambda x: x * x * mp.psi(1, x) - x, SHAPES),
    "exp_residual": (lambda x: mp.expm1(x) - x, [-1e300, -800, -40, -1, -0.51, -0.5, -0.49, -0.1, -1e-5, -1e-100, 0, 1e-100, 1e-9,
                                                 0.01, 0.3, 0.499, 0.5, 0.6, 3, 100, 700]),
    "log_residual": (lambda x: x - mp.log1p(x), [-0.875, -0.5, -0.41, -0.4, -0.39, -0.1, -1e-5, -1e-100, 0, 1e-100, 1e-9, 0.01, 0.3,
                                                 0.399, 0.4, 0.5, 3, 100, 1e300]),
    "log_one_minus_exp": (lambda x: mp.log1p(-mp.exp(-x)), [1e-300, 1e-20, 1e-5, 0.1, 0.5, 0.69, 0.7, 1, 5, 40, 700]),
    "log_i0_scaled": (lambda k: mp.log(mp.besseli(0, k)) - k, CONCENTRATIONS),
    "bessel_ratio": (ratio, CONCENTRATIONS),
    "bessel_ratio_derivative": (lambda k: 1 - ratio(k) / k - ratio(k) ** 2, CONCENTRATIONS),
    "bessel_ratio_over_kappa": (lambda k: ratio(k) / k, CONCENTRATIONS),
}


def line(name, rows):
    rows = [[float(number) for number in row] for row in rows]
    numbers = " ".join(rows[i][j].hex() for j in range(len(rows[0])) for i in range(len(rows)))
    return f"{name} {len(rows)} {len(rows[0])} {numbers}\n"


def digits_for(x):
    """Enough that the plain formula loses none: lnG(1e120) has 123 digits before the point."""
    return 60 + 3 * max(0, int(math.log10(abs(x) + 1e-300)), int(-math.log10(abs(x) + 1e-300)) if x else 0)


def main():
    path = pathlib.Path(__file__).with_name("likelihoods.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"# Written by likelihoods.py with mpmath {mp.__version__}; compared with SciPy {scipy.__version__}. Do not edit.\n")
        for name, (function, arguments) in FUNCTIONS.items():
            results = []
            for x in arguments:
                with mp.workdps(min(digits_for(x), 500)):
                    results.append(function(mp.mpf(x)))
            file.write(line(f"special/{name}/x", [arguments]) + line(f"special/{name}/y", [results]))
        for name, (log_density, points, in_scipy) in LIKELIHOODS.items():
            nats, scores, worst, where, apart = [], [], 0.0, None, 0
            for x, *p in points:
                x, p = float(x), [float(number) for number in p]
                with mp.workdps(500 if name in ("categorical", "ordered_logistic", "von_mises", "continuous_bernoulli") else 120):
                    exact_p = [mp.mpf(number) for number in p]

                    def along(k, t, x=x, exact_p=exact_p):
                        return log_density([a + t if i == k else a for i, a in enumerate(exact_p)], mp.mpf(x))

                    value = -log_density(exact_p, mp.mpf(x))
                    nats.append(value)
                    step = mp.mpf(10) ** -30
                    scores.append([(along(k, step) - along(k, -step)) / (2 * step) for k in range(len(p))])
                if in_scipy is not None:
                    with np.errstate(all="ignore"):
                        theirs = -float(in_scipy(p, x))
                    error = abs(theirs - float(value)) / max(1.0, abs(float(value)))
                    apart += not error <= 1e-10
                    if not error <= worst:
                        worst, where = error, (x, p)
            file.write(line(f"{name}/x", [[point[0] for point in points]]))
            file.write(line(f"{name}/parameters", list(zip(*[point[1:] for point in points]))))
            file.write(line(f"{name}/nats", [nats]) + line(f"{name}/score", list(zip(*scores))))
            compared = f"SciPy deviates by up to {worst:.1e} at {where}, by more than 1e-10 at {apart}" if in_scipy else "not in SciPy"
            print(f"{name}: {len(points)} points, {compared}")


if __name__ == "__main__":
    main()
