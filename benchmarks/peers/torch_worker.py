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
