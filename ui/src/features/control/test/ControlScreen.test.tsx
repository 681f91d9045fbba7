// The control board by keys: rows, selection, reminders looked at before they go.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type ControlPage,
  type ControlRequest,
  type ControlRow,
  type PassedOver,
  type Queue,
  type SavedQueue,
  setHost,
} from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { undoLast } from '../../../kit/Toast';
import { book } from '../../intake/test/samples';
import { ControlScreen } from '../ControlScreen';
import * as due from '../due';
import { join } from '../useRows';

vi.mock('../due', { spy: true });

const row = (n: number, patch: Partial<ControlRow> = {}): ControlRow => ({
  key: `k${n}`,
  case: `c${n}`,
  number: `ESK-07-2026-${n}`,
  title: `Беда ${n}`,
  address: 'Ауэзова, 12',
  category: null,
  what: 'await_answer',
  also: null,
  waiting_on: 'agency',
  agency: 'E-HEA',
  referral: `r${n}`,
  task: null,
  state: 'accepted',
  stamps: ['yes', 'yes', 'yes'],
  incoming_number: '207',
  due: '2026-11-19',
  moved_from: null,
  late_wd: 2,
  no_receipt: false,
  reminders: 0,
  rung: null,
  restricted: false,
  caution: false,
  priority: 'in_turn',
  ...patch,
});

const COLLEAGUES = [
  { id: 'o1', name: 'Әлиева Д.', post: 'Инспектор', here: true },
  { id: 'o2', name: 'Байжанов Е.', post: 'Инспектор', here: false },
];
const OWE = [
  { agency: 'E-HEA', total: 3, late: 2, first_due: '2026-11-19', late_wd: 2 },
  { agency: 'E-ZKH', total: 1, late: 0, first_due: null, late_wd: 0 },
];
let own: SavedQueue[];
let sent: unknown[];
let asked: Record<string, unknown>[];
/** Whom the core does not remind. */
let over: PassedOver[];
/** A queue of so many rows, a page at a time; 0 = the three below. */
let many = 0;
const rows = [row(1), row(2, { what: 'check_answer', waiting_on: 'us' }), row(3)];

beforeAll(async () => {
  await speak('ru');
  // jsdom has no layout: a window of some height, so that rows exist.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1000);
});
beforeEach(() => {
  sent = [];
  own = [];
  asked = [];
  many = 0;
  over = [];
  client.clear();
  window.location.hash = '#/control';
  setHost({
    async call(cmd, args) {
      if (cmd === 'reference') return { categories: book.categories, agencies: book.agencies };
      if (cmd === 'referral_remind') {
        sent.push(args);
        return { changed: { cases: [], lists: [] }, reminded: 1 - over.length, passed_over: over };
      }
      if (cmd === 'colleagues') return { me: 'o1', officers: COLLEAGUES };
      if (cmd === 'queues_saved') return { queues: own };
      if (cmd === 'queues_save') {
        const before = own;
        own = (args as { queues: SavedQueue[] }).queues;
        const back = before
          .filter((kept) => !own.includes(kept))
          .map((queue) => ({ at: 0, queue }));
        const undo = { kind: 'queues', back, out: [] };
        return { changed: { cases: [], lists: ['queues'] }, undo };
      }
      if (cmd === 'undo') {
        own = (args as { back: { queue: SavedQueue }[] }).back.map(({ queue }) => queue);
        return { changed: { cases: [], lists: ['queues'] }, undo: null };
      }
      if (cmd === 'bodies_owe') return { today: '2026-11-22', bodies: OWE };
      asked.push(args as Record<string, unknown>);
      const { filter } = args as { filter: string };
      const counts = {
        all: 3,
        first: 1,
        overdue: 2,
        today: 0,
        week: 0,
        waiting_agency: 2,
        waiting_us: 1,
        to_sign: 0,
        second_bounce: 0,
      };
      if (many > 0) {
        const { after, before, end, limit } = args as ControlRequest;
        const backwards = end || before !== null;
        const until = before === null ? many : Number(before.slice(1)) - 1;
        const from = backwards ? Math.max(0, until - limit) : Number(after?.slice(1) ?? 0);
        const length = backwards ? until - from : Math.min(limit, many - from);
        const page = Array.from({ length }, (_, i) => row(from + i + 1));
        const more = backwards ? from > 0 : from + length < many;
        return { today: '2026-11-22', counts: { ...counts, all: many }, rows: page, more };
      }
      const found = rows.filter((r) => r.number.includes(filter));
      return { today: '2026-11-22', counts, rows: found, more: false };
    },
    onChanged: () => () => undefined,
  });
});
afterEach(cleanup);

async function open(queue: Queue = 'all') {
  const user = userEvent.setup();
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <ControlScreen queue={queue} />
      </QueryClientProvider>
    </I18nProvider>,
  );
  await screen.findByText('ESK-07-2026-1');
  const grid = screen.getByRole('grid');
  return { user, grid, line: (n: number) => within(grid).getAllByRole('row')[n] as HTMLElement };
}

describe('the control board', () => {
  it('says how many rows there are, and the due date in words', async () => {
    const { grid, line } = await open();
    expect(grid.getAttribute('aria-rowcount')).toBe('4');
    expect(line(1).getAttribute('aria-rowindex')).toBe('2');
    expect(within(line(1)).getByText('опоздание 2 р. д.')).toBeTruthy();
    expect(within(line(2)).getByText('ответ: проверить')).toBeTruthy();
  });

  it('a second reason stands in the same line, and on paper', async () => {
    rows[1] = row(2, { what: 'reopen_asked', also: 'check_answer', waiting_on: 'us', late_wd: 0 });
    const { line } = await open();
    expect(line(2)).toHaveTextContent('«не решено»: открыть снова');
    expect(line(2)).toHaveTextContent('ответ не проверен');
    expect(line(1)).not.toHaveTextContent('ответ не проверен');
    rows[1] = row(2, { what: 'check_answer', waiting_on: 'us' });
  });

  it('marks what cannot wait until tomorrow, nothing else, and has a list of it with its count', async () => {
    rows[0] = row(1, { priority: 'at_once' });
    rows[1] = row(2, { priority: 'can_wait' });
    const { line } = await open();
    expect(line(1)).toHaveTextContent('Немедленно');
    expect(line(2)).not.toHaveTextContent(/Может подождать|По очереди|Срочно/);
    expect(screen.getByRole('button', { name: /^Срочные/ })).toHaveTextContent('1');
    rows[0] = row(1);
    rows[1] = row(2, { what: 'check_answer', waiting_on: 'us' });
  });

  it('one row takes the Tab, arrows move, Enter opens', async () => {
    const { user, line } = await open();
    expect([1, 2, 3].map((n) => line(n).tabIndex)).toEqual([0, -1, -1]);
    line(1).focus();
    await user.keyboard('{ArrowDown}');
    await vi.waitFor(() => expect(document.activeElement).toBe(line(2)));
    await user.keyboard('{Enter}');
    expect(window.location.hash).toBe('#/case/c2');
  });

  it('the first arrow goes to the rows, from the screen as one comes to it and from the search field', async () => {
    const { user, line } = await open();
    (document.activeElement as HTMLElement | null)?.blur();
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement).toBe(line(1));
    await user.keyboard('/');
    expect(document.activeElement?.getAttribute('type')).toBe('search');
    await user.keyboard('{ArrowDown}{Enter}');
    expect(window.location.hash).toBe('#/case/c1');
  });

  it('draws only the rows that change: the one the focus leaves and the one it comes to', async () => {
    const { user, line } = await open();
    line(1).focus();
    vi.mocked(due.dueTag).mockClear();
    await user.keyboard('{ArrowDown}');
    await vi.waitFor(() => expect(document.activeElement).toBe(line(2)));
    const drawn = vi.mocked(due.dueTag).mock.calls.map(([one]) => (one as ControlRow).key);
    expect(new Set(drawn)).toEqual(new Set(['k1', 'k2']));
  });

  it('End asks for the last rows, not for all those before them', async () => {
    many = 90_000;
    const { grid, line } = await open();
    line(1).focus();
    fireEvent.keyDown(line(1), { code: 'End', key: 'End' });
    const places = () =>
      asked
        .filter((one) => 'after' in one)
        .map(({ after, before, end }) => after ?? before ?? (end ? 'end' : 'start'));
    await vi.waitFor(() => expect(places()).toContain('end'));
    await vi.waitFor(() => expect(grid.getAttribute('aria-busy')).toBe('false'));
    expect(places().length).toBeLessThan(6);
    expect(grid.getAttribute('aria-rowcount')).toBe('90001');
    const row_now = () => document.activeElement?.getAttribute('aria-rowindex');
    await vi.waitFor(() => expect(row_now()).toBe('90001'));
    // jsdom has no layout: the list is moved for it.
    const body = grid.querySelector('.grid-body') as HTMLElement;
    body.scrollTop = body.scrollHeight || 100_000;
    fireEvent.scroll(body);
    // The rows before the last ones came after them: the focus stays where the eye is.
    await vi.waitFor(() => expect(places()).toContain('k89901'));
    await vi.waitFor(() => expect(grid.getAttribute('aria-busy')).toBe('false'));
    expect(row_now()).toBe('90001');
    fireEvent.keyDown(document.activeElement as Element, { code: 'ArrowUp', key: 'ArrowUp' });
    await vi.waitFor(() => expect(row_now()).toBe('90000'));
    fireEvent.keyDown(document.activeElement as Element, { code: 'Home', key: 'Home' });
    await vi.waitFor(() => expect(row_now()).toBe('2'));
  });

  it('both ends are one list: what is between stands for itself, and goes when they meet', () => {
    const page = (from: number, until: number, more: boolean): ControlPage =>
      ({
        rows: Array.from({ length: until - from }, (_, i) => row(from + i)),
        more,
      }) as ControlPage;
    const keys = (...pages: Parameters<typeof join>) =>
      join(...pages).map((one) => one?.key ?? null);
    expect(keys([page(1, 3, true)], [])).toEqual(['k1', 'k2']);
    expect(keys([page(1, 3, true)], [page(8, 10, true)])).toEqual(['k1', 'k2', null, 'k8', 'k9']);
    // Pages of the end come last first.
    expect(keys([page(1, 3, true)], [page(8, 10, true), page(6, 8, true)])).toEqual([
      'k1',
      'k2',
      null,
      'k6',
      'k7',
      'k8',
      'k9',
    ]);
    expect(keys([page(1, 5, true)], [page(4, 7, true)])).toEqual([
      'k1',
      'k2',
      'k3',
      'k4',
      'k5',
      'k6',
    ]);
    expect(keys([page(1, 3, true)], [page(1, 5, false)])).toEqual(['k1', 'k2', 'k3', 'k4']);
    expect(keys([page(1, 7, false)], [page(4, 7, true)])).toHaveLength(6);
  });

  it('reminds the selected only after a look, and only bodies that owe', async () => {
    const { user, line } = await open();
    line(1).focus();
    await user.keyboard(' {ArrowDown}');
    await vi.waitFor(() => expect(document.activeElement).toBe(line(2)));
    await user.keyboard(' ');
    expect(line(1).getAttribute('aria-selected')).toBe('true');
    await user.click(screen.getByRole('button', { name: 'Напомнить выбранным: 2' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByText('Уйдёт 1 напоминание:')).toBeTruthy();
    expect(within(dialog).getByText(/ничего не ждём: 1/)).toBeTruthy();
    expect(sent).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: 'Отправить напоминания' }));
    await vi.waitFor(() => expect(sent).toEqual([{ referrals: [{ case: 'c1', referral: 'r1' }] }]));
  });

  it('tells who was not reminded, and why', async () => {
    over = [{ case: 'c1', referral: 'r1', code: 'reminded_today' }];
    const { user, line } = await open();
    line(1).focus();
    await user.keyboard(' ');
    await user.click(screen.getByRole('button', { name: 'Напомнить выбранным: 1' }));
    await user.click(await screen.findByRole('button', { name: 'Отправить напоминания' }));
    const dialog = await screen.findByRole('dialog', { name: 'Не напомнили: 1' });
    expect(within(dialog).getByText(/ESK-07-2026-1/)).toBeTruthy();
    expect(within(dialog).getByText(/сегодня уже напоминали/)).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Понятно' }));
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('finds in the list by the key of the filter', async () => {
    const { user, line } = await open();
    line(1).focus();
    // The key beside the right Shift; a Russian layout types a full stop with it.
    fireEvent.keyDown(line(1), { code: 'Slash', key: '.' });
    expect(document.activeElement).toBe(screen.getByRole('searchbox'));
    await user.keyboard('2026-3');
    await vi.waitFor(() => expect(screen.queryByText('ESK-07-2026-1')).toBeNull());
    expect(asked.at(-1)?.filter).toBe('2026-3');
  });

  it('shows one officer by a key, and says so above the list', async () => {
    const { user, line } = await open();
    await screen.findByRole('button', { name: /Мои/ });
    line(1).focus();
    fireEvent.keyDown(line(1), { code: 'KeyM', key: 'ь' });
    await vi.waitFor(() => expect(asked.at(-1)?.officer).toBe('o1'));
    const chips = screen.getByRole('list', { name: 'Отобрано' });
    await user.click(within(chips).getByRole('button', { name: /Әлиева Д. \(я\)/ }));
    expect(screen.queryByRole('list', { name: 'Отобрано' })).toBeNull();
    expect(screen.getByRole('button', { name: /Мои/ }).getAttribute('aria-pressed')).toBe('false');
  });

  it('a word nobody has is said, and Esc takes the filter away', async () => {
    const { user } = await open();
    const search = screen.getByRole('searchbox');
    search.focus();
    await user.keyboard('щщщ');
    const said = await screen.findByText('«щщщ»: в этом списке такого нет');
    expect(said.closest('[role="status"]')).not.toBeNull();
    expect(screen.getByRole('button', { name: 'Убрать отбор' })).toBeVisible();
    await user.keyboard('{Escape}');
    expect(await screen.findByRole('grid')).toBeVisible();
    expect(search).toHaveValue('');
    expect(search).toHaveFocus();
  });

  it('what is chosen in the moment after typing takes no letter away', async () => {
    await open();
    const mine = screen.getByRole('button', { name: /Мои/ });
    await vi.waitFor(() => expect(mine).toBeEnabled());
    const search = screen.getByRole('searchbox');
    fireEvent.change(search, { target: { value: 'Қайырбек' } });
    fireEvent.click(mine);
    expect(search).toHaveValue('Қайырбек');
    await vi.waitFor(() =>
      expect(asked.at(-1)).toMatchObject({ filter: 'Қайырбек', officer: 'o1' }),
    );
  });

  it('letters typed into the search field are letters', async () => {
    const { user } = await open();
    screen.getByRole('searchbox').focus();
    await user.keyboard('mfg');
    expect(screen.queryByRole('dialog')).toBeNull();
    await vi.waitFor(() => expect(asked.at(-1)?.filter).toBe('mfg'));
    expect(asked.at(-1)?.officer).toBeNull();
  });

  it('keeps a list of the officer’s own and opens it again', async () => {
    const { user, line } = await open();
    line(1).focus();
    fireEvent.keyDown(line(1), { code: 'KeyF', key: 'а' });
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('combobox', { name: /Кто отвечает/ }));
    await user.keyboard('Бай{ArrowDown}{Enter}');
    await user.click(within(dialog).getByRole('textbox', { name: /свой список/ }));
    await user.keyboard('Дела Байжанова');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await vi.waitFor(() => expect(own[0]).toMatchObject({ name: 'Дела Байжанова', officer: 'o2' }));
    await vi.waitFor(() => expect(asked.at(-1)?.officer).toBe('o2'));
    const pill = await screen.findByRole('button', { name: 'Дела Байжанова' });
    expect(pill.getAttribute('aria-pressed')).toBe('true');
    fireEvent.keyDown(window, { code: 'KeyM', key: 'ь' });
    await vi.waitFor(() => expect(pill.getAttribute('aria-pressed')).toBe('false'));
    await user.click(pill);
    expect(pill.getAttribute('aria-pressed')).toBe('true');
    // Removed by a slip: the filter is left, and Ctrl+Z brings the list back.
    await screen.findByRole('grid');
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    line(1).focus();
    fireEvent.keyDown(line(1), { code: 'KeyF', key: 'а' });
    await screen.findByRole('dialog');
    await user.click(screen.getByLabelText('Убрать список «Дела Байжанова»'));
    await vi.waitFor(() => expect(own).toEqual([]));
    expect(undoLast()).toBe(true);
    await vi.waitFor(() => expect(own).toHaveLength(1));
    expect(await screen.findByLabelText('Убрать список «Дела Байжанова»')).toBeTruthy();
  });

  it('tells what each body owes; its late rows are looked at before a reminder goes', async () => {
    const { user } = await open('waiting_agency');
    fireEvent.keyDown(window, { code: 'KeyG', key: 'п' });
    const table = await screen.findByRole('table', { name: 'Кто нам должен ответить' });
    expect(within(table).getAllByRole('row')).toHaveLength(3);
    await user.click(within(table).getByRole('button', { name: /^Напомнить: 2/ }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByText('Уйдут 2 напоминания:')).toBeTruthy();
    expect(asked.at(-1)).toMatchObject({ queue: 'waiting_agency', agency: 'E-HEA' });
    expect(sent).toEqual([]);
    await user.keyboard('{Escape}');
    const body = await screen.findByRole('rowheader', { name: book.agency('E-HEA')?.name.ru });
    await user.click(within(body).getByRole('button'));
    await screen.findByRole('grid');
    expect(asked.at(-1)).toMatchObject({ agency: 'E-HEA' });
  });
});
