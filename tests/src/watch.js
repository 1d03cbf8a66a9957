// Runs before the first script of every page that a test opens, and keeps what happens there in `watched`.
//
// `requests`: what the page fetched, with its body. `events`: the widget's. `violations`: of the page's policy. `shifts`: of the layout.
// `answer`: when a test sets this function, it answers in the network's place: a Response or a promise of one.
// `gate`: when a test sets this promise, a request waits for it before it goes out.

{
  const watched = { requests: [], events: [], violations: [], shifts: [], answer: null, gate: null };
  Object.defineProperty(window, 'watched', { value: watched });

  for (const name of ['raseed-ready', 'raseed-change', 'raseed-error']) {
    addEventListener(name, ({ detail }) => watched.events.push({ name, detail }));
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
    if (watched.answer) return watched.answer(request);
    return watched.gate ? watched.gate.then(() => send.apply(this, arguments)) : send.apply(this, arguments);
  };
}
