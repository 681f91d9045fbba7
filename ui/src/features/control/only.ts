// What of the board is shown: of one body, one theme, one officer, with some words.
import type { Queue, SavedQueue } from '../../backend';

export interface Only {
  agency: string | null;
  category: string | null;
  officer: string | null;
  /** Words of the search field, trimmed. */
  filter: string;
}

export const EVERYTHING: Only = { agency: null, category: null, officer: null, filter: '' };

/** True when something is left out. */
export function narrows(only: Only): boolean {
  return (
    only.agency !== null || only.category !== null || only.officer !== null || only.filter !== ''
  );
}

/** True when a queue of the officer's own shows just this. */
export function isThis(saved: SavedQueue, queue: Queue, only: Only): boolean {
  return (
    saved.queue === queue &&
    saved.agency === only.agency &&
    saved.category === only.category &&
    saved.officer === only.officer &&
    saved.filter === only.filter
  );
}
