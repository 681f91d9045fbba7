// What is typed or chosen on a screen, and saved nowhere yet, outlives a change of language and a lock.
// Over a change of language it goes in the memory of the window only (its web data are never written), and is taken out
// of there at once. Over a lock it goes into the core, which closes it up with everything else of the officer's.
import { type Dispatch, type SetStateAction, useEffect, useRef, useState } from 'react';
import { asRefusal, call } from '../backend';
import { type Cursor, findCursor, putCursor } from './cursor';

const PLACE = 'esik-kept';

interface Standing {
  /** What of it may leave the screen. */
  read: () => unknown;
  /** What it was when its screen opened: nothing is lost with it. */
  first: unknown;
}

/** What one page leaves to another. */
interface Left {
  /** The place in the window. */
  at: string;
  values: [string, unknown][];
  cursor: Cursor | null;
}

/** What stands on the screen now, by its name. */
const standing = new Map<string, Standing>();
/** What the page before left here, until its screen has it. */
let waiting = new Map<string, unknown>();
takeKept();

type Kept<T> = [T, Dispatch<SetStateAction<T>>];

/** `useState` whose value neither a change of language nor a lock loses. Its name is the screen's own; the value is one that JSON
 * holds, or a map or set of such. `goes`: what of it may leave the screen, which no password does. */
export function useKept<T>(name: string): Kept<T | undefined>;
export function useKept<T>(name: string, initial: T | (() => T), goes?: (now: T) => T): Kept<T>;
export function useKept<T>(
  name: string,
  initial?: T | (() => T),
  goes: (now: T) => T = same,
): Kept<T> {
  const first = useRef<T | undefined>(undefined);
  const state = useState(() => {
    first.current = typeof initial === 'function' ? (initial as () => T)() : (initial as T);
    return waiting.has(name) ? (waiting.get(name) as T) : first.current;
  });
  const now = useRef(state[0]);
  now.current = state[0];
  const leaves = useRef(goes);
  leaves.current = goes;
  useEffect(() => {
    waiting.delete(name);
    const one = { read: () => leaves.current(now.current), first: first.current };
    standing.set(name, one);
    return () => {
      if (standing.get(name) === one) standing.delete(name);
    };
  }, [name]);
  return state;
}

/** Puts down what stands on the screen, for the page that comes after this one. */
export function keepTyped(): void {
  sessionStorage.setItem(PLACE, left());
}

/** Before a lock and before the program ends: gives the core what the officer has half-typed. Refused by a disk that is full. */
export async function keepOverLock(): Promise<void> {
  const typed = waiting.size > 0 || [...standing.values()].some(isTyped);
  try {
    await call('typed_keep', { text: typed ? left() : null });
  } catch (error) {
    // Locked by another hand already: there is nobody to keep it for.
    if (asRefusal(error).code !== 'locked') throw error;
  }
}

/** After the same officer opened the desk, before their screens are there: back to the place and what was typed in it. */
export async function takeAfterLock(): Promise<void> {
  const { text } = await call('typed_take', {});
  if (text === null) return;
  const back = read(text);
  if (!back) return;
  window.history.replaceState(null, '', back.at);
  take(back);
}

/** Nobody comes back to it: the desk was locked, or another place was gone to. */
export function forgetKept(): void {
  waiting.clear();
}

/** Reads what the page before put down, if this is the same place. */
export function takeKept(): void {
  const text = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  const back = read(text ?? '');
  if (back?.at === window.location.hash) take(back);
  else waiting = new Map();
}

function same<T>(value: T): T {
  return value;
}

window.addEventListener('hashchange', forgetKept);

/** Also what its screen has not come to take yet. */
function left(): string {
  const values = [...waiting, ...[...standing].map(([name, one]) => [name, one.read()] as const)];
  const all: Left = {
    at: window.location.hash,
    values: values.filter(([, value]) => value !== undefined) as Left['values'],
    cursor: findCursor(),
  };
  return JSON.stringify(all, plain);
}

function read(text: string): Left | undefined {
  try {
    return JSON.parse(text, whole) as Left;
  } catch {
    // Nothing was put down.
    return undefined;
  }
}

function take(back: Left): void {
  waiting = new Map(back.values);
  if (back.cursor) putCursor(back.cursor);
}

function isTyped(one: Standing): boolean {
  return JSON.stringify(one.read(), plain) !== JSON.stringify(one.first, plain);
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
