// The state of the program as the core tells it, and the commands that answer with a new one.
import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import { type AppState, type Commands, call, type Refusal } from '../backend';
import { client, useCommand } from '../backend/query';
import { forgetKept } from './kept';

const KEY = ['app_state', {}] as const;

type StateCommand = {
  [K in keyof Commands]: Commands[K]['response'] extends AppState ? K : never;
}[keyof Commands];

export function useAppState() {
  return useCommand('app_state', {});
}

/** Takes a new state over. */
export function takeState(state: AppState): void {
  client.setQueryData(KEY, state);
}

/** The desk was opened: its first screen is asked for at once, while the window still draws the rest. */
function askFirst(state: AppState): void {
  if (state.phase !== 'open' || state.session?.role === 'consultant') return;
  const queryKey = ['reception', {}] as const;
  void client.prefetchQuery({ queryKey, queryFn: () => call('reception', {}) });
}

/** What the locked desk shows: a question of its own screen that is removed is never answered. */
const OF_A_LOCKED_DESK = new Set(['app_state', 'sync_status']);

/** Forgets all that an officer saw and typed but the state itself. Only after their screens are
 * gone: a screen still mounted would ask again. */
export function forgetSeen(): void {
  forgetKept();
  client.removeQueries({ predicate: ({ queryKey: [cmd] }) => !OF_A_LOCKED_DESK.has(String(cmd)) });
  // The locked desk asks it anew: what it told the officer goes too.
  void client.resetQueries({ queryKey: ['sync_status'] });
  client.getMutationCache().clear();
}

/** A command that answers with the new state of the program. */
export function useStateAction<K extends StateCommand>(
  cmd: K,
): UseMutationResult<AppState, Refusal, Commands[K]['request']> {
  return useMutation<AppState, Refusal, Commands[K]['request']>({
    mutationFn: (args) => call(cmd, args) as Promise<AppState>,
    onSuccess: (state) => {
      if (cmd === 'session_open') askFirst(state);
      takeState(state);
    },
  });
}

/** May the signed-in officer do this, as far as the screens may offer it? The core asks again. */
export function may(state: AppState, what: string): boolean {
  return state.session?.may.includes(what) ?? false;
}
