// Answers of the core kept for the screens, and dropped when the core says they changed.
import {
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  type UseMutationResult,
  type UseQueryOptions,
  type UseQueryResult,
  useMutation,
  useQueries,
  useQuery,
} from '@tanstack/react-query';
import { asRefusal, type Changed, type Commands, call, onChanged, type Refusal } from './index';

/** The core was locked by another hand (its own clock, `esik-cli lock`): the window follows it. */
function followLock(error: Error): void {
  if (asRefusal(error).code === 'locked') {
    void client.invalidateQueries({ queryKey: ['app_state'] });
  }
}

export const client = new QueryClient({
  queryCache: new QueryCache({ onError: followLock }),
  mutationCache: new MutationCache({ onError: followLock }),
  defaultOptions: {
    // 'always': the core is on this computer; the network has nothing to do with it.
    queries: {
      networkMode: 'always',
      retry: false,
      staleTime: 30_000,
      refetchOnWindowFocus: false,
    },
    // gcTime 0: what was sent (a password among it) does not stay in memory.
    mutations: { networkMode: 'always', retry: false, gcTime: 0 },
  },
});

// Part of the program: the same at a locked desk and an open one, whoever signs in.
client.setQueryDefaults(['reference'], {
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
});

/** Lists of `Changed` and the commands whose answers they make old. */
const LISTS: Record<string, (keyof Commands)[]> = {
  reception: ['reception', 'practice_board'],
  control: ['control', 'bodies_owe', 'owed_lists', 'reception', 'moved_days'],
  owed_lists: ['owed_lists'],
  drafts: ['reception', 'draft_get', 'app_state', 'shift'],
  queue: ['queue'],
  shift: ['shift', 'shift_news'],
  round: ['round'],
  sync: ['sync_status', 'sync_board', 'officers_unvouched'],
  knowledge: ['knowledge'],
  publications: ['publications', 'moved_days', 'knowledge'],
  files: ['attachment_list', 'attachment_preview', 'attachments_not_given'],
  scans: ['scan_look'],
  queues: ['queues_saved'],
  session: ['app_state'],
  officers: ['app_state', 'colleagues'],
};

/** Marks what changed as old; what is on the screen is asked for again. */
export function refresh(changed: Changed): void {
  const old = new Set<string>();
  for (const list of changed.lists) for (const cmd of LISTS[list] ?? []) old.add(cmd);
  if (changed.cases.length > 0) {
    for (const cmd of [
      'reception',
      'control',
      'bodies_owe',
      'owed_lists',
      'moved_days',
      'search',
      'shift',
      'round',
      'person_history',
    ])
      old.add(cmd);
  }
  void client.invalidateQueries({
    predicate: ({ queryKey: [cmd, args] }) =>
      old.has(String(cmd)) ||
      ((cmd === 'case_get' || cmd === 'paper_list') &&
        changed.cases.includes((args as { id: string }).id)),
  });
}

/** Follows the host's news for as long as the page lives. */
export function followChanges(): () => void {
  return onChanged(refresh);
}

type Options = {
  enabled?: boolean;
  keep?: boolean;
  refetchInterval?: number;
  staleTime?: number;
};

/** Asks a command and keeps the answer. `keep`: shows the old answer while the next one comes. */
export function useCommand<K extends keyof Commands>(
  cmd: K,
  args: Commands[K]['request'],
  options: Options = {},
): UseQueryResult<Commands[K]['response'], Refusal> {
  const { keep, ...rest } = options;
  const asked = {
    queryKey: [cmd, args] as const,
    queryFn: () => call(cmd, args),
    ...rest,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  };
  // The library cannot see through `Commands[K]`; `call` is what types the answer.
  return useQuery(asked as UseQueryOptions) as UseQueryResult<Commands[K]['response'], Refusal>;
}

/** The answers of a command to several questions; those that are there. */
export function useCommands<K extends keyof Commands>(
  cmd: K,
  all: readonly Commands[K]['request'][],
): Commands[K]['response'][] {
  return useQueries({
    queries: all.map((args) => ({
      queryKey: [cmd, args] as const,
      queryFn: () => call(cmd, args),
    })),
    combine: (answers) =>
      answers.flatMap(({ data }) => (data === undefined ? [] : [data as Commands[K]['response']])),
  });
}

/** Runs a command that changes something, and refreshes what its answer says has changed. */
export function useAction<K extends keyof Commands>(
  cmd: K,
): UseMutationResult<Commands[K]['response'], Refusal, Commands[K]['request']> {
  return useMutation<Commands[K]['response'], Refusal, Commands[K]['request']>({
    mutationFn: (args) => call(cmd, args),
    onSuccess: (answer) => {
      if (typeof answer === 'object' && answer !== null && 'changed' in answer) {
        refresh(answer.changed as Changed);
      }
    },
  });
}
