// Where the cursor stands, told without words: the next page may be in another language.

/** One control of a page. */
export interface Cursor {
  /** In the window over the screen, on the screen itself, or beside it. */
  in: 'dialog' | 'main' | 'body';
  /** Which of the controls there, and how many there are. */
  n: number;
  of: number;
  /** What kind of control. */
  kind: string;
  /** What is selected of its text. */
  from: number | null;
  to: number | null;
}

const HOMES = { dialog: '[role="dialog"], [role="alertdialog"]', main: '#main', body: 'body' };
const CONTROLS = 'input, textarea, select, button, a[href], summary, [tabindex]';
/** How often one looks whether the screen is there, and how long. */
const EVERY_MS = 50;
const MOST_MS = 4000;
/** So long the place is held against a field that takes the cursor when it appears. */
const HELD_MS = 400;

/** Where the cursor is now; `null` when nowhere. */
export function findCursor(): Cursor | null {
  const now = document.activeElement;
  if (!(now instanceof HTMLElement) || now === document.body) return null;
  for (const place of ['dialog', 'main', 'body'] as const) {
    const home = now.closest(HOMES[place]);
    if (!home) continue;
    const all = controls(home);
    const n = all.indexOf(now);
    return n < 0 ? null : { in: place, n, of: all.length, kind: kindOf(now), ...selected(now) };
  }
  return null;
}

let giveUp = () => {};

/** Puts it back when its screen is there, unless the officer goes somewhere first. */
export function putCursor(cursor: Cursor): void {
  giveUp();
  const began = Date.now();
  let put: HTMLElement | undefined;
  let until = began + MOST_MS;
  const look = () => {
    const late = Date.now() >= until;
    if (put) {
      if (put.isConnected && document.activeElement !== put) focus(put, cursor);
      if (late) giveUp();
      return;
    }
    const all = controls(lastOf(HOMES[cursor.in]));
    const one = all[cursor.n];
    // While lists are still coming another control may stand there.
    if (one && kindOf(one) === cursor.kind && (all.length === cursor.of || late)) {
      focus(one, cursor);
      put = one;
      until = Date.now() + HELD_MS;
    } else if (late) giveUp();
  };
  const timer = setInterval(look, EVERY_MS);
  const away = () => giveUp();
  giveUp = () => {
    clearInterval(timer);
    window.removeEventListener('keydown', away, true);
    window.removeEventListener('pointerdown', away, true);
    giveUp = () => {};
  };
  window.addEventListener('keydown', away, true);
  window.addEventListener('pointerdown', away, true);
}

function lastOf(css: string): Element | undefined {
  return [...document.querySelectorAll(css)].at(-1);
}

function controls(home: Element | undefined): HTMLElement[] {
  return home ? [...home.querySelectorAll<HTMLElement>(CONTROLS)] : [];
}

function kindOf(one: HTMLElement): string {
  return [one.localName, one.getAttribute('type'), one.getAttribute('role')]
    .filter(Boolean)
    .join(' ');
}

function selected(one: HTMLElement): Pick<Cursor, 'from' | 'to'> {
  return one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement
    ? { from: one.selectionStart, to: one.selectionEnd }
    : { from: null, to: null };
}

function focus(one: HTMLElement, { from, to }: Cursor): void {
  one.focus();
  if (from === null) return;
  if (one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement) {
    one.setSelectionRange(from, to);
  }
}
