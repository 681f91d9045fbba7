// For every test: what jsdom lacks, and a clean page after each.
import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(cleanup);
configure({ asyncUtilTimeout: 10_000 });

window.matchMedia ??= ((query: string) => ({
  matches: false,
  media: query,
  addEventListener() {},
  removeEventListener() {},
})) as unknown as typeof window.matchMedia;

Element.prototype.scrollIntoView ??= () => {};

// jsdom has no layout: without a height a virtual list would show no row at all.
Object.defineProperties(Element.prototype, {
  clientHeight: { configurable: true, get: () => 600 },
  clientWidth: { configurable: true, get: () => 1000 },
});
Object.defineProperties(HTMLElement.prototype, {
  offsetHeight: { configurable: true, get: () => 40 },
  offsetWidth: { configurable: true, get: () => 1000 },
});
