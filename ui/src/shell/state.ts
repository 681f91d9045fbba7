// The state of the program as the core tells it, and the commands that answer with a new one.
import { type UseMutationResult, useIsMutating, useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { type AppState, asRefusal, type Commands, call, type Refusal } from '../backend';
import { client, useCommand } from '../backend/query';
import { refusalText } from '../kit/Note';
import { toast } from '../kit/Toast';
import { forgetKept, takeAfterLock } from './kept';

const KEY = ['app_state', {}] as const;

/** The commands after which an officer sits at the open desk. */
const SIGN_INS = ['session_open', 'desk_mend'];

type StateCommand = {
  [K in keyof Commands]: Commands[K]['response'] extends AppState ? K : never;
}[keyof Commands];

/** The state, locked until the sign-in is through: news may tell of the open desk while what its officer had typed is still
 * asked for. */
export function useAppState() {
  const answer = useCommand('app_state', {});
  const opening =
    useIsMutating({
      predicate: ({ options }) => SIGN_INS.includes(String(options.mutationKey?.[0])),
    }) > 0;
  const shown = useRef(answer.data);
  if (!opening || answer.data?.phase !== 'open') shown.current = answer.data;
  return { data: shown.current, error: answer.error, refetch: answer.refetch };
}

/** Takes a new state over. */
export function takeState(state: AppState): void {
  client.setQueryData(KEY, state);
}

/** Only the counts of the control board: no rows but one. */
export const COUNTS = {
  queue: 'all',
  agency: null,
  category: null,
  officer: null,
  from: null,
  until: null,
  before: null,
  end: false,
  filter: '',
  after: null,
  limit: 1,
} as const;

/** What the open desk needs and anybody may see: asked while the password is typed. */
export function askBefore(): void {
  void client.prefetchQuery({ queryKey: ['reference', {}], queryFn: () => call('reference', {}) });
}

/** How long a desk that was opened waits for its first screen's answers: a slow computer too draws them at once, and
 * one that does not come keeps nobody out. Later they fill it one by one. */
const FIRST_MS = 400;

function ask<K extends keyof Commands>(cmd: K, args: Commands[K]['request']): Promise<void> {
  // Asked anew whatever the locked desk was told.
  return client.prefetchQuery({
    queryKey: [cmd, args],
    queryFn: () => call(cmd, args),
    staleTime: 0,
  });
}

/** The desk was opened: all that its first screen shows is asked for at once and awaited, so that the window draws one
 * picture. An empty one before it took as long as the other and told nobody anything. */
async function askFirst(state: AppState): Promise<void> {
  if (state.phase !== 'open') return;
  const asked = [
    ask('reception', {}),
    ask('queue', {}),
    ask('control', COUNTS),
    ask('sync_status', {}),
  ];
  if (state.session?.role !== 'consultant') asked.push(ask('shift_news', {}));
  await Promise.race([Promise.all(asked), new Promise((enough) => setTimeout(enough, FIRST_MS))]);
}

/** What the locked desk shows: a question of its own screen that is removed is never answered. */
const OF_A_LOCKED_DESK = new Set(['app_state', 'sync_status', 'reference']);

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
    mutationKey: [cmd],
    mutationFn: async (args) => {
      const state = (await call(cmd, args)) as AppState;
      if (SIGN_INS.includes(cmd) && state.phase === 'open') {
        // It keeps nobody out: what could not be read now waits for the next time.
        const back = takeAfterLock().catch((error) => toast(refusalText(asRefusal(error))));
        await Promise.all([askFirst(state), back]);
      }
      return state;
    },
    onSuccess: takeState,
  });
}

/** May the signed-in officer do this, as far as the screens may offer it? The core asks again. */
export function may(state: AppState, what: string): boolean {
  return state.session?.may.includes(what) ?? false;
}
