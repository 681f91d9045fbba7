// Keys of the whole window, by physical key (`event.code`): with a Kazakh or Russian layout the
// letter under K is another one.
import { tinykeys } from 'tinykeys';

export type Bindings = Record<string, () => void>;

/** Binds chords; the browser's own meaning of them is switched off. A key held down acts once. */
export function bindKeys(bindings: Bindings): () => void {
  return tinykeys(
    window,
    Object.fromEntries(
      Object.entries(bindings).map(([keys, act]) => [
        keys,
        (event: KeyboardEvent) => {
          event.preventDefault();
          if (!event.repeat) act();
        },
      ]),
    ),
  );
}

/** Reloading by hand would only lose the place; nothing on the screen needs it. */
export function forbidReload(): () => void {
  return bindKeys({
    F5: noop,
    'Control+F5': noop,
    'Control+KeyR': noop,
    'Control+Shift+KeyR': noop,
  });
}

function noop(): void {}

/** Marks the page while F6 walks its regions: only then does a whole region show its ring. */
export function markRegions(): () => void {
  const root = document.documentElement;
  const onKey = (event: KeyboardEvent) => {
    if (event.code === 'F6') root.dataset.f6 = '';
    else delete root.dataset.f6;
  };
  const onPointer = () => {
    delete root.dataset.f6;
  };
  window.addEventListener('keydown', onKey, { capture: true });
  window.addEventListener('pointerdown', onPointer, { capture: true });
  return () => {
    window.removeEventListener('keydown', onKey, { capture: true });
    window.removeEventListener('pointerdown', onPointer, { capture: true });
  };
}

/** Calls `idle` after so many minutes without a key or a click. */
export function watchIdle(minutes: number, idle: () => void): () => void {
  let last = Date.now();
  const touch = () => {
    last = Date.now();
  };
  // A clock looked at, not a timer alone: a computer that slept has been idle all the while.
  const timer = setInterval(() => {
    if (Date.now() - last >= minutes * 60_000) {
      last = Date.now();
      idle();
    }
  }, 5_000);
  const events = ['keydown', 'pointerdown', 'wheel'] as const;
  for (const event of events)
    window.addEventListener(event, touch, { passive: true, capture: true });
  return () => {
    clearInterval(timer);
    for (const event of events) window.removeEventListener(event, touch, { capture: true });
  };
}
