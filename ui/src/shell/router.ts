// Where the window is: the part of the address after `#`. Reload keeps it.
import { useSyncExternalStore } from 'react';
import type { Queue } from '../backend';

export type Route =
  | { screen: 'reception' }
  | { screen: 'intake'; draft: string }
  | { screen: 'case'; id: string }
  | { screen: 'control'; queue: Queue }
  | { screen: 'hall' }
  | { screen: 'shift' }
  | { screen: 'sync' }
  | { screen: 'round' }
  | { screen: 'settings' }
  | { screen: 'training' }
  | { screen: 'knowledge' };

const QUEUES: readonly string[] = [
  'all',
  'first',
  'overdue',
  'today',
  'week',
  'waiting_agency',
  'waiting_us',
  'to_sign',
  'second_bounce',
  'moved',
] satisfies Queue[];

/** Reads an address; what it does not know is the reception. */
export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [screen, id] = path.split('/');
  if (screen === 'intake' && id) return { screen, draft: decodeURIComponent(id) };
  if (screen === 'case' && id) return { screen, id: decodeURIComponent(id) };
  if (screen === 'knowledge' || screen === 'shift' || screen === 'round') return { screen };
  if (screen === 'sync') return { screen };
  if (screen === 'settings' || screen === 'training' || screen === 'hall') return { screen };
  if (screen === 'control') {
    const queue = new URLSearchParams(query).get('queue') ?? 'all';
    return { screen, queue: QUEUES.includes(queue) ? (queue as Queue) : 'all' };
  }
  return { screen: 'reception' };
}

/** The address of a place, for links. */
export function href(route: Route): string {
  switch (route.screen) {
    case 'intake':
      return `#/intake/${encodeURIComponent(route.draft)}`;
    case 'case':
      return `#/case/${encodeURIComponent(route.id)}`;
    case 'control':
      return route.queue === 'all' ? '#/control' : `#/control?queue=${route.queue}`;
    default:
      return `#/${route.screen}`;
  }
}

/** Goes there. `replace`: the way back does not lead through here. */
export function navigate(route: Route, replace = false): void {
  if (replace) {
    window.history.replaceState(null, '', href(route));
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    window.location.hash = href(route);
  }
}

function subscribe(tell: () => void): () => void {
  window.addEventListener('hashchange', tell);
  return () => window.removeEventListener('hashchange', tell);
}

export function useRoute(): Route {
  return parse(useSyncExternalStore(subscribe, () => window.location.hash));
}
