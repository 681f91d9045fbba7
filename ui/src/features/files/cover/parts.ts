// The parts of a picture that are to be covered, in ten-thousandths of it: where they are, and every step back.

export interface Part {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Marked {
  parts: Part[];
  /** What stood before each step, the newest last. */
  past: Part[][];
}

export const NOTHING: Marked = { parts: [], past: [] };

const WHOLE = 10_000;
/** Covered parts of one picture, at most; the core counts again. */
export const PARTS_MAX = 50;
/** A part is at least so wide and so high. */
const LEAST = 100;
/** One press of an arrow. */
const STEP = 100;
/** A new part lies in the middle. */
const FIRST: Part = { x: 4_000, y: 4_500, w: 2_000, h: 1_000 };
/** Steps that can be taken back. */
const PAST_MAX = 100;

const within = (n: number, least: number, most: number) =>
  Math.round(Math.min(Math.max(n, least), most));

/** The part as near to this as the picture allows; moved, its size stays. */
export function fitted(part: Part): Part {
  const w = within(part.w, LEAST, WHOLE);
  const h = within(part.h, LEAST, WHOLE);
  return { x: within(part.x, 0, WHOLE - w), y: within(part.y, 0, WHOLE - h), w, h };
}

/** Its lower right corner goes; it ends where the picture ends. */
export function sized(part: Part, w: number, h: number): Part {
  return {
    ...part,
    w: within(w, LEAST, WHOLE - part.x),
    h: within(h, LEAST, WHOLE - part.y),
  };
}

/** What lies between two places, one the other's opposite corner. */
export function spanned(a: Place, b: Place): Part {
  const [ax, ay, bx, by] = [a.x, a.y, b.x, b.y].map((n) => within(n, 0, WHOLE)) as [
    number,
    number,
    number,
    number,
  ];
  return fitted({
    x: Math.min(ax, bx),
    y: Math.min(ay, by),
    w: Math.abs(ax - bx),
    h: Math.abs(ay - by),
  });
}

export interface Place {
  x: number;
  y: number;
}

/** A new one in the middle, a little beside one that lies there already. */
export function another(parts: readonly Part[]): Part {
  let one = FIRST;
  while (parts.some((p) => p.x === one.x && p.y === one.y) && one.y + one.h < WHOLE) {
    one = { ...one, x: one.x + 2 * STEP, y: one.y + 2 * STEP };
  }
  return fitted(one);
}

/** An arrow moves the part; with Shift it changes its size. */
export function pressed(part: Part, code: string, shift: boolean): Part | undefined {
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[code];
  if (!by) return undefined;
  const [dx = 0, dy = 0] = by.map((n) => n * STEP);
  if (shift) return sized(part, part.w + dx, part.h + dy);
  return fitted({ ...part, x: part.x + dx, y: part.y + dy });
}

/** A step that can be taken back. `again`: it goes on with the one before, as a held arrow does. */
export function stepped(now: Marked, parts: Part[], again = false): Marked {
  const past = again ? now.past : [...now.past, now.parts].slice(-PAST_MAX);
  return { parts, past };
}

export function back(now: Marked): Marked {
  const parts = now.past.at(-1);
  return parts ? { parts, past: now.past.slice(0, -1) } : now;
}

/** In whole per cent, as it is said. */
export function inPercent(part: Part): Part {
  const percent = (n: number) => Math.round(n / 100);
  return { x: percent(part.x), y: percent(part.y), w: percent(part.w), h: percent(part.h) };
}
