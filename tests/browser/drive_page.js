// Drives the page about β: eight models, the last of them silent.
harness.run(() => {
  const check = harness.check;
  const all = selector => Array.from(document.querySelectorAll(selector));
  const one = selector => document.querySelector(selector);
  const shown = element => element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible';
  const move = (input, value) => {
    input.value = value;
    input.dispatchEvent(new Event('input', {bubbles: true}));
  };
  const fits = when => check(`nothing is wider than the screen ${when}`,
    document.documentElement.scrollWidth <= innerWidth, `${document.documentElement.scrollWidth} > ${innerWidth}`);
  fits('at first');

  // The β slider.
  const knob = one('#beta-slider');
  check('the slider is seen', shown(knob));
  check('the slider has a label', knob.labels.length === 1 && knob.labels[0].textContent.includes('β'));
  check('the slider stops at eight models', knob.min === '0' && knob.max === '7' && knob.step === '1');
  knob.focus();
  check('the slider takes the keyboard', document.activeElement === knob);
  const view = name => one(`.beta-slider [data-view="${name}"] img`);
  const canvas = one('canvas');
  const seen = {reconstructions: new Set(), samples: new Set(), traversals: new Set(), canvas: new Set()};
  for (let k = 7; k >= 0; --k) {
    move(knob, k);
    check(`${k}: the name is told`, knob.getAttribute('aria-valuetext') === one('[data-value="name"]').textContent);
    check(`${k}: the rate is that of the table`,
      one('[data-value="rate"]').textContent === all('tbody tr')[k].children[1].textContent + ' nats',
      one('[data-value="rate"]').textContent);
    for (const name of ['reconstructions', 'samples', 'traversals']) {
      const source = document.getElementById(`beta-${k}-${name}`);
      const panel = one(`.beta-slider [data-view="${name}"]`);
      check(`${k}: ${name} are seen where there are any`, shown(panel) === Boolean(source));
      if (source) {
        const original = source.matches('img') ? source : source.querySelector('img');
        const copy = name === 'reconstructions' ? panel.querySelector('[data-slot] img') : view(name);
        check(`${k}: ${name} are those of the model`, copy.src === original.src);
        check(`${k}: ${name} are images`, copy.complete && copy.naturalWidth > 0, copy.naturalWidth);
        check(`${k}: ${name} have a size`, copy.getBoundingClientRect().width > 50, copy.getBoundingClientRect().width);
        seen[name].add(copy.src);
      }
    }
    seen.canvas.add(canvas.toDataURL());
    const chosen = all('.beta-slider svg').map(svg => Array.from(svg.querySelectorAll('.chosen'), g => g.dataset.at).join());
    check(`${k}: the chosen point is marked in both drawings`, chosen.length === 2 && chosen.every(at => at === `0 ${k}`), chosen);
    check(`${k}: the chooser of the decoder follows`, one('.chooser input').value === String(k), one('.chooser input').value);
    check(`${k}: a slider for each active latent, twelve at most`, all('.latents input').length === Math.min(12, 20 - 3 * k + (k > 6)),
      all('.latents input').length);
  }
  check('every model reconstructs, draws and decodes its own pictures', seen.reconstructions.size === 8 &&
    seen.samples.size === 8 && seen.traversals.size === 7 && seen.canvas.size === 8,
    Object.values(seen).map(set => set.size));
  check('no id stands twice', new Set(all('[id]').map(e => e.id)).size === all('[id]').length);
  fits('at the lowest β');

  // Values of the chart.
  const svg = all('.beta-slider svg').find(shown);
  const label = svg.parentNode.querySelector('.value');
  const dot = at => svg.querySelector(`[data-at="0 ${at}"] .mark`).getBoundingClientRect();
  const point = (type, at, pointerType, shift) => svg.dispatchEvent(new PointerEvent(type, {pointerType, bubbles: true,
    clientX: dot(at).left + dot(at).width / 2 + shift, clientY: dot(at).top + dot(at).height / 2 + shift}));
  check('no value is seen before', !shown(label));
  for (const at of [0, 3, 7]) {
    point('pointermove', at, 'mouse', 3);
    const row = Array.from(all('tbody tr')[at].children, cell => cell.textContent);
    check(`the pointer at point ${at} shows its β`, shown(label) && label.children[0].textContent === `β\u00a0=\u00a0${row[0]}`,
      label.textContent);
    check(`the pointer at point ${at} shows the rate with its unit`, label.children[1].textContent.startsWith('rate ') &&
      label.children[1].textContent.endsWith(' nats'), label.textContent);
    check(`the pointer at point ${at} shows the distortion with its unit`, label.children[2].textContent.startsWith('distortion ') &&
      label.children[2].textContent.endsWith(' nats'), label.textContent);
    const [inner, outer] = [label.getBoundingClientRect(), svg.parentNode.getBoundingClientRect()];
    check(`the value at point ${at} stays in the chart`, inner.left >= outer.left - 1 && inner.right <= outer.right + 1 &&
      inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1, JSON.stringify([inner, outer]));
    const mark = dot(at);
    check(`the value at point ${at} does not hide it`, inner.bottom <= mark.top || inner.top >= mark.bottom);
  }
  fits('with a value');
  point('pointerleave', 7, 'mouse', 0);
  check('the value goes with the mouse', !shown(label));
  point('pointerdown', 2, 'touch', 8);
  point('pointerleave', 2, 'touch', 8);
  check('a finger that moves across the chart is the chart\'s', getComputedStyle(svg).touchAction === 'pan-y');
  check('the value of a tap stays', shown(label) && label.textContent.includes(all('tbody tr')[2].children[0].textContent));
  const key = (name, held) => svg.dispatchEvent(new KeyboardEvent('keydown', {key: name, bubbles: true, cancelable: true, ...held}));
  svg.focus();
  check('the chart takes the keyboard', document.activeElement === svg);
  key('Home');
  const first = label.textContent;
  key('ArrowRight');
  check('an arrow goes to the next point', shown(label) && label.textContent !== first);
  key('ArrowLeft');
  key('ArrowLeft');
  check('no arrow goes beyond the first', label.textContent === first);
  check('the arrow down is the chart\'s', !key('ArrowDown') && label.textContent !== first);
  check('the arrow up is the chart\'s', !key('ArrowUp') && label.textContent === first);
  for (const held of ['altKey', 'ctrlKey', 'metaKey']) {
    check(`keys with ${held} are the browser's`, ['ArrowRight', 'End', 'Escape'].every(name => key(name, {[held]: true})) &&
      shown(label) && label.textContent === first, label.textContent);
  }
  key('Escape');
  check('Escape hides the value', !shown(label));
  check('the tooltip of the browser makes room', svg.querySelectorAll('title').length === 0);

  // The decoder.
  const chooser = one('.chooser input');
  move(chooser, 1);
  check('the chooser moves the slider of β', knob.value === '1');
  const atZero = canvas.toDataURL();
  const drawings = new Set([atZero]);
  const sliders = all('.latents input');
  sliders.forEach(slider => {
    check('a latent goes from −3 to 3', slider.min === '-3' && slider.max === '3' && slider.value === '0');
    check('a latent has a label', slider.labels.length === 1 && slider.labels[0].textContent.startsWith('latent '));
    move(slider, -2.5);
    drawings.add(canvas.toDataURL());
    check('its value is told', slider.labels[0].querySelector('output').textContent === '−2.50');
  });
  check('each latent changes the drawing', drawings.size === sliders.length + 1, drawings.size);
  one('.explorer button').click();
  check('the button brings back the drawing', canvas.toDataURL() === atZero);
  check('the button brings back the sliders', all('.latents input').every(slider => Number(slider.value) === 0));
  move(knob, 7);
  check('a silent model says so', one('[data-note]').textContent.startsWith('No latent is active') && !shown(one('.explorer button')));
  fits('with a silent model');
});
