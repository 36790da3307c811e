// A page of an explorer without a slider of β, images in colour, and a chart with text that tries to be markup.
harness.run(() => {
  const check = harness.check;
  const canvas = document.querySelector('canvas');
  const pixel = k => Array.from(canvas.getContext('2d').getImageData(k % canvas.width, Math.floor(k / canvas.width), 1, 1).data);
  const expected = JSON.parse(document.getElementById('expected').textContent);
  expected.forEach((rgb, k) => check(`pixel ${k}`, pixel(k).slice(0, 3).every((v, c) => Math.abs(v - rgb[c]) <= 1), pixel(k)));
  check('colour is drawn', expected.some(([r, g, b]) => Math.max(r, g, b) - Math.min(r, g, b) > 20));
  check('one model has no chooser', !document.querySelector('.chooser'));
  check('the name is text', document.querySelector('[data-name]').textContent === '<\/script><b>&"\'', document.querySelector('[data-name]').textContent);
  const svg = Array.from(document.querySelectorAll('figure svg')).find(element => element.getClientRects().length > 0);
  svg.focus();
  check('the label is text', svg.parentNode.querySelector('.value span').textContent === '<\/script><b>&"\'');
});
