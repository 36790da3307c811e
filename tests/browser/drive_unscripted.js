// In the frame around a page that may run no script: what of it is seen.
addEventListener('load', () => {
  const lines = [];
  const inner = document.querySelector('iframe').contentDocument;
  const seen = selector => Array.from(inner.querySelectorAll(selector)).filter(e => e.getClientRects().length > 0);
  const check = (what, holds) => lines.push((holds ? 'holds: ' : 'FAILS: ') + what);
  check('no script ran', inner.querySelectorAll('.value').length === 0);
  check('the chart is seen', seen('.beta-slider svg').length === 1);
  check('its tooltips are there', seen('.beta-slider svg .point')[3].querySelector('title').textContent ===
    'β\u00a0=\u00a04: rate 10 nats, distortion 290 nats');
  check('pictures of all models are seen', seen('[id$="-reconstructions"]').length === 8 && seen('[id$="-samples"]').length === 8);
  check('the table is seen', seen('tbody tr').length === 8);
  check('nothing is seen that needs the script', seen('input, button, canvas, output, .knob, .view').length === 0);
  check('nothing is wider than the screen', inner.documentElement.scrollWidth <= document.querySelector('iframe').clientWidth);
  document.getElementById('result').textContent = lines.concat(`checked: ${lines.length}`).join('\n');
});
