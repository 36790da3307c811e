#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The shape of the tail of importance weights, written from the papers and not from the library.

J. Zhang and M. A. Stephens, 2009, "A new and efficient estimation method for the generalized Pareto distribution": theta is
averaged over m points, at quantiles of a prior that the data set the scale of, by the likelihood with the best k for each.
A. Vehtari, D. Simpson, A. Gelman, Y. Yao and J. Gabry, 2024, "Pareto smoothed importance sampling": the tail is the min(S/5, 3 sqrt(S))
greatest of S weights, less the greatest of the others; m = 30 + floor(sqrt(M)), and k is drawn towards 1/2 as by ten weights more.

Prints k for the weights of tests/analysis/pareto_shape_test.cpp, in decimal numbers of 50 digits.

    python3 tests/reference/pareto_shape.py
"""
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, getcontext

getcontext().prec = 50
HALF = Decimal("0.5")


def generalized_pareto_shape(tail):
    """k of P(X > x) = (1 + k x/sigma)^(-1/k), with the prior. Zhang and Stephens' k has the other sign; theta is theirs over sigma."""
    tail = sorted(tail)
    n = len(tail)
    points = 30 + int(Decimal(n).sqrt().to_integral_value(ROUND_FLOOR))
    first_quartile = tail[int((Decimal(n) / 4 + HALF).to_integral_value(ROUND_FLOOR)) - 1]
    thetas = [1 / tail[-1] + (1 - (points / (j - HALF)).sqrt()) / (3 * first_quartile) for j in range(1, points + 1)]

    def their_k(theta):
        return -sum((1 - theta * x).ln() for x in tail) / n

    def profile(theta):
        k = their_k(theta)
        return n * ((theta / k).ln() + k - 1)

    profiles = [profile(theta) for theta in thetas]
    weights = [1 / sum((other - own).exp() for other in profiles) for own in profiles]
    theta = sum(weight * at for weight, at in zip(weights, thetas))
    return (n * -their_k(theta) + 10 * HALF) / (n + 10)


def shape(weights):
    ascending = sorted(weights)
    count = Decimal(len(ascending))
    length = int(min(count / 5, 3 * count.sqrt()).to_integral_value(ROUND_CEILING))
    cut = ascending[-length - 1]
    return generalized_pareto_shape([weight - cut for weight in ascending[-length:]])


def quantiles(count, k):
    """P(w > t) = t^(-1/k) at (i - 1/2)/count, for i = 1 ... count."""
    return [(((i - HALF) / count).ln() * -k).exp() for i in range(1, count + 1)]


if __name__ == "__main__":
    for count, k in ((100, "0.3"), (1000, "0.7"), (500, "1.2")):
        print(f"{count} quantiles of a Pareto distribution of shape {k}: {shape(quantiles(count, Decimal(k))):.15}")
    print(f"100 numbers 1 ... 100: {shape([Decimal(i) for i in range(1, 101)]):.15}")
