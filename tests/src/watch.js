// Runs before the first script of every page that a test opens, and keeps what happens there in `watched`.
//
// `requests`: what the page fetched, with its body. `events`: the widget's. `violations`: of the page's policy. `shifts`: of the layout.
// `memory`: the Wasm's. `times`: when the static form stood, the Wasm could answer, and the first lasting state was reached, from the navigation on.
// `meet`: when a test sets this function, it decides what becomes of a request: `go()` sends it, and what is returned is the page's answer; the signal
// ends it.

{
  const watched = { requests: [], events: [], violations: [], shifts: [], times: {}, memory: null, meet: null };
  Object.defineProperty(window, 'watched', { value: watched });

  for (const name of ['raseed-ready', 'raseed-change', 'raseed-error']) {
    addEventListener(name, ({ detail }) => watched.events.push({ name, detail }));
  }
  const note = (what) => { watched.times[what] ??= performance.now(); };
  customElements.whenDefined('raseed-checkout').then(() => note('form'));
  addEventListener('raseed-ready', () => note('ready'));
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const make = WebAssembly[name];
    WebAssembly[name] = async (...all) => {
      const made = await make.apply(WebAssembly, all);
      const { exports } = made.instance ?? made;
      watched.memory = Object.values(exports).find((each) => each instanceof WebAssembly.Memory);
      note('wasm');
      return made;
    };
  }
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
    watched.violations.push([violatedDirective, blockedURI, sample].join(' '));
  });
  const box = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(' ');
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      // What moves inside the widget has no node here, only its place.
      const nodes = sources.map(({ node, previousRect, currentRect }) => [node?.id || node?.className || node?.nodeName, box(previousRect), box(currentRect)]);
      watched.shifts.push({ value, hadRecentInput, nodes });
    }
  }).observe({ type: 'layout-shift', buffered: true });

  const send = window.fetch;
  window.fetch = function fetch(address, options = {}) {
    const { method = 'GET', body = null, headers = {} } = options;
    const request = { method, path: new URL(address, location).pathname, body, key: headers['idempotency-key'] ?? null };
    watched.requests.push(request);
    const go = () => send.apply(this, arguments);
    return watched.meet ? watched.meet(request, go, options.signal) : go();
  };
}
