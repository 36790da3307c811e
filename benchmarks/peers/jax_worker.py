# SPDX-License-Identifier: MIT
"""JAX on the processor: everything in one jit, parameters and optimizer's state donated, noise from its default
generator (threefry, here the fastest of the three)."""
import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")
import jax
import jax.numpy as jnp

from worker import serve


def dense(key, *sizes):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        key, weight_key, bias_key = jax.random.split(key, 3)
        bound = inputs**-0.5
        layers.append((jax.random.uniform(weight_key, (inputs, outputs), minval=-bound, maxval=bound),
                       jax.random.uniform(bias_key, (outputs,), minval=-bound, maxval=bound)))
    return layers


def forward(layers, x, activation):
    for weight, bias in layers[:-1]:
        x = activation(x @ weight + bias)
    weight, bias = layers[-1]
    return x @ weight + bias


def training_step(encoder_sizes, decoder_sizes, decoder_activation, samples):
    keys = jax.random.split(jax.random.key(1), 3)
    parameters = (dense(keys[0], *encoder_sizes), dense(keys[1], *decoder_sizes))
    data = jax.random.uniform(keys[2], (samples, encoder_sizes[0]))
    order = jnp.arange(samples)[::-1]
    zeros = jax.tree.map(jnp.zeros_like, parameters)

    def negative_elbo(parameters, x, key):
        encoder, decoder = parameters
        mean, log_variance = jnp.split(forward(encoder, x, jax.nn.relu), 2, axis=1)
        z = mean + jnp.exp(0.5 * log_variance) * jax.random.normal(key, mean.shape)
        logits = forward(decoder, z, decoder_activation)
        distortion = jnp.sum(jnp.maximum(logits, 0) - logits * x + jnp.log1p(jnp.exp(-jnp.abs(logits))))
        rate = 0.5 * jnp.sum(mean * mean + jnp.expm1(log_variance) - log_variance)
        return (distortion + rate) / samples

    def step(state, data, order):
        parameters, first, second, time, key = state
        key, noise_key = jax.random.split(key)
        gradient = jax.grad(negative_elbo)(parameters, data[order], noise_key)
        time = time + 1
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
        size = 1e-4 / (1 - 0.9**time)
        correction = 1 / (1 - 0.999**time)
        parameters = jax.tree.map(lambda p, m, v: p - size * m / (jnp.sqrt(v * correction) + 1e-8),
                                  parameters, first, second)
        return parameters, first, second, time, key

    jitted = jax.jit(step, donate_argnums=0)
    state = [(parameters, zeros, jax.tree.map(jnp.copy, zeros), jnp.float32(0), jax.random.key(2))]

    def run(steps):
        for _ in range(steps):
            state[0] = jitted(state[0], data, order)
        jax.block_until_ready(state[0])

    return run


def value_and_gradient(function, arguments, variables):
    """Results of the step before are donated as memory for the next."""
    differentiate = jax.value_and_grad(function, variables)
    jitted = jax.jit(lambda spent, *arguments: differentiate(*arguments), donate_argnums=0, keep_unused=True)
    results = [jax.jit(differentiate)(*arguments)]

    def run(steps):
        for _ in range(steps):
            results[0] = jitted(results[0], *arguments)
        jax.block_until_ready(results[0])

    return run


def gaussian_rate(count):
    keys = jax.random.split(jax.random.key(1), 2)
    return value_and_gradient(
        lambda mean, log_variance: 0.5 * jnp.sum(mean * mean + jnp.expm1(log_variance) - log_variance),
        (jax.random.uniform(keys[0], (count,), minval=-2, maxval=2),
         jax.random.uniform(keys[1], (count,), minval=-4, maxval=1)), (0, 1))


def bernoulli(count):
    keys = jax.random.split(jax.random.key(1), 2)
    return value_and_gradient(
        lambda logits, x: jnp.sum(jnp.maximum(logits, 0) - logits * x + jnp.log1p(jnp.exp(-jnp.abs(logits)))),
        (jax.random.uniform(keys[0], (count,), minval=-4, maxval=4), jax.random.uniform(keys[1], (count,))), (0,))


def normal_noise(count):
    def draw(key, spent):
        key, use = jax.random.split(key)
        return key, jax.random.normal(use, (count,))

    jitted = jax.jit(draw, donate_argnums=1, keep_unused=True)
    state = [(jax.random.key(1), jnp.zeros(count))]

    def run(steps):
        for _ in range(steps):
            state[0] = jitted(*state[0])
        jax.block_until_ready(state[0])

    return run


serve({"version": jax.__version__}, {
    "step/784-400-20": lambda: training_step((784, 400, 40), (20, 400, 784), jax.nn.relu, 128),
    "step/higgins": lambda: training_step((4096, 1200, 1200, 20), (10, 1200, 1200, 1200, 4096), jnp.tanh, 64),
    "rate/1000000": lambda: gaussian_rate(1_000_000),
    "rate/2560": lambda: gaussian_rate(2_560),
    "bernoulli/1000000": lambda: bernoulli(1_000_000),
    "normal/1000000": lambda: normal_noise(1_000_000),
})
