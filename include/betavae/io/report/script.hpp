// SPDX-License-Identifier: MIT
// The script of a page: values at the points of charts, the β slider, and decoders that draw while a latent moves.
//
// Plain ECMAScript 2017, by hand, one function a kind of block. A page holds it once, at its end, and only where one of its blocks
// needs it (`needs_script`). It asks nothing of the network, and makes elements, never markup from text. Blocks are written so that
// they can be read without it; what makes sense only with it is `hidden` until the script shows it.
#pragma once

#include <string_view>

namespace betavae::detail {

inline constexpr std::string_view report_script = R"js(
'use strict';
(() => {

const all = (selector, root) => Array.from(root.querySelectorAll(selector));

function make(tag, parent, attributes) {
  const element = parent.appendChild(document.createElement(tag));
  for (const name of Object.keys(attributes || {})) {
    element.setAttribute(name, attributes[name]);
  }
  return element;
}

// Charts: the point nearest to the pointer, or reached by the arrow keys, shows its values.

function chart(svg) {
  const points = all('.point[data-x]', svg).map(group => {
    const reach = group.querySelector('.reach');
    group.querySelector('title').remove();  // the browser's own tooltip would stand beside ours
    return {data: group.dataset, x: Number(reach.getAttribute('cx')), y: Number(reach.getAttribute('cy'))};
  });
  const box = svg.viewBox.baseVal;
  const ring = document.createElementNS(svg.namespaceURI, 'circle');
  ring.setAttribute('class', 'ring');
  ring.setAttribute('r', '9');
  const label = make('div', svg.parentNode, {'class': 'value', role: 'status'});
  const lines = ['name', 'x', 'y'].map(key => [key, make('span', label)]);
  let shown = -1;

  function show(index) {
    if (index === shown && ring.isConnected) {
      return;  // a text that is written again is read aloud again
    }
    shown = index;
    const point = points[index];
    lines.forEach(([key, line]) => { line.textContent = point.data[key]; });
    ring.setAttribute('cx', point.x);
    ring.setAttribute('cy', point.y);
    svg.appendChild(ring);
    const across = 100 * (point.x - box.x) / box.width;
    const down = 100 * (point.y - box.y) / box.height;
    // Shifted by as much of its width as it stands to the right, the label never leaves the chart.
    label.style.left = across + '%';
    label.style.top = down + '%';
    label.style.transform = `translate(-${across}%, ${down < 35 ? '1rem' : 'calc(-100% - 1rem)'})`;
    label.classList.add('shown');
  }

  function hide() {
    label.classList.remove('shown');
    ring.remove();
  }

  function nearest(event) {
    const area = svg.getBoundingClientRect();
    const x = box.x + (event.clientX - area.left) / area.width * box.width;
    const y = box.y + (event.clientY - area.top) / area.height * box.height;
    const distance = point => Math.hypot(point.x - x, point.y - y);
    return points.reduce((best, point, index) => distance(point) < distance(points[best]) ? index : best, 0);
  }

  svg.setAttribute('tabindex', '0');
  svg.setAttribute('role', 'application');
  svg.setAttribute('aria-roledescription', 'chart; arrow keys read its points');
  svg.addEventListener('pointermove', event => show(nearest(event)));
  svg.addEventListener('pointerdown', event => show(nearest(event)));
  svg.addEventListener('pointerleave', event => { if (event.pointerType === 'mouse') { hide(); } });
  svg.addEventListener('focus', () => show(Math.max(shown, 0)));
  svg.addEventListener('blur', hide);
  document.addEventListener('pointerdown', event => {  // a finger beside the chart need not take its focus
    if (!svg.contains(event.target)) {
      hide();
    }
  });
  svg.addEventListener('keydown', event => {
    if (event.altKey || event.ctrlKey || event.metaKey) {
      return;  // the browser's: Alt and an arrow go back a page
    }
    const last = points.length - 1;
    const next = {ArrowRight: shown + 1, ArrowDown: shown + 1, ArrowLeft: shown - 1, ArrowUp: shown - 1, Home: 0, End: last};
    if (event.key in next) {
      event.preventDefault();
      show(Math.min(Math.max(next[event.key], 0), last));
    } else if (event.key === 'Escape') {
      hide();
    }
  });
}

// Which model is chosen, by its number in order of β: where a page has the slider, all that can choose one tells it, and follows when
// another does.

const slider = document.querySelector('[data-block="beta-slider"]');
const tellBeta = index => document.dispatchEvent(new CustomEvent('betavae-beta', {detail: index}));
const whenBeta = follow => document.addEventListener('betavae-beta', event => follow(event.detail));

// The β slider: what it says, the pictures that stand elsewhere on the page under the model's id, the point in the chart.

function betaSlider(root) {
  const models = JSON.parse(root.querySelector('script').textContent);
  const input = root.querySelector('input');

  function choose() {
    const index = Number(input.value);
    const model = models[index];
    input.setAttribute('aria-valuetext', model.name);
    all('[data-value]', root).forEach(cell => { cell.textContent = model[cell.dataset.value]; });
    all('[data-at]', root).forEach(point => point.classList.toggle('chosen', point.dataset.at === '0 ' + index));
    all('.stops span', root).forEach((stop, k) => stop.classList.toggle('chosen', k === index));
    all('[data-view]', root).forEach(view => {
      const source = document.getElementById(`beta-${index}-${view.dataset.view}`);
      view.hidden = !source;
      if (source) {
        const copy = source.cloneNode(true);
        copy.removeAttribute('id');
        view.querySelector('[data-slot]').replaceChildren(copy);
      }
    });
  }

  input.addEventListener('input', () => tellBeta(Number(input.value)));
  whenBeta(index => {
    input.value = index;
    choose();
  });
  all('[data-scripted]', root).forEach(part => { part.hidden = false; });
  tellBeta(Number(input.value));
}

// A stored decoder: layers of 8-bit weights with one scale for each output unit.

const bytes = text => Uint8Array.from(atob(text), character => character.charCodeAt(0));

function floats(text) {
  const view = new DataView(bytes(text).buffer);
  return Float32Array.from({length: view.byteLength / 4}, (_, k) => view.getFloat32(4 * k, true));
}

const sigmoid = x => 1 / (1 + Math.exp(-x));

const activations = {
  identity: x => x,
  relu: x => x < 0 ? 0 : x,
  leaky_relu: x => x < 0 ? 0.01 * x : x,
  elu: x => x < 0 ? Math.expm1(x) : x,
  silu: x => x * sigmoid(x),
  tanh: Math.tanh,
  sigmoid: sigmoid,
  softplus: x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
};

const outputFunctions = {
  identity: x => x,
  sigmoid: sigmoid,
  exponential: x => Math.exp(Math.min(Math.max(x, -300), 300)),
};

function layerOf(stored) {
  const scales = floats(stored.scales);
  const biases = floats(stored.biases);
  const whole = new Int8Array(bytes(stored.weights).buffer);
  const weights = Float32Array.from(whole, (number, k) => number * scales[Math.floor(k / stored.inputs)]);
  const activate = activations[stored.activation];
  return input => {
    const output = new Float64Array(stored.outputs);
    for (let i = 0; i < stored.outputs; ++i) {
      let sum = biases[i];
      const row = i * stored.inputs;
      for (let k = 0; k < stored.inputs; ++k) {
        sum += weights[row + k] * input[k];
      }
      output[i] = activate(sum);
    }
    return output;
  };
}

/// A function from a code to the likelihood's mean.
function decoderOf(stored) {
  const layers = stored.layers.map(layerOf);
  const finish = outputFunctions[stored.output];
  return code => layers.reduce((values, layer) => layer(values), code).map(finish);
}

// The latent explorer: a slider for each latent, a canvas, a way back.

function explorer(root) {
  const models = all('script', root).map(block => ({block, number: Number(block.dataset.model), stored: null}));
  const chooser = root.querySelector('.chooser input');
  const canvas = root.querySelector('canvas');
  const context = canvas.getContext('2d');
  const list = root.querySelector('.latents');
  let model = null;
  let code = [];

  function draw() {
    const {black, white, channels} = model.stored;
    const values = model.decode(code);
    const picture = context.createImageData(canvas.width, canvas.height);
    for (let pixel = 0; pixel < canvas.width * canvas.height; ++pixel) {
      for (let channel = 0; channel < 3; ++channel) {
        const value = values[pixel * channels + Math.min(channel, channels - 1)];
        picture.data[4 * pixel + channel] = 255 * (value - black) / (white - black);  // rounded and cut by its array
      }
      picture.data[4 * pixel + 3] = 255;
    }
    context.putImageData(picture, 0, 0);
  }

  function addSlider(latent) {
    const row = make('label', list, {'class': 'latent'});
    make('span', row).textContent = latent.name;
    make('small', row).textContent = latent.note;
    const input = make('input', row, {type: 'range', min: -3, max: 3, step: 0.05, value: 0});
    const output = make('output', row);
    const show = () => { output.textContent = Number(input.value).toFixed(2).replace('-', '\u2212'); };
    input.addEventListener('input', () => {
      code[latent.index] = Number(input.value);
      show();
      draw();
    });
    show();
  }

  function reset() {
    code = new Array(model.stored.decoder.layers[0].inputs).fill(0);
    all('input', list).forEach(input => { input.value = 0; });
    all('output', list).forEach(output => { output.textContent = '0.00'; });
    draw();
  }

  function choose(number) {
    model = models.find(each => each.number === number);
    root.hidden = !model;
    if (!model) {
      return;
    }
    if (!model.stored) {
      model.stored = JSON.parse(model.block.textContent);
      model.decode = decoderOf(model.stored.decoder);
    }
    if (chooser) {
      chooser.value = models.indexOf(model);
      chooser.setAttribute('aria-valuetext', model.stored.name);
      root.querySelector('.chooser output').textContent = model.stored.name;
    }
    root.querySelector('[data-name]').textContent = model.stored.name;
    root.querySelector('[data-note]').textContent = model.stored.note;
    list.replaceChildren();
    model.stored.latents.forEach(addSlider);
    root.querySelector('button').hidden = !model.stored.latents.length;
    reset();
  }

  root.querySelector('button').addEventListener('click', reset);
  const tell = slider ? tellBeta : choose;  // without it, explorers have nothing in common
  if (chooser) {
    chooser.addEventListener('input', () => tell(models[Number(chooser.value)].number));
  }
  if (slider) {
    whenBeta(choose);
  } else {
    choose(models[0].number);
  }
}

// Explorers come before the slider: they listen to it.
all('svg', document).filter(svg => svg.querySelector('.point[data-x]')).forEach(chart);
all('[data-block="latent-explorer"]', document).forEach(explorer);
if (slider) {
  betaSlider(slider);
}

// For tests, and for those who look into the page: what a stored decoder gives at a code.
window.betavae = {decode: (stored, code) => Array.from(decoderOf(stored)(code))};

})();
)js";

}  // namespace betavae::detail
