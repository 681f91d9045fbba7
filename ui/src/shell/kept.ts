// What is typed or chosen on a screen, and saved nowhere yet, goes with the page over a change of language.
// In the memory of the window only (its web data are never written), and taken out of there at once.
import { type Dispatch, type SetStateAction, useEffect, useRef, useState } from 'react';

const PLACE = 'esik-kept';

/** What stands on the screen now, by its name. */
const standing = new Map<string, () => unknown>();
/** What the page before left here, until its screen has it. */
let waiting = take();

type Kept<T> = [T, Dispatch<SetStateAction<T>>];

/** `useState` whose value a change of language does not lose. Its name is the screen's own; the value is one that JSON holds, or a
 * map or set of such. `goes`: what of it may leave the screen, which no password does. */
export function useKept<T>(name: string): Kept<T | undefined>;
export function useKept<T>(name: string, initial: T | (() => T), goes?: (now: T) => T): Kept<T>;
export function useKept<T>(
  name: string,
  initial?: T | (() => T),
  goes: (now: T) => T = same,
): Kept<T> {
  const state = useState(() =>
    waiting.has(name)
      ? (waiting.get(name) as T)
      : typeof initial === 'function'
        ? (initial as () => T)()
        : (initial as T),
  );
  const now = useRef(state[0]);
  now.current = state[0];
  const leaves = useRef(goes);
  leaves.current = goes;
  useEffect(() => {
    waiting.delete(name);
    const read = () => leaves.current(now.current);
    standing.set(name, read);
    return () => {
      if (standing.get(name) === read) standing.delete(name);
    };
  }, [name]);
  return state;
}

/** Puts down what stands on the screen, for the page that comes after this one. */
export function keepTyped(): void {
  const values = [...standing]
    .map(([name, read]) => [name, read()])
    .filter(([, value]) => value !== undefined);
  sessionStorage.setItem(PLACE, JSON.stringify({ at: window.location.hash, values }, plain));
}

/** Nobody comes back to it: the desk was locked, or another place was gone to. */
export function forgetKept(): void {
  waiting.clear();
}

/** Reads what the page before put down, if this is the same place. */
export function takeKept(): void {
  waiting = take();
}

function same<T>(value: T): T {
  return value;
}

window.addEventListener('hashchange', forgetKept);

function take(): Map<string, unknown> {
  const text = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  try {
    const { at, values } = JSON.parse(text ?? '', whole) as {
      at: string;
      values: [string, unknown][];
    };
    return new Map(at === window.location.hash ? values : []);
  } catch {
    // Nothing was put down.
    return new Map();
  }
}

// A map and a set go through JSON by their entries.
function plain(_: string, value: unknown): unknown {
  if (value instanceof Map) return { $map: [...value] };
  if (value instanceof Set) return { $set: [...value] };
  return value;
}

function whole(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$map' in value) return new Map(value.$map as [unknown, unknown][]);
  if ('$set' in value) return new Set(value.$set as unknown[]);
  return value;
}
