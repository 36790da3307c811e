// Two charts and two explorers on a page without a slider of β: none touches the other.
harness.run(() => {
  const check = harness.check;
  const all = selector => Array.from(document.querySelectorAll(selector));
  const move = (input, value) => {
    input.value = value;
    input.dispatchEvent(new Event('input', {bubbles: true}));
  };

  const charts = all('figure svg').filter(svg => svg.getClientRects().length > 0);
  const labels = charts.map(svg => svg.parentNode.querySelector('.value'));
  const seen = () => labels.map(label => getComputedStyle(label).visibility === 'visible').join();
  const point = (type, svg, at) => {
    const mark = svg.querySelector(`[data-at="0 ${at}"] .mark`).getBoundingClientRect();
    svg.dispatchEvent(new PointerEvent(type, {pointerType: 'touch', bubbles: true, clientX: mark.left, clientY: mark.top}));
  };
  check('two charts are seen', charts.length === 2);
  point('pointerdown', charts[0], 1);
  check('a tap shows the first chart\'s value', seen() === 'true,false', seen());
  point('pointerdown', charts[1], 0);
  check('a tap on the second chart hides the first one\'s value', seen() === 'false,true', seen());
  document.body.dispatchEvent(new PointerEvent('pointerdown', {pointerType: 'touch', bubbles: true}));
  check('a tap beside the charts hides all values', seen() === 'false,false', seen());

  const written = new MutationObserver(() => {});
  written.observe(labels[0], {childList: true, characterData: true, subtree: true});
  const writes = at => {
    point('pointermove', charts[0], at);
    return written.takeRecords().length > 0;
  };
  check('what was hidden is written again at the same point', writes(1) && seen() === 'true,false', seen());
  check('a move over the same point writes nothing', !writes(1));
  check('a move to another point writes', writes(0));

  const explorers = all('.explorer');
  const names = () => explorers.map(root => root.querySelector('[data-name]').textContent).join();
  check('both explorers draw their first model', names() === 'low,low', names());
  const latent = explorers[1].querySelector('.latents input');
  move(latent, 2);
  move(explorers[0].querySelector('.chooser input'), 1);
  check('the first one\'s chooser chooses for it alone', names() === 'high,low', names());
  check('the second one\'s latents stay where they are', latent.isConnected && latent.value === '2', latent.value);
});
