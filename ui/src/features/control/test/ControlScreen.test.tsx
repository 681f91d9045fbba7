// The control board by keys: rows, selection, reminders looked at before they go.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ControlRow, setHost } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { book } from '../../intake/test/samples';
import { ControlScreen } from '../ControlScreen';

const row = (n: number, patch: Partial<ControlRow> = {}): ControlRow => ({
  key: `k${n}`,
  case: `c${n}`,
  number: `ESK-07-2026-${n}`,
  title: `Беда ${n}`,
  address: 'Ауэзова, 12',
  category: null,
  what: 'await_answer',
  waiting_on: 'agency',
  agency: 'E-HEA',
  referral: `r${n}`,
  task: null,
  state: 'accepted',
  stamps: ['yes', 'yes', 'yes'],
  incoming_number: '207',
  due: '2026-11-19',
  late_wd: 2,
  no_receipt: false,
  reminders: 0,
  rung: null,
  restricted: false,
  ...patch,
});

let sent: unknown[];
let asked: Record<string, unknown>[];
const rows = [row(1), row(2, { what: 'check_answer', waiting_on: 'us' }), row(3)];

beforeAll(async () => {
  await speak('ru');
  // jsdom has no layout: a window of some height, so that rows exist.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1000);
});
beforeEach(() => {
  sent = [];
  asked = [];
  client.clear();
  window.location.hash = '#/control';
  setHost({
    async call(cmd, args) {
      if (cmd === 'reference') return { categories: book.categories, agencies: book.agencies };
      if (cmd === 'referral_remind') {
        sent.push(args);
        return { changed: { cases: [], lists: [] } };
      }
      asked.push(args as Record<string, unknown>);
      const { filter } = args as { filter: string };
      const counts = {
        all: 3,
        overdue: 2,
        today: 0,
        week: 0,
        waiting_agency: 2,
        waiting_us: 1,
        to_sign: 0,
        second_bounce: 0,
      };
      const found = rows.filter((r) => r.number.includes(filter));
      return { today: '2026-11-22', counts, rows: found, more: false };
    },
    onChanged: () => () => undefined,
  });
});
afterEach(cleanup);

async function open() {
  const user = userEvent.setup();
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <ControlScreen queue="all" />
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

  it('one row takes the Tab, arrows move, Enter opens', async () => {
    const { user, line } = await open();
    expect([1, 2, 3].map((n) => line(n).tabIndex)).toEqual([0, -1, -1]);
    line(1).focus();
    await user.keyboard('{ArrowDown}');
    await vi.waitFor(() => expect(document.activeElement).toBe(line(2)));
    await user.keyboard('{Enter}');
    expect(window.location.hash).toBe('#/case/c2');
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
});
