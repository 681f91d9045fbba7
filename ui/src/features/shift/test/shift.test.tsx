// The end of a shift, as people use it: with the keyboard.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { QUIET, testHost } from '../../../../test/host';
import type { Colleagues, ShiftLine, ShiftView } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { clearToasts } from '../../../kit/Toast';
import { App } from '../../../shell/App';

const REGION = {
  unsent: 3,
  oldest: '2026-11-22T12:00:00Z',
  contact: null,
  proof: 41,
  hash: `9f3ac11d${'0'.repeat(56)}`,
  why: 'line',
};

const LINE: ShiftLine = {
  id: 's1',
  from: '2026-11-22T04:00:00Z',
  at: '2026-11-22T13:00:00Z',
  by: 'Сейітқалиева А. Н.',
  mine: true,
  to: 'Ким В. С.',
  note: 'Ключ у дежурного',
  taken_by: null,
  taken_at: null,
  region: REGION,
  receipt: null,
  cases: 1,
};

const VIEW: ShiftView = {
  fresh: 's1',
  from: '2026-11-22T04:00:00Z',
  today: '2026-11-22',
  due: [],
  calls: [],
  late: [],
  refused: [],
  more: false,
  cases: [
    {
      id: 'c1',
      number: 'ESK-07-2026-1',
      title: 'Нет отопления',
      next_due: '2026-11-22',
      restricted: false,
    },
    { id: 'c2', number: 'ESK-07-2026-2', title: 'Шум', next_due: '2026-12-01', restricted: false },
    {
      id: 'c3',
      number: 'ESK-07-2026-3',
      title: 'Закрытое',
      next_due: '2026-11-20',
      restricted: true,
    },
  ],
  drafts: [{ id: 'd1', title: 'соседи шумят', who: '', address: '', saved_at: LINE.at }],
  note: '',
  taken: 2,
  region: REGION,
  enrolled: true,
  waiting: [],
  inherited: null,
  past: [],
};

const OTHERS: Colleagues = {
  me: 'o1',
  officers: [
    { id: 'o1', name: 'Сейітқалиева А. Н.', post: '', here: true },
    { id: 'o2', name: 'Ким В. С.', post: '', here: true },
    { id: 'o3', name: 'Омаров Б. Т.', post: '', here: false },
  ],
};

function open(view: ShiftView) {
  const host = testHost({
    ...QUIET,
    shift: () => view,
    shift_news: () => ({ waiting: view.waiting, inherited: view.inherited }),
    colleagues: () => OTHERS,
    sync_now: () => QUIET.sync_status?.({} as never),
  });
  render(
    <QueryClientProvider client={client}>
      <I18nProvider i18n={i18n}>
        <App />
      </I18nProvider>
    </QueryClientProvider>,
  );
  return host;
}

beforeEach(async () => {
  window.location.hash = '';
  clearToasts();
  await speak('ru');
});

it('a shift is handed over with a few keys: whom, and Ctrl+Enter', async () => {
  const host = open(VIEW);
  let sent: unknown;
  host.answers.shift_hand_over = (args: unknown) => {
    sent = args;
    return { line: LINE, changed: { cases: [], lists: [] } };
  };
  const user = userEvent.setup();
  await screen.findByText('Приём', { selector: 'h1' });
  await user.keyboard('{Alt>}[Digit6]{/Alt}');
  const who = await screen.findByRole('radio', { name: 'Ким В. С.' });
  await waitFor(() => expect(who).toHaveFocus());
  await user.keyboard('[Space]{Control>}{Enter}{/Control}');
  expect(await screen.findByText('Смена сдана: Ким В. С.')).toBeVisible();
  // Due today goes along by itself; a restricted case never does.
  expect(sent).toEqual({
    id: 's1',
    to: 'o2',
    note: '',
    cases: ['c1'],
    drafts: [{ id: 'd1', fate: 'keep' }],
  });
  expect(screen.getByText(/4 записи ещё не в регионе/)).toBeVisible();
  expect(screen.getByText(/уйдёт само, когда появится связь/)).toBeVisible();
});

it('a shift handed over by a slip is had back by Ctrl+Z, and the note is there to be corrected', async () => {
  let now = VIEW;
  const host = open(VIEW);
  host.answers.shift = () => now;
  const token = { kind: 'shift', acts: [], given: [], thrown: [], note: 'Ключ у дежурного' };
  host.answers.shift_hand_over = () => {
    now = { ...VIEW, past: [LINE] };
    return { line: LINE, changed: { cases: [], lists: ['shift'] }, undo: token };
  };
  host.answers.undo = () => {
    now = { ...VIEW, fresh: 's2', note: 'Ключ у дежурного' };
    return { changed: { cases: [], lists: ['shift'] }, undo: null };
  };
  window.location.hash = '#/shift';
  const user = userEvent.setup();
  await user.click(await screen.findByRole('radio', { name: 'Ким В. С.' }));
  await user.keyboard('{Control>}{Enter}{/Control}');
  expect(await screen.findByRole('heading', { name: 'Смена сдана: Ким В. С.' })).toHaveFocus();
  await user.keyboard('{Control>}[KeyZ]{/Control}');
  await waitFor(() => expect(host.asked).toContainEqual({ cmd: 'undo', args: token }));
  expect(await screen.findByLabelText(/Следующему сотруднику/)).toHaveValue('Ключ у дежурного');
  await user.click(await screen.findByRole('radio', { name: 'Ким В. С.' }));
  await user.keyboard('{Control>}{Enter}{/Control}');
  const asked = () => host.asked.filter((a) => a.cmd === 'shift_hand_over').map((a) => a.args);
  await waitFor(() => expect(asked()).toHaveLength(2));
  expect(asked()[1]).toMatchObject({ id: 's2', note: 'Ключ у дежурного' });
});

it('the receipt replaces the warning as soon as the region has answered', async () => {
  let view = VIEW;
  const host = testHost({
    ...QUIET,
    shift: () => view,
    colleagues: () => OTHERS,
    shift_hand_over: () => {
      view = { ...VIEW, past: [{ ...LINE, receipt: 57 }] };
      return { line: LINE, changed: { cases: [], lists: [] } };
    },
    sync_now: () => QUIET.sync_status?.({} as never),
  });
  window.location.hash = '#/shift';
  render(
    <QueryClientProvider client={client}>
      <I18nProvider i18n={i18n}>
        <App />
      </I18nProvider>
    </QueryClientProvider>,
  );
  await userEvent.click(await screen.findByRole('radio', { name: 'Ким В. С.' }));
  await userEvent.click(screen.getByRole('button', { name: /Сдать смену/ }));
  const handed = (await screen.findByText('Смена сдана: Ким В. С.')).closest('section');
  expect(await within(handed as HTMLElement).findByText('Регион подтвердил: № 57')).toBeVisible();
  expect(host.asked.some(({ cmd }) => cmd === 'sync_now')).toBe(true);
});

it('nobody chosen, nothing done; a refusal keeps every word', async () => {
  window.location.hash = '#/shift';
  const host = open(VIEW);
  host.answers.shift_note = () => ({ changed: { cases: [], lists: [] } });
  host.answers.shift_hand_over = () => {
    throw { code: 'shift_not_in_circle', params: { number: 'ESK-07-2026-3' } };
  };
  const note = await screen.findByLabelText(/Следующему сотруднику/);
  await userEvent.type(note, 'Ключ у дежурного');
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  expect(host.asked.some(({ cmd }) => cmd === 'shift_hand_over')).toBe(false);
  await userEvent.click(screen.getByRole('radio', { name: 'Ким В. С.' }));
  await userEvent.click(screen.getByRole('checkbox', { name: /Закрытое/ }));
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  expect(await screen.findByText(/Снимите отметку с обращения ESK-07-2026-3/)).toBeVisible();
  expect(note).toHaveValue('Ключ у дежурного');
  expect(screen.getByRole('checkbox', { name: /Закрытое/ })).toBeChecked();
  await waitFor(() =>
    expect(host.asked).toContainEqual({ cmd: 'shift_note', args: { note: 'Ключ у дежурного' } }),
  );
});

it('to a colleague at another computer a draft cannot go', async () => {
  window.location.hash = '#/shift';
  open(VIEW);
  await userEvent.click(await screen.findByRole('radio', { name: 'Омаров Б. Т.' }));
  expect(screen.getByRole('radio', { name: 'передать' })).toBeDisabled();
  expect(screen.getByText(/работает за другим компьютером/)).toBeVisible();
});

it('the next officer reads the note on the reception, and takes what came later', async () => {
  const host = open({
    ...VIEW,
    inherited: { ...LINE, by: 'Омаров Б. Т.' },
    waiting: [{ ...LINE, id: 's2', by: 'Ким В. С.', note: 'Второй стол' }],
  });
  let taken: unknown;
  host.answers.shift_take = (args: unknown) => {
    taken = args;
    return { line: LINE, changed: { cases: [], lists: [] } };
  };
  expect(await screen.findByText(/Вы приняли смену: Омаров Б. Т./)).toBeVisible();
  expect(screen.getByText('Ключ у дежурного')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Принять смену' }));
  await waitFor(() => expect(taken).toEqual({ id: 's2' }));
});
