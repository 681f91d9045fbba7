// What of the board is shown: of one body, one theme, one officer, some last days, with some words.
import type { Queue, SavedQueue } from '../../backend';

export interface Only {
  agency: string | null;
  category: string | null;
  officer: string | null;
  /** The last day is this one or later. */
  from: string | null;
  /** The last day is this one or earlier. */
  until: string | null;
  /** Words of the search field, trimmed. */
  filter: string;
}

export const EVERYTHING: Only = {
  agency: null,
  category: null,
  officer: null,
  from: null,
  until: null,
  filter: '',
};

/** True when something is left out. */
export function narrows(only: Only): boolean {
  return !same(only, EVERYTHING);
}

/** True when a queue of the officer's own shows just this. */
export function isThis(saved: SavedQueue, queue: Queue, only: Only): boolean {
  return saved.queue === queue && same(saved, only);
}

function same(a: Only, b: Only): boolean {
  return (Object.keys(EVERYTHING) as (keyof Only)[]).every((part) => a[part] === b[part]);
}
