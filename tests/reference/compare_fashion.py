#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The table of README.md: betavae against PyTorch on Fashion-MNIST, mean and standard deviation over seeds.

    for seed in 1 2 3 4 5; do build/demo/examples/02_fashion --seed $seed --csv fashion-$seed.csv; done
    python3 tests/reference/compare_fashion.py tests/reference/fashion_pytorch.json fashion-*.csv

The bar for each mean: |difference| at most 1 % or 3 pooled standard errors, whichever is more; rates below 0.01 nats count as 0.
"""
import csv
import json
import math
import statistics
import sys


def summary(runs, beta, figure):
    values = [0.0 if figure == "rate" and run["rate"] < 0.01 else run[figure] for run in runs if run["beta"] == beta]
    return statistics.mean(values), statistics.stdev(values), len(values)


def main():
    with open(sys.argv[1]) as file:
        theirs = json.load(file)["runs"]
    ours = []
    for path in sys.argv[2:]:
        with open(path) as file:
            for row in csv.DictReader(file):
                run = {name: float(row[name]) for name in ("beta", "rate", "distortion")}
                ours.append({**run, "loss": run["distortion"] + run["beta"] * run["rate"]})
    print("| β | figure | betavae | PyTorch | difference | allowed |")
    print("|---|---|---|---|---|---|")
    failed = 0
    for beta in sorted({run["beta"] for run in ours}):
        for figure in ("rate", "distortion", "loss"):
            mean, deviation, count = summary(ours, beta, figure)
            their_mean, their_deviation, their_count = summary(theirs, beta, figure)
            error = math.sqrt(deviation**2 / count + their_deviation**2 / their_count)
            allowed = max(0.01 * abs(their_mean), 3 * error)
            difference = mean - their_mean
            failed += abs(difference) > allowed
            print(f"| {beta:g} | {figure} | {mean:.3f} ± {deviation:.3f} | {their_mean:.3f} ± {their_deviation:.3f} "
                  f"| {difference:+.3f} | {allowed:.3f}{' FAILS' if abs(difference) > allowed else ''} |")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
