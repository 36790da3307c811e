// Goes wrong in every way that the harness must see.
harness.run(() => {
  harness.check('a check that does not hold', false);
  console.error('said');
  Promise.reject(new Error('promised'));
  setTimeout(() => { throw new Error('thrown'); });
  document.body.appendChild(document.createElement('img')).src = 'https://example.org/picture.png';
  document.body.appendChild(document.createElement('img')).src = 'data:image/png;base64,AAAA';
});
