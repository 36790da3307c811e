# SPDX-License-Identifier: MIT
"""PyTorch, eager or compiled (--compile), in its best configuration. Eager: fused Adam, gradients not kept from step to step, results
written in place where PyTorch allows it. Compiled: a whole training step in one graph. Both: denormals flushed."""
import os
import sys

import torch
import torch._inductor.config
import torch.nn.functional as F
from torch import nn

from worker import serve

COMPILED = "--compile" in sys.argv
THREADS = int(os.environ.get("OMP_NUM_THREADS", "1"))
torch.set_num_threads(THREADS)
torch.set_num_interop_threads(1)
torch.set_flush_denormal(True)
torch.manual_seed(1)
torch._inductor.config.fallback_random = True  # PyTorch's own generator: ten times faster than the compiled one
if os.environ.get("ATEN_CPU_CAPABILITY") == "avx2":
    torch._inductor.config.cpp.simdlen = 256


def compiled(function):
    return torch.compile(function, fullgraph=True, dynamic=False) if COMPILED else function


def dense(*sizes, activation=nn.ReLU):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


def training_step(encoder, decoder, features, samples):
    """Forward, backward and update on one batch, as ours."""
    data = torch.rand(samples, features)
    order = torch.randperm(samples)
    latents = encoder[-1].out_features // 2

    def negative_elbo(encode, decode, x, noise):
        mean, log_variance = encode(x).chunk(2, dim=1)
        z = mean + torch.exp(0.5 * log_variance) * noise
        distortion = F.binary_cross_entropy_with_logits(decode(z), x, reduction="sum")
        rate = 0.5 * (mean * mean + torch.expm1(log_variance) - log_variance).sum()
        return (distortion + rate) / samples

    if COMPILED:
        return compiled_step(encoder, decoder, negative_elbo, data, order, latents)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-4, fused=True)

    def run(steps):
        for _ in range(steps):
            loss = negative_elbo(encoder, decoder, data.index_select(0, order), torch.randn(samples, latents))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()

    return run


def compiled_step(encoder, decoder, negative_elbo, data, order, latents):
    """The whole step as one graph, gradient and Adam in it: a little faster than a compiled loss with the fused optimizer."""
    networks = (encoder, decoder)
    parameters = [{name: value.detach() for name, value in network.named_parameters()} for network in networks]
    first, second = ([{name: torch.zeros_like(value) for name, value in part.items()} for part in parameters]
                     for _ in range(2))

    def loss(parameters, x, noise):
        return negative_elbo(lambda x: torch.func.functional_call(encoder, parameters[0], (x,)),
                             lambda z: torch.func.functional_call(decoder, parameters[1], (z,)), x, noise)

    def step(parameters, first, second, time):
        gradient = torch.func.grad(loss)(parameters, data.index_select(0, order), torch.randn(len(data), latents))
        size, correction = 1e-4 / (1 - 0.9**time), 1 / (1 - 0.999**time)
        for part in range(2):
            for name, value in parameters[part].items():
                g, m, v = gradient[part][name], first[part][name], second[part][name]
                m.lerp_(g, 0.1)
                v.mul_(0.999).addcmul_(g, g, value=0.001)
                value.sub_(size * m / ((v * correction).sqrt() + 1e-8))

    step = compiled(step)
    time = torch.tensor(0.0)

    def run(steps):
        for _ in range(steps):
            time.add_(1)
            step(parameters, first, second, time)

    return run


def record_step(count=100_000, samples=128, latents=4):
    """The ten fields of support/reading.hpp, made into numbers beforehand. One loss for each kind, all columns of a kind at once."""
    t = torch.randn(count, 1)
    real = (t + torch.randn(count, 5))  # four numbers, and one on a log scale
    share = torch.sigmoid(t + torch.randn(count, 1)).clamp(1e-6, 1 - 1e-6)
    angle = t + 0.5 * torch.randn(count, 1)
    events = torch.exp(1 + 0.5 * t + 0.5 * torch.randn(count, 1)).floor()
    is_open = (t + torch.randn(count, 1) > 0).float()
    kind = (t + torch.randn(count, 1)).abs().clamp(max=3).long()
    numbers = torch.cat([real, share, angle, events, is_open], 1)
    inputs = torch.cat([real, share, angle.cos(), angle.sin(), events.log1p(), is_open, F.one_hot(kind[:, 0], 4)], 1)
    encoder, decoder = dense(inputs.shape[1], 32, 2 * latents), dense(latents, 32, 14)
    common = nn.Parameter(torch.zeros(7))  # ln sigma of five numbers, ln precision of the share, ln shape of the count
    order, place = torch.randperm(count), [0]

    def nats(out, x, kind):
        log_sigma = common[:5]
        gaussian = (0.5 * ((x[:, :5] - out[:, :5]) * torch.exp(-log_sigma)) ** 2 + log_sigma + 0.9189385332046727).sum()
        share, precision = x[:, 5], torch.exp(common[5])
        alpha, gamma = precision * torch.sigmoid(out[:, 5]), precision * torch.sigmoid(-out[:, 5])
        beta = (torch.lgamma(alpha) + torch.lgamma(gamma) - torch.lgamma(precision)
                - (alpha - 1) * share.log() - (gamma - 1) * torch.log1p(-share)).sum()
        kappa = torch.sqrt(out[:, 6] ** 2 + out[:, 7] ** 2 + 1e-12)
        von_mises = (kappa + torch.log(torch.special.i0e(kappa)) + 1.8378770664093453
                     - out[:, 6] * x[:, 6].cos() - out[:, 7] * x[:, 6].sin()).sum()
        events, log_mean, log_shape = x[:, 7], out[:, 8], common[6]
        shape, log_total = torch.exp(log_shape), torch.logaddexp(log_shape, log_mean)
        counts = (torch.lgamma(shape) + torch.lgamma(events + 1) - torch.lgamma(events + shape)
                  + shape * (log_total - log_shape) + events * (log_total - log_mean)).sum()
        binary = F.binary_cross_entropy_with_logits(out[:, 9], x[:, 8], reduction="sum")
        category = F.cross_entropy(out[:, 10:], kind[:, 0], reduction="sum")
        return gaussian + beta + von_mises + counts + binary + category

    def negative_elbo(seen, x, kind, noise):
        mean, log_variance = encoder(seen).chunk(2, dim=1)
        z = mean + torch.exp(0.5 * log_variance) * noise
        rate = 0.5 * (mean * mean + torch.expm1(log_variance) - log_variance).sum()
        return (nats(decoder(z), x, kind) + rate) / samples

    loss_of = compiled(negative_elbo)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters(), common], lr=1e-3, fused=True)

    def run(steps):
        for _ in range(steps):
            chosen = order[place[0]:place[0] + samples]
            place[0] = (place[0] + samples) % (count - samples)
            loss = loss_of(inputs.index_select(0, chosen), numbers.index_select(0, chosen), kind.index_select(0, chosen),
                           torch.randn(samples, latents))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()

    return run


def product(rows, columns, depth, transposed):
    a = torch.rand(depth, rows).t() if transposed else torch.rand(rows, depth)
    b, c = torch.rand(depth, columns), torch.empty(rows, columns)

    def run(steps):
        with torch.inference_mode():
            for _ in range(steps):
                torch.mm(a, b, out=c)

    return run


def value_and_gradient(function, variables, constants=()):
    function = compiled(function)
    for variable in variables:
        variable.requires_grad_()

    def run(steps):
        for _ in range(steps):
            torch.autograd.grad(function(*variables, *constants), variables)

    return run


def gaussian_rate(count):
    return value_and_gradient(lambda mean, log_variance: 0.5 * (mean * mean + torch.expm1(log_variance) - log_variance).sum(),
                              (torch.empty(count).uniform_(-2, 2), torch.empty(count).uniform_(-4, 1)))


def bernoulli(count):
    return value_and_gradient(lambda logits, x: F.binary_cross_entropy_with_logits(logits, x, reduction="sum"),
                              (torch.empty(count).uniform_(-4, 4),), (torch.rand(count),))


def normal_noise(count):
    values = torch.empty(count)

    def run(steps):
        for _ in range(steps):
            values.normal_()

    return run


works = {
    "step/784-400-20": lambda: training_step(dense(784, 400, 40), dense(20, 400, 784), 784, 128),
    "step/higgins": lambda: training_step(dense(4096, 1200, 1200, 20),
                                          dense(10, 1200, 1200, 1200, 4096, activation=nn.Tanh), 4096, 64),
    "step/record": record_step,
    "rate/1000000": lambda: gaussian_rate(1_000_000),
    "rate/2560": lambda: gaussian_rate(2_560),
    "bernoulli/1000000": lambda: bernoulli(1_000_000),
}
if not COMPILED:
    works |= {
        "normal/1000000": lambda: normal_noise(1_000_000),
        "product/128x400x784": lambda: product(128, 400, 784, False),
        "product/400x784x128-transposed": lambda: product(400, 784, 128, True),
        "product/512x512x512": lambda: product(512, 512, 512, False),
        "product/512x512x512-transposed": lambda: product(512, 512, 512, True),
        "product/128x400x20": lambda: product(128, 400, 20, False),
    }

serve({"version": torch.__version__, "instruction set": torch.backends.cpu.get_cpu_capability()}, works)
