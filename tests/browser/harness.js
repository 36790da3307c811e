// Stands before everything else on the page under test: collects what goes wrong and what is checked, and tells it to the frame around.
const harness = (() => {
  const lines = [];
  const fail = (what, text) => lines.push(`FAILS: ${what}: ${text}`);
  // In the capture phase, since the error of an element that does not load, as of a broken image, does not bubble.
  window.addEventListener('error', event => fail('no error', event.message || String(event.target.src).slice(0, 80)), true);
  window.addEventListener('unhandledrejection', event => fail('no rejected promise', String(event.reason)));
  document.addEventListener('securitypolicyviolation', event => fail('no request', event.blockedURI));
  console.error = (...parts) => fail('nothing on console.error', parts.join(' '));
  return {
    check(what, holds, seen) {
      lines.push(holds ? `holds: ${what}` : `FAILS: ${what}: ${seen === undefined ? '' : seen}`);
    },
    // Errors of the driver itself are failures too; its last line tells that it came to its end.
    run(drive) {
      window.addEventListener('load', () => {
        try {
          drive();
        } catch (error) {
          fail('the driver runs', error.stack);
        }
        // One turn later, so that events that are dispatched late have come.
        setTimeout(() => parent.postMessage(lines.concat(`checked: ${lines.length}`).join('\n'), '*'), 50);
      });
    },
  };
})();
