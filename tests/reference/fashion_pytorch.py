#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The demo's network in PyTorch: test-set rate, distortion and loss at each beta, several seeds.

784-400-20 with ReLU, Bernoulli from logits, Adam 1e-3, batch 128, 5 epochs, PyTorch's own initialisation and shuffling.
Rate and distortion in nats, summed over dimensions, averaged over samples, one posterior draw per test image. The log-variance is
bounded as in include/betavae/vae/posterior.hpp, so that both train the same function. Writes JSON, one record per (beta, seed).

    python3 tests/reference/fashion_pytorch.py --data /usr/share/datasets/fashion-mnist --out fashion_pytorch.json
"""
import argparse
import gzip
import json
import pathlib

import torch
from torch import nn
from torch.nn import functional

LOG_VARIANCE_BOUND = 16.0


def images(folder, name):
    with gzip.open(next(pathlib.Path(folder).rglob(name + "*"))) as file:
        return torch.frombuffer(bytearray(file.read()[16:]), dtype=torch.uint8).reshape(-1, 784)


class BetaVae(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.code = nn.Linear(784, 400), nn.Linear(400, 40)
        self.unfold, self.pixels = nn.Linear(20, 400), nn.Linear(400, 784)

    def terms(self, x):
        mean, raw = self.code(torch.relu(self.hidden(x))).chunk(2, dim=1)
        log_variance = LOG_VARIANCE_BOUND * torch.tanh(raw / LOG_VARIANCE_BOUND)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        logits = self.pixels(torch.relu(self.unfold(z)))
        distortion = functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1).mean()
        rate = (0.5 * (mean.square() + torch.expm1(log_variance) - log_variance)).sum(1).mean()
        return rate, distortion


def train(beta, seed, training, test, epochs, batch):
    torch.manual_seed(seed)
    model = BetaVae()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(epochs):
        for indices in torch.randperm(len(training)).split(batch):
            rate, distortion = model.terms(training[indices].float() / 255)
            optimizer.zero_grad()
            (distortion + beta * rate).backward()
            optimizer.step()
    with torch.no_grad():
        rate, distortion = (float(term) for term in model.terms(test.float() / 255))
    return {"beta": beta, "seed": seed, "rate": rate, "distortion": distortion, "loss": distortion + beta * rate}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--beta", type=float, nargs="+", default=[0.1, 1, 4, 10, 40, 150])
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--epochs", type=int, default=5)
    options = options.parse_args()
    torch.set_num_threads(1)
    training, test = images(options.data, "train-images-idx3-ubyte"), images(options.data, "t10k-images-idx3-ubyte")
    records = []
    for seed in range(1, options.seeds + 1):
        for beta in options.beta:
            records.append(train(beta, seed, training, test, options.epochs, 128))
            print(records[-1], flush=True)
            pathlib.Path(options.out).write_text(json.dumps({"torch": torch.__version__, "runs": records}, indent=1) + "\n")


if __name__ == "__main__":
    main()
