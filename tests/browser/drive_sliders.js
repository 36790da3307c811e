// A page with two sliders of β: the first works, the second is seen as without script.
harness.run(() => {
  const check = harness.check;
  const [first, second] = document.querySelectorAll('.beta-slider');
  const seen = (root, selector) => Array.from(root.querySelectorAll(selector)).filter(e => e.getClientRects().length > 0).length;
  const input = first.querySelector('input');
  input.value = 2;
  input.dispatchEvent(new Event('input', {bubbles: true}));
  check('the first slider is seen', seen(first, '.knob input') === 1);
  check('the label is the first slider\'s', input.labels.length >= 1 && first.contains(input.labels[0]));
  check('the first slider chooses', input.getAttribute('aria-valuetext') === first.querySelector('[data-value="name"]').textContent &&
    first.querySelector('svg .chosen').dataset.at === '0 2');
  check('the chart of the second is seen', seen(second, 'svg') === 1);
  check('nothing else of the second is seen', seen(second, '.knob, .view, input') === 0 && !second.querySelector('.chosen'));
});
