// What is wrong with the layout of the page: what is wider than the window, and what has moved by itself since this was last asked.
//
// Waits until every animation has ended, so that a picture taken after it shows nothing half faded in. What moves because somebody has just clicked or
// typed is no surprise.

const outside = (each) => {
  const { left, right, width } = each.getBoundingClientRect();
  return width > 0 && each.checkVisibility() && (right > innerWidth + 1 || left < -1);
};

const hosts = [...document.querySelectorAll('raseed-checkout')].filter((host) => host.shadowRoot);
const roots = [document, ...hosts.map((host) => host.shadowRoot)];
await Promise.allSettled(roots.flatMap((root) => root.getAnimations()).map(({ finished }) => finished));

const wide = roots.flatMap((root) => [...root.querySelectorAll('*')]).filter(outside).map((each) => each.outerHTML.slice(0, 90));
if (document.documentElement.scrollWidth > innerWidth) wide.push('the page');

// Entries reach their observer after the frame that they belong to.
await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
const moved = watched.shifts.splice(0).filter(({ hadRecentInput }) => !hadRecentInput);
return [...wide.map((each) => `too wide: ${each}`), ...moved.map((each) => `moved: ${JSON.stringify(each)}`)];
