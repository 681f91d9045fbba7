// A host for tests: answers from a table, remembers what was asked, tells news on demand.
import type { AppState, Changed, Host } from '../src/backend';
import { setHost } from '../src/backend';
import { client } from '../src/backend/query';

type Answers = Record<string, (args: never) => unknown>;

export interface TestHost {
  asked: { cmd: string; args: unknown }[];
  tell: (changed: Changed) => void;
  answers: Answers;
}

/** Puts a fresh host in, forgets what the last test was told. */
export function testHost(answers: Answers): TestHost {
  client.clear();
  const listeners = new Set<(changed: Changed) => void>();
  const test: TestHost = {
    asked: [],
    answers,
    tell: (changed) => {
      for (const listener of listeners) listener(changed);
    },
  };
  const host: Host = {
    async call(cmd, args) {
      test.asked.push({ cmd, args });
      const answer = test.answers[cmd];
      if (!answer) throw { code: 'not_found', params: { cmd } };
      return answer(args as never);
    },
    onChanged(tell) {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
  };
  setHost(host);
  return test;
}

export function refuse(code: string): never {
  throw { code, params: {} };
}

const OFFICER = {
  id: 'o1',
  name: 'Сейітқалиева А. Н.',
  post: 'инспектор',
  role: 'officer' as const,
  drafts: 0,
};

export const LOCKED: AppState = {
  phase: 'locked',
  officers: [OFFICER, { ...OFFICER, id: 'o2', name: 'Ким В. С.' }],
  session: null,
  language: 'ru',
  theme: 'light',
  station: null,
  enrolled: true,
  demo: false,
  practice: false,
  version: '0.1.0',
  warnings: [],
  lock_after_minutes: 10,
};

export const OPEN: AppState = {
  ...LOCKED,
  phase: 'open',
  session: {
    officer: 'o1',
    name: OFFICER.name,
    post: OFFICER.post,
    role: 'officer',
    circles: [],
    may: ['close'],
  },
};

export const FRESH: AppState = { ...LOCKED, phase: 'fresh', officers: [], enrolled: false };

const counts = { all: 3, overdue: 1, today: 0, week: 1, waiting_agency: 2, waiting_us: 1 };

/** What an open desk answers when nothing is the matter. */
export const QUIET: Answers = {
  app_state: () => OPEN,
  reception: () => ({
    today: '2026-11-22',
    drafts: [],
    we_owe: [],
    we_owe_count: 0,
    they_owe: [],
    they_owe_count: 0,
    taken_today: [],
    taken_today_count: 0,
    empty: true,
  }),
  person_history: () => ({ same: [], others: [], alike: [] }),
  queue: () => ({ lines: [], waiting: 0 }),
  control: () => ({ today: '2026-11-22', counts, rows: [], more: false }),
  reference: () => ({ categories: [], agencies: [] }),
  sync_status: () => ({
    enrolled: true,
    online: true,
    running: false,
    counted: true,
    unacknowledged: 0,
    last_success: null,
    last_attempt: null,
    proof: null,
    failure: null,
    refused: 0,
    set_aside: 0,
    awaits_author: 0,
    awaits_voucher: 0,
    clock_off_s: null,
    clock_ask: false,
    progress: null,
  }),
  search: () => ({ hits: [] }),
  session_lock: () => LOCKED,
  typed_keep: () => ({}),
  typed_take: () => ({ text: null }),
  settings_set: () => OPEN,
};
