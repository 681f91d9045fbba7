// “You owe us”: one press prints the list of a body and writes down that it has it; the next body comes by itself.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { QUIET, type TestHost, testHost } from '../../../../test/host';
import type { OwedLists } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { clearToasts } from '../../../kit';
import { book } from '../../intake/test/samples';
import { ControlScreen } from '../ControlScreen';

let host: TestHost;
let lists: OwedLists;
const COUNTS = {
  all: 0,
  first: 0,
  overdue: 0,
  today: 0,
  week: 0,
  waiting_agency: 0,
  waiting_us: 0,
  to_sign: 0,
  second_bounce: 0,
};
const asked = (cmd: string) => host.asked.filter((a) => a.cmd === cmd).map((a) => a.args);

beforeEach(async () => {
  await speak('ru');
  clearToasts();
  client.clear();
  lists = {
    week: '2026-11-23',
    since: '2026-11-23',
    due: [
      { agency: 'E-HEA', total: 3, late: 2, left_out: 0 },
      { agency: 'E-ZKH', total: 1, late: 0, left_out: 1 },
    ],
    handed: [],
  };
  host = testHost({
    ...QUIET,
    reference: () => ({ categories: book.categories, agencies: book.agencies }),
    control: () => ({ today: '2026-11-23', counts: COUNTS, rows: [], more: false }),
    queues_saved: () => ({ queues: [] }),
    owed_lists: () => lists,
    paper_preview: () => ({ name: 'owed.pdf', pages: ['<svg/>'] }),
    owed_list_hand: (args) => {
      const { agency, way, who } = args as { agency: string; way: 'mail'; who: string };
      const told = { way, day: '2026-11-23', who };
      lists = {
        ...lists,
        due: lists.due.filter((d) => d.agency !== agency),
        handed: [
          {
            agency,
            at: '2026-11-23T05:00:00Z',
            who: 'Әлиева Д.',
            told,
            lines: 3,
            paper: 'p1',
          },
          ...lists.handed,
        ],
      };
      return { changed: { cases: [], lists: ['owed_lists'] }, undo: null };
    },
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
  await screen.findByText(/2 органа не получили список/);
  return user;
}

it('is told on the board, handed over by one key, and not told again', async () => {
  const user = await open();
  await user.keyboard('l');
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByRole('radio', { name: /ждём 3, опоздали 2/ })).toBeChecked();
  await user.click(within(dialog).getByRole('radio', { name: 'почтой' }));
  await user.type(within(dialog).getByRole('textbox', { name: /Кто в органе/ }), 'Ким');
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() =>
    expect(asked('owed_list_hand')).toEqual([{ agency: 'E-HEA', way: 'mail', who: 'Ким' }]),
  );
  // The next one, with what it does not tell.
  await within(dialog).findByText(/1 запрос закрытого круга в список не входит/);
  within(dialog).getByText(/почтой, .*Ким · Әлиева Д\. · 3 запроса/);
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(asked('owed_list_hand')).toHaveLength(2));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await waitFor(() => expect(screen.queryByText(/не получил/)).toBeNull());
});

it('is looked at before it goes, and printed again from history', async () => {
  lists = {
    ...lists,
    handed: [
      {
        agency: 'E-WAT',
        at: '2026-11-23T05:00:00Z',
        who: '',
        told: { way: 'paper', day: '2026-11-23', who: '' },
        lines: 1,
        paper: 'p7',
      },
    ],
  };
  const user = await open();
  await user.click(screen.getByRole('button', { name: /Передать списки/ }));
  await user.click(await screen.findByRole('button', { name: 'Посмотреть' }));
  await waitFor(() =>
    expect(asked('paper_preview')).toEqual([{ of: 'owed_list', agency: 'E-HEA' }]),
  );
  await screen.findByRole('img');
  await user.keyboard('{Escape}');
  await user.click(await screen.findByRole('button', { name: /Напечатать ещё раз/ }));
  await waitFor(() => expect(asked('paper_preview').at(-1)).toEqual({ of: 'printed', id: 'p7' }));
});
