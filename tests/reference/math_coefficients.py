#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The polynomials of include/betavae/simd/: minimax in relative error, by Remez' exchange algorithm.

Each function is a fixed head plus a factor times a polynomial P; P is fitted so that the greatest error of head + factor * P,
relative to the function, is smallest on the interval. Where the interval allows, the lowest coefficient is
rounded to the type first and the rest is fitted again, so that rounding costs next to nothing. Prints C++ arrays, and each error
with rounded coefficients, in units of the type's epsilon / 2.

    python3 tests/reference/math_coefficients.py          (needs mpmath)
"""
from mpmath import mp, mpf, cos, expm1, exp, log1p, lu_solve, matrix, pi, sin, sqrt, log

mp.dps = 60
BITS = {"float": 24, "double": 53}
GRID = 1200


def rounded(x, scalar):
    mantissa, exponent = mp.frexp(x)
    return mp.ldexp(mp.nint(mp.ldexp(mantissa, BITS[scalar])), exponent - BITS[scalar])


def extremes(points, errors):
    """The point of greatest error in each run of one sign."""
    found = []
    for point, error in zip(points, errors):
        if error == 0:
            continue
        if found and (found[-1][1] > 0) == (error > 0):
            if abs(error) > abs(found[-1][1]):
                found[-1] = (point, error)
        else:
            found.append((point, error))
    return found


def remez(target, weight, powers, low, high):
    """Coefficients c that make the greatest |weight(x) (sum c_i x^powers_i - target(x))| on [low, high] smallest, and that error."""
    count = len(powers) + 1
    grid = [(low + high) / 2 - (high - low) / 2 * cos(pi * (i + mpf(1) / 3) / GRID) for i in range(GRID)]
    table = [(x, target(x), abs(weight(x))) for x in grid]
    reference = [table[(2 * i + 1) * GRID // (2 * count)] for i in range(count)]
    for _ in range(30):
        system = matrix(count, count)
        right = matrix(count, 1)
        for row, (x, value, w) in enumerate(reference):
            for column, power in enumerate(powers):
                system[row, column] = x**power
            system[row, count - 1] = (-1) ** row / w
            right[row] = value
        solution = lu_solve(system, right)
        c = [solution[i] for i in range(count - 1)]
        errors = [w * (sum(a * x**p for a, p in zip(c, powers)) - value) for x, value, w in table]
        worst = max(map(abs, errors))
        if worst < abs(solution[count - 1]) * mpf("1.01"):
            break
        found = extremes(range(GRID), errors)
        while len(found) > count:  # drop the weaker end
            found.pop(0 if abs(found[0][1]) < abs(found[-1][1]) else -1)
        if len(found) < count:
            break
        reference = [table[i] for i, _ in found]
    return c, worst


def fit(name, scalar, target, weight, count, low, high):
    if low < 0:  # the powers beyond the lowest share a zero inside the interval: no minimax theory, and no need
        fixed = [rounded(c, scalar) for c in remez(target, weight, range(count), low, high)[0]]
    else:
        fixed = []
        for i in range(count):
            head = lambda x: sum(c * x**n for n, c in enumerate(fixed))
            rest, _ = remez(lambda x: target(x) - head(x), weight, range(i, count), low, high)
            fixed.append(rounded(rest[0], scalar))
    grid = [low + (high - low) * (n + mpf(1) / 3) / 1000 for n in range(1000)]
    worst = max(abs(weight(x) * (sum(c * x**n for n, c in enumerate(fixed)) - target(x))) for x in grid)
    texts = [mp.nstr(c, 17 if scalar == "double" else 9) + ("" if scalar == "double" else "F") for c in fixed]
    print(f"// {name}, {scalar}: error {mp.nstr(worst * 2**BITS[scalar], 2)} epsilon / 2")
    print("{" + ", ".join(texts) + "};\n")


half_ln2 = log(2) / 2 * mpf("1.0001")
for scalar, counts in {"float": (5, 9, 9, 4, 4), "double": (10, 20, 20, 7, 7)}.items():
    fit("exp: 2 e^r = 2 + r (2 + r P(r))", scalar, lambda r: 2 * (expm1(r) - r) / r**2, lambda r: r**2 / (2 * exp(r)),
        counts[0], -half_ln2, half_ln2)
    fit("log: log(1 + f) = f + f^2 P(f), 1 + f from sqrt(1/2) to sqrt(2)", scalar, lambda f: (log1p(f) - f) / f**2,
        lambda f: f**2 / log1p(f), counts[1], sqrt(mpf(1) / 2) - 1, sqrt(mpf(2)) - 1)
    fit("log1p on [0, 1]: log(1 + x) = x + x^2 P(x)", scalar, lambda x: (log1p(x) - x) / x**2,
        lambda x: x**2 / log1p(x), counts[2], mpf(0), mpf(1))
    fit("sine: sin(2 pi u) = u P(u^2), |u| <= 1/8", scalar, lambda z: sin(2 * pi * sqrt(z)) / sqrt(z),
        lambda z: sqrt(z) / sin(2 * pi * sqrt(z)), counts[3], mpf(0), mpf(1) / 64)
    fit("cosine: cos(2 pi u) = 1 + u^2 P(u^2), |u| <= 1/8", scalar, lambda z: (cos(2 * pi * sqrt(z)) - 1) / z,
        lambda z: z / cos(2 * pi * sqrt(z)), counts[4], mpf(0), mpf(1) / 64)
