#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Losses, gradients and ten Adam steps of small beta-VAEs in PyTorch, for tests/vae and tests/train to compare with.

13-9-(2*4) encoder and 4-9-13 decoder, one hidden layer each, seven samples. One case for each likelihood, and one with missing
values and weights of the samples. The log-variance is bounded as in include/betavae/vae/posterior.hpp. Rate and distortion are in
nats, summed over dimensions, averaged over samples. Every input is a float, so float32 and float64 begin at the same point.

Writes pytorch.txt, which says what wrote it. One tensor a line, column-major (one column a sample), as hexadecimal floats, which
lose nothing:

    CASE/NAME ROWS COLUMNS NUMBER...

with names input/..., and for each precision float32/... and float64/...: loss, rate, distortion and gradient/PARAMETER at the
first step's noise, and after/PARAMETER after ten steps of Adam (1e-3), each with its own noise. Run again with the same version, it
writes the same file:

    python3 tests/reference/generate_reference.py
"""
import argparse
import math
import pathlib

import torch
from torch.nn import functional

LOG_VARIANCE_BOUND = 16.0
FEATURES, HIDDEN, LATENTS, SAMPLES, STEPS = 13, 9, 4, 7, 10
SIGMA_FLOOR, SIGMA, FIXED_SIGMA = 0.01, 0.75, 0.5

CASES = [  # name, activation, likelihood, beta, whether values are missing and samples weighted
    ("bernoulli_relu", "relu", "bernoulli", 4.0, False),
    ("gaussian_fixed_tanh", "tanh", "fixed", 0.5, False),
    ("gaussian_learned_tanh", "tanh", "learned", 1.0, False),
    ("gaussian_optimal_relu", "relu", "optimal", 0.25, False),
    ("bernoulli_missing_tanh", "tanh", "bernoulli", 1.5, True),
    ("gaussian_optimal_missing_tanh", "tanh", "optimal", 2.0, True),
]


def inputs_of(seed, likelihood, incomplete):
    """Weights, batch and noise, one column a sample, rounded to float."""
    generator = torch.Generator().manual_seed(seed)

    def uniform(rows, columns, bound):
        return (torch.rand(rows, columns, generator=generator) * 2 - 1) * bound

    values = {}
    sizes = [("encoder.0", HIDDEN, FEATURES), ("encoder.1", 2 * LATENTS, HIDDEN),
             ("decoder.0", HIDDEN, LATENTS), ("decoder.1", FEATURES, HIDDEN)]
    for name, rows, columns in sizes:
        values[f"{name}.weight"] = uniform(rows, columns, 1.5 / math.sqrt(columns))
        values[f"{name}.bias"] = uniform(rows, 1, 0.25)
    if likelihood == "learned":  # ln(sigma) = ln(floor) + softplus(raw)
        raw = math.log(math.expm1(math.log(SIGMA / SIGMA_FLOOR)))
        values["likelihood.raw_log_sigma"] = torch.tensor([[raw]], dtype=torch.float32)
    parameters = list(values)
    if likelihood == "bernoulli":
        values["x"] = torch.rand(FEATURES, SAMPLES, generator=generator)  # grey
        values["x"][:, ::2] = values["x"][:, ::2].round()                # black and white
    else:
        values["x"] = torch.randn(FEATURES, SAMPLES, generator=generator)
    for step in range(STEPS):
        values[f"noise.{step}"] = torch.randn(LATENTS, SAMPLES, generator=generator)
    if incomplete:
        values["mask"] = (torch.rand(FEATURES, SAMPLES, generator=generator) < 0.7).float()
        values["weights"] = torch.rand(1, SAMPLES, generator=generator) * 2 + 0.25
    return values, parameters


def terms(values, noise, activation, likelihood):
    """Rate per dimension, distortion: exactly what Vae::terms computes."""
    activate = getattr(torch, activation)
    mask = values.get("mask", torch.ones_like(values["x"]))
    weights = values.get("weights", torch.ones_like(values["x"][:1]))
    x = values["x"] * mask

    def dense(name, input):
        return values[f"{name}.weight"] @ input + values[f"{name}.bias"]

    def mean_over_samples(per_sample):
        return (per_sample * weights).sum(1) / weights.sum()

    mean, raw = dense("encoder.1", activate(dense("encoder.0", x))).chunk(2, dim=0)
    log_variance = LOG_VARIANCE_BOUND * torch.tanh(raw / LOG_VARIANCE_BOUND)
    rate = mean_over_samples(0.5 * (mean.square() + torch.expm1(log_variance) - log_variance))
    output = dense("decoder.1", activate(dense("decoder.0", mean + torch.exp(0.5 * log_variance) * noise)))
    if likelihood == "bernoulli":
        nats = functional.binary_cross_entropy_with_logits(output, x, reduction="none") * mask
        return rate, mean_over_samples(nats.sum(0, keepdim=True))

    squares = ((output - x) * mask).square().sum(0, keepdim=True)
    present = mask.sum(0, keepdim=True)
    if likelihood == "fixed":
        log_sigma = torch.log(torch.tensor(FIXED_SIGMA, dtype=x.dtype))
    elif likelihood == "learned":
        log_sigma = math.log(SIGMA_FLOOR) + functional.softplus(values["likelihood.raw_log_sigma"])
    else:
        log_sigma = 0.5 * torch.log((squares * weights).sum() / (present * weights).sum())
    nats = 0.5 * squares * torch.exp(-2 * log_sigma) + present * (log_sigma + 0.5 * math.log(2 * math.pi))
    return rate, mean_over_samples(nats)


def run(values, parameters, activation, likelihood, beta, dtype):
    """Numbers by name: at the first step's noise, and after the last step."""
    values = {name: value.to(dtype) for name, value in values.items()}
    for name in parameters:
        values[name] = values[name].clone().requires_grad_(True)
    optimizer = torch.optim.Adam([values[name] for name in parameters], lr=1e-3)
    results = {}
    for step in range(STEPS):
        rate, distortion = terms(values, values[f"noise.{step}"], activation, likelihood)
        loss = distortion + beta * rate.sum()
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            results = {"loss": loss, "rate": rate, "distortion": distortion}
            results.update({f"gradient/{name}": values[name].grad.clone() for name in parameters})
        optimizer.step()
    results.update({f"after/{name}": values[name] for name in parameters})
    return {name: value.detach().reshape(-1, 1) if value.dim() < 2 else value.detach() for name, value in results.items()}


def line(name, tensor):
    numbers = " ".join(float(number).hex() for number in tensor.t().reshape(-1))  # column by column
    return f"{name} {tensor.shape[0]} {tensor.shape[1]} {numbers}\n"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", default=pathlib.Path(__file__).with_name("pytorch.txt"), type=pathlib.Path)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    with open(chosen.out, "w", encoding="ascii") as file:
        file.write(f"# Written by generate_reference.py with PyTorch {torch.__version__}. Do not edit.\n")
        for seed, (name, activation, likelihood, beta, incomplete) in enumerate(CASES, start=1):
            values, parameters = inputs_of(seed, likelihood, incomplete)
            file.write(line(f"{name}/input/beta", torch.tensor([[beta]])))
            for key, value in values.items():
                file.write(line(f"{name}/input/{key}", value))
            for precision in ("float32", "float64"):
                results = run(values, parameters, activation, likelihood, beta, getattr(torch, precision))
                for key, value in results.items():
                    file.write(line(f"{name}/{precision}/{key}", value))


if __name__ == "__main__":
    main()
