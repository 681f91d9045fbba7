// How soon: what the rule proposes and why, an officer's word over it, and what became known after that word.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { QUIET, type TestHost, testHost } from '../../../../test/host';
import type { CaseView, PriorityView } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { clearToasts } from '../../../kit';
import { App } from '../../../shell/App';
import { book } from '../../intake/test/samples';
import { caseView } from './samples';

let host: TestHost;
const asked = () => host.asked.filter((a) => a.cmd === 'priority_set').map((a) => a.args);

beforeEach(async () => {
  await speak('ru');
  clearToasts();
  client.clear();
  window.location.hash = '#/case/c1';
});
afterEach(cleanup);

async function open(priority: PriorityView, patch: Partial<CaseView> = {}) {
  host = testHost({
    ...QUIET,
    reference: () => ({ categories: book.categories, agencies: book.agencies }),
    case_get: () => caseView({ may_close: true, priority, ...patch }),
    paper_list: () => ({ offers: [], printed: [] }),
    attachment_list: () => ({ files: [], most: 50, bytes_max: 52428800 }),
    scan_look: () => ({ folder: null, files: [] }),
    priority_set: () => ({ changed: { cases: ['c1'], lists: [] }, undo: null }),
  });
  const user = userEvent.setup();
  render(
    <QueryClientProvider client={client}>
      <I18nProvider i18n={i18n}>
        <App />
      </I18nProvider>
    </QueryClientProvider>,
  );
  await screen.findByRole('heading', { level: 1, name: /ESK-07-2026-431/ });
  return user;
}

const baby = { priority: 'at_once' as const, why: [{ theme: 'ZKH-01', circumstance: 'baby' }] };
const word = {
  priority: 'in_turn' as const,
  at: '2026-11-20T09:00:00.000Z',
  who: 'Ким В. С.',
  reason: 'есть бойлер',
};

async function dialog(user: ReturnType<typeof userEvent.setup>) {
  const line = screen.getByText(/^Срочность: /);
  await user.click(within(line).getByRole('button', { name: 'Изменить' }));
  return within(await screen.findByRole('dialog'));
}

it('says what it is and why, and wants a reason only for what is later than proposed', async () => {
  const user = await open({ now: 'at_once', proposed: baby, set: null });
  expect(screen.getByText(/^Срочность: Немедленно · .*грудной ребёнок/)).toBeTruthy();
  const over = await dialog(user);
  over.getByText(/Жизни, здоровью или свободе угрожает/);
  const save = over.getByRole('button', { name: /Сохранить/ });
  await user.click(over.getByRole('radio', { name: 'По очереди' }));
  over.getByText(/к обещанному дню/);
  expect(save, 'later, and nobody said why').toBeDisabled();
  await user.type(over.getByRole('textbox', { name: /Почему можно позже/ }), 'живут у сестры');
  await user.click(save);
  await waitFor(() =>
    expect(asked()).toEqual([{ case: 'c1', priority: 'in_turn', reason: 'живут у сестры' }]),
  );
});

it('goes back to the rule without a reason, where an officer had said otherwise', async () => {
  const user = await open({ now: 'in_turn', proposed: baby, set: word });
  expect(screen.getByText(/По очереди · решение: Ким В\. С\.: есть бойлер/)).toBeTruthy();
  expect(screen.queryByText(/позже стало известно/)).toBeNull();
  const over = await dialog(user);
  await user.click(over.getByRole('radio', { name: 'Как предлагает программа' }));
  expect(over.queryByRole('textbox')).toBeNull();
  await user.click(over.getByRole('button', { name: /Сохранить/ }));
  await waitFor(() => expect(asked()).toEqual([{ case: 'c1', priority: null, reason: '' }]));
});

it('tells what became known after the word, and nothing of a case that is over', async () => {
  await open({ now: 'at_once', proposed: baby, set: word });
  expect(screen.getByText(/позже стало известно: .*грудной ребёнок/)).toBeTruthy();
  cleanup();
  client.clear();
  const closed = { ...caseView().closed, at: word.at } as CaseView['closed'];
  await open({ now: 'at_once', proposed: baby, set: null }, { closed });
  expect(screen.queryByText(/^Срочность: /)).toBeNull();
});
