// The sync screen, as people use it: with the keyboard, in words.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { OPEN, QUIET, refuse, testHost } from '../../../../test/host';
import type { RefusedRecord, SyncBoard, SyncStatus } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { App } from '../../../shell/App';

const STATUS: SyncStatus = {
  enrolled: true,
  online: false,
  running: false,
  counted: true,
  unacknowledged: 3,
  last_success: '2026-11-22T09:00:00Z',
  last_attempt: '2026-11-22T10:00:00Z',
  proof: 41,
  failure: { code: 'region_unreachable', params: {} },
  files_waiting: 0,
  files_bytes: 0,
  refused: 2,
  set_aside: 0,
  awaits_author: 0,
  awaits_voucher: 0,
  clock_off_s: null,
  clock_ask: false,
  progress: null,
  tree_fault: null,
  tree_silent: null,
};

function refused(event: string, code: string, action: RefusedRecord['action']): RefusedRecord {
  return {
    event,
    case: { id: `case-${code}`, opens: true, number: 'ESK-07-2026-1', title: 'Нет отопления' },
    kind: 'referral_withdrawn',
    code,
    set_aside: action === 'region',
    by: 'Әлиева Д.',
    at: '2026-11-22T08:00:00Z',
    action,
    decision: null,
  };
}

const BOARD: SyncBoard = {
  status: STATUS,
  waiting: [
    {
      case: { id: 'c1', opens: true, number: 'ESK-07-2026-2', title: 'Шум' },
      since: '2026-11-22T09:30:00Z',
      kinds: [
        { kind: 'referral_sent', n: 1 },
        { kind: 'note_added', n: 2 },
      ],
    },
  ],
  waiting_others: 0,
  refused: [
    refused('e1', 'already_withdrawn', 'correct'),
    refused('e2', 'not_allowed', 'head'),
    refused('e3', 'officer_revoked', 'region'),
    refused('e4', 'officer_revoked', 'region'),
  ],
  unapplied: [
    { reason: 'needs_update', n: 2 },
    { reason: 'base_missing', n: 5 },
    { reason: 'not_kept', n: 1 },
  ],
  clock: null,
  branch: null,
  proof: { pos: 41, hash: '9f3ac11d', recorded_at: '2026-11-22T09:00:00Z' },
  contacts: [],
  trust: null,
  mended: null,
};

async function open(status: Partial<SyncStatus> = {}, more = {}) {
  const now = { ...STATUS, ...status };
  const host = testHost({
    ...QUIET,
    sync_status: () => now,
    sync_now: () => now,
    sync_board: () => ({ ...BOARD, status: now }),
    ...more,
  });
  window.location.hash = '#/sync';
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </I18nProvider>,
  );
  return host;
}

beforeEach(async () => {
  client.clear();
  await speak('ru');
});

it('tells what waits, and gives exactly one action for each matter', async () => {
  await open();
  expect(await screen.findByText('3 записи ещё не в регионе')).toBeDefined();
  expect(screen.getByText('Направление · Заметка: 2')).toBeDefined();
  expect(screen.getByText('41 · 9f3ac11d')).toBeDefined();
  const acts = screen.getAllByRole('article').map((matter) => {
    const one = within(matter);
    return [...one.queryAllByRole('link'), ...one.queryAllByRole('button')].map(
      (act) => act.textContent,
    );
  });
  // Two records of one case with one reason are one matter.
  expect(acts).toEqual([
    ['Открыть и исправить', 'Разобрано'],
    ['Открыть и показать начальнику', 'Разобрано'],
    ['Спросить о решении', 'Разобрано'],
  ]);
  expect(screen.getByText('2 записи из более новой программы')).toBeDefined();
  expect(screen.getByText('5 записей ждут более ранние')).toBeDefined();
  expect(screen.getByText('Часть записей пока оставлена в регионе')).toBeDefined();
});

// S33 (part).
it('tells since when the region does not sign its order', async () => {
  const silent = { since: '2026-11-22T09:00:00Z', long: false };
  await open({}, { sync_board: () => ({ ...BOARD, status: { ...STATUS, tree_silent: silent } }) });
  expect(await screen.findByText(/^не подписан с .*22/)).toBeDefined();
});

// S14 (part): whose word the desk goes by stands there, with another warrant key and with whom nobody vouches for.
it('tells whose word the desk goes by', async () => {
  const trust = {
    mark: '7K2M-AAAA-BBBB-CCCC',
    vouched: false,
    warrant: '9X9X-DDDD-EEEE-FFFF',
    other: { mark: '0000-1111-2222-3333', at: '2026-11-22T09:00:00Z' },
  };
  const unapplied = [{ reason: 'not_vouched', n: 4 }];
  await open({}, { sync_board: () => ({ ...BOARD, trust, unapplied }) });
  expect(await screen.findByText('7K2M-AAAA-BBBB-CCCC')).toBeDefined();
  expect(screen.getByText(/^За вас ещё никто не поручился/)).toBeDefined();
  expect(screen.getByText('9X9X-DDDD-EEEE-FFFF')).toBeDefined();
  expect(screen.getByText('Регион назвал другой ключ поручительства')).toBeDefined();
  expect(screen.getByText('4 записи сотрудников, за которых никто не поручился')).toBeDefined();
});

it('a returned matter is dealt with by a word, and Ctrl+Z brings it back', async () => {
  const token = { kind: 'acts', acts: [{ case: 'case-officer_revoked', events: ['w1'] }] };
  const host = await open(
    {},
    {
      refusal_settle: () => ({ changed: { cases: [], lists: ['sync'] }, undo: token }),
      undo: () => ({ changed: { cases: [], lists: ['sync'] }, undo: null }),
    },
  );
  await screen.findByText('3 записи ещё не в регионе');
  const matter = screen.getAllByRole('article')[2];
  if (!matter) throw new Error('no matter');
  within(matter)
    .getByRole('button', { name: /^Разобрано/ })
    .focus();
  const user = userEvent.setup();
  await user.keyboard('{Enter}');
  const dialog = await screen.findByRole('dialog', { name: 'Возврат разобран' });
  expect(within(dialog).getByRole('button', { name: /^Разобрано/ })).toBeDisabled();
  await user.keyboard('записано заново на бумаге{Control>}{Enter}{/Control}');
  await waitFor(() =>
    expect(host.asked).toContainEqual({
      cmd: 'refusal_settle',
      args: {
        case: 'case-officer_revoked',
        events: ['e3', 'e4'],
        text: 'записано заново на бумаге',
      },
    }),
  );
  await screen.findByText('Отмечено как разобранное');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await user.keyboard('{Control>}[KeyZ]{/Control}');
  await waitFor(() => expect(host.asked).toContainEqual({ cmd: 'undo', args: token }));
});

it('makes contact by one key', async () => {
  let asked = 0;
  await open(
    {},
    {
      sync_now: () => {
        asked += 1;
        return STATUS;
      },
    },
  );
  await screen.findByText('3 записи ещё не в регионе');
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(asked).toBe(1));
  expect(await screen.findByText('Связаться не удалось')).toBeDefined();
  expect(screen.queryByText('Связь завершена')).toBeNull();
});

it('says that contact is over when the region answered', async () => {
  await open({ failure: null, online: true });
  await screen.findByText('3 записи ещё не в регионе');
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  expect(await screen.findByText('Связь завершена')).toBeDefined();
});

// S32 (part): on every screen the rail says how much waits and when it last went well.
it('says on every screen how much waits and when it last went well', async () => {
  await open();
  for (const place of ['#/reception', '#/control', '#/settings']) {
    window.location.hash = place;
    const rail = await screen.findByRole('region', { name: 'Связь с регионом' });
    await waitFor(() => expect(rail.textContent).toContain('3 записи ждут отправки'));
    expect(rail.textContent).toContain('Регион подтвердил всё до');
  }
});

// S20 (part): from a day on the window asks, over everything, until somebody says that he knows.
it('asks about a clock a day off until somebody knows', async () => {
  let known: number | undefined;
  await open(
    { clock_off_s: 93_600, clock_ask: true },
    {
      clock_known: (args: { off_s: number }) => {
        known = args.off_s;
        return { changed: { cases: [], lists: ['sync'] } };
      },
    },
  );
  const asked = await screen.findByRole('dialog', { name: 'Часы идут неверно' });
  expect(asked.textContent).toContain('Спешат на 26 часов');
  await userEvent.keyboard('{Escape}');
  expect(screen.getByRole('dialog')).toBeDefined();
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(known).toBe(93_600));
});

it('a copied desk says what happened and joins again with a code', async () => {
  let forked = true;
  const status = () => ({
    ...STATUS,
    failure: forked ? { code: 'region_fork', params: {} } : null,
    unacknowledged: forked ? 3 : 0,
  });
  const host = await open(
    {},
    {
      sync_status: status,
      sync_board: () => ({ ...BOARD, status: status() }),
      profile_join_again: ({ code }: { code: string }) => {
        if (code !== 'AB12') refuse('region_code_bad');
        forked = false;
        return OPEN;
      },
      sync_now: status,
    },
  );
  await screen.findByText('Работают две копии этого рабочего места');
  const user = userEvent.setup();
  const field = screen.getByRole('textbox', { name: 'Одноразовый код' });
  await user.click(field);
  await user.paste('ZZ99');
  await user.keyboard('{Enter}');
  expect(await screen.findByRole('alert')).toBeDefined();
  expect(field).toHaveValue('ZZ99');
  await user.clear(field);
  await user.paste('AB12');
  await user.keyboard('{Enter}');
  await waitFor(() =>
    expect(host.asked).toContainEqual({ cmd: 'profile_join_again', args: { code: 'AB12' } }),
  );
  // What was written since goes at once.
  await waitFor(() => expect(host.asked.filter((a) => a.cmd === 'sync_now')).toHaveLength(1));
});

it('tells that the data were mended, what of them was read, and where the damaged file lies', async () => {
  const mended = {
    at: '2026-11-22T09:00:00Z',
    kept_as: 'esik.db.damaged-1',
    records: 41,
    whole: false,
    set_back: false,
  };
  await open({}, { sync_board: () => ({ ...BOARD, mended }) });
  const title = await screen.findByText('Данные этого компьютера восстановлены');
  const card = title.closest('.card');
  expect(card).toHaveTextContent('прочитана 41 запись');
  expect(card).toHaveTextContent('возвращает регион');
  expect(card).toHaveTextContent('esik.db.damaged-1');
});

it('tells of data of another day without a word of a failing disk, and does not promise that nothing is lost', async () => {
  const mended = {
    at: '2026-11-22T09:00:00Z',
    kept_as: 'esik.db.damaged-1',
    records: 41,
    whole: true,
    set_back: true,
  };
  await open({}, { sync_board: () => ({ ...BOARD, mended }) });
  const title = await screen.findByText('Данные этого компьютера восстановлены');
  const card = title.closest('.card');
  expect(card).toHaveTextContent('другого дня');
  expect(card).toHaveTextContent('только в папке, которую заменили');
  expect(card).not.toHaveTextContent('портится диск');
  expect(card).not.toHaveTextContent('ничего не потеряно');
});
