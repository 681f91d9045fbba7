// The only door to the core: typed commands and the news of what changed.
import type { Changed, Commands, Refusal } from './commands.gen';
import { httpHost } from './http';
import { tauriHost } from './tauri';

export type * from './commands.gen';

/** What a host can do. There are two: the window (Tauri) and `esik-cli serve` (HTTP). */
export interface Host {
  call(cmd: string, args: unknown): Promise<unknown>;
  onChanged(tell: (changed: Changed) => void): () => void;
  /** What hands bring into the window where its web view gives pages no files. */
  hands?: Hands;
}

/** Files the window offers; the page takes them by number and never names a path. */
export interface Hands {
  onHand(tell: (hand: Hand) => void): () => void;
  /** What lies in the clipboard when somebody pastes. */
  pasted(): Promise<Offered[]>;
  take(id: number): Promise<ArrayBuffer>;
}

export type Hand = { is: 'over' } | { is: 'away' } | { is: 'dropped'; files: Offered[] };

export interface Offered {
  id: number;
  name: string;
  bytes: number;
}

let host: Host | undefined;

function theHost(): Host {
  host ??= '__TAURI_INTERNALS__' in window ? tauriHost() : httpHost();
  return host;
}

/** Puts another host in; for tests only, before the first call. */
export function setHost(other: Host): void {
  host = other;
}

/** Runs one command of the core. Rejects with a `Refusal` and with nothing else. */
export async function call<K extends keyof Commands>(
  cmd: K,
  args: Commands[K]['request'],
): Promise<Commands[K]['response']> {
  try {
    return (await theHost().call(cmd, args)) as Commands[K]['response'];
  } catch (error) {
    throw asRefusal(error);
  }
}

/** Tells when data changed, whoever changed it. Returns how to stop. */
export function onChanged(tell: (changed: Changed) => void): () => void {
  return theHost().onChanged(tell);
}

/** The window's hands; none in a browser, which gives its pages files itself. */
export function hands(): Hands | undefined {
  return theHost().hands;
}

/** Whatever was thrown, as a refusal: a code the catalogues know, and what goes into details. */
export function asRefusal(error: unknown): Refusal {
  if (isRefusal(error)) return error;
  if (typeof error === 'string') {
    try {
      const parsed: unknown = JSON.parse(error);
      if (isRefusal(parsed)) return parsed;
    } catch {
      // Not JSON: falls through to the unknown refusal below.
    }
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { code: 'unknown', params: { detail } };
}

export function isRefusal(error: unknown): error is Refusal {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    (!('params' in error) || typeof error.params === 'object')
  );
}
