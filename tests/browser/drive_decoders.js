// Compares what stored decoders give in the page with what they give in C++.
harness.run(() => {
  const expected = JSON.parse(document.getElementById('expected').textContent);
  const largest = (a, b) => a.reduce((most, value, k) => Math.max(most, Math.abs(value - b[k])), 0);
  expected.forEach(({name, decoder, codes, outputs, unrounded}) => {
    codes.forEach((code, k) => {
      const values = window.betavae.decode(decoder, code);
      harness.check(`${name}: as many outputs`, values.length === outputs[k].length, values.length);
      const error = largest(values, outputs[k]);
      harness.check(`${name}: code ${k} as in C++ to 1e-4`, error <= 1e-4, error);  // NaN fails too
      harness.check(`${name}: code ${k}: the test tells the stored weights from the others`, !(largest(values, unrounded[k]) <= 1e-4));
    });
  });
  harness.check('several decoders', expected.length >= 4);
});
