// A mailbox between keys, screens and shell, so that no screen knows another: who asks for the
// search or for the list of keys, and who opens them.
type Ask = 'search' | 'keys';

const listeners = new Set<(ask: Ask) => void>();

export function onAsk(listener: (ask: Ask) => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function ask(what: Ask): void {
  for (const listener of listeners) listener(what);
}

export const openSearch = (): void => ask('search');
export const openKeys = (): void => ask('keys');
