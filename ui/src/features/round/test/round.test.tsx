// An inspector's day, as people use it: with the keyboard.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { QUIET, testHost } from '../../../../test/host';
import type { RoundPlace, RoundView } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { clearToasts } from '../../../kit/Toast';
import { App } from '../../../shell/App';
import { decode } from '../words';

const REGION = { unsent: 5, oldest: null, contact: null, proof: null, hash: '', why: 'line' };
const NONE = { cases: [], lists: [] };

const HOUSE: RoundPlace = {
  id: 'p1',
  address: 'Абая, 7',
  note: 'собака',
  day: '2026-11-22',
  visits: 0,
  last: null,
  done: false,
  cases: [
    {
      id: 'c1',
      number: 'ESK-07-2026-1',
      title: 'Нет отопления',
      next_due: null,
      caution: ['afraid'],
      call_note: 'после 18 дома муж',
    },
  ],
};
const FLAT: RoundPlace = { ...HOUSE, id: 'p2', address: 'Абая, 9', note: '', cases: [] };

const VIEW: RoundView = {
  today: '2026-11-22',
  plan: [HOUSE, FLAT],
  rest: [],
  suggested: [],
  counts: { visits: 0, talked: 0, nobody_home: 0, refused: 0, again: 0 },
  taken: 0,
  files: 0,
  region: REGION,
  enrolled: true,
  not_handed_in: null,
  days: [],
};

function open(view: RoundView = VIEW) {
  const host = testHost({ ...QUIET, round: () => view });
  window.location.hash = '#/round';
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

const door = (address: string) => screen.findByRole('button', { name: new RegExp(`^${address}`) });

it('what has to be known before knocking stands at the address and in the visit', async () => {
  const host = open();
  let sent: unknown;
  host.answers.round_visit = (args: unknown) => {
    sent = args;
    return { changed: NONE };
  };
  const first = await door('Абая, 7');
  await waitFor(() => expect(first).toHaveFocus());
  expect(screen.getByText(/Человек боится/)).toBeVisible();
  const user = userEvent.setup();
  await user.keyboard('{Enter}');
  const dialog = await screen.findByRole('dialog');
  expect(dialog).toHaveTextContent('после 18 дома муж');
  await user.click(screen.getByRole('radio', { name: 'Поговорили' }));
  // Whether the visit was about the case is said, never assumed.
  expect(screen.getByRole('button', { name: /Сохранить/ })).toBeDisabled();
  await user.click(screen.getByRole('radio', { name: /Нет отопления/ }));
  await user.type(screen.getByLabelText(/Заметка/), 'дали обогреватель');
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() =>
    expect(sent).toEqual({
      id: 'p1',
      result: 'talked',
      note: 'дали обогреватель',
      next: null,
      case: 'c1',
    }),
  );
});

it('a photograph dropped into the visit is its own, and is waited for before it is saved', async () => {
  const host = open();
  const done: string[] = [];
  let letIn: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    letIn = resolve;
  });
  host.answers.attachment_list = () => ({ files: [], most: 50, bytes_max: 1_000_000 });
  host.answers.attachment_part = async () => {
    await arrived;
    return { bytes: 4 };
  };
  host.answers.attachment_add = (args: { to: unknown; name: string }) => {
    done.push(`${args.name} ${JSON.stringify(args.to)}`);
    return { id: 'a1', changed: NONE };
  };
  host.answers.round_visit = () => {
    done.push('visit');
    return { changed: NONE };
  };
  await waitFor(async () => expect(await door('Абая, 9')).toBeVisible());
  const user = userEvent.setup();
  await user.click(await door('Абая, 9'));
  await screen.findByRole('dialog');
  const files = [new File(['jpeg'], 'стена.jpg', { type: 'image/jpeg' })];
  fireEvent.drop(window, { dataTransfer: { files, types: ['Files'], items: [] } });
  await screen.findByText(/Прикладывается/);
  await user.click(screen.getByRole('radio', { name: 'Поговорили' }));
  await user.keyboard('{Control>}{Enter}{/Control}');
  expect(done).toEqual([]);
  letIn();
  await waitFor(() => expect(done).toEqual(['стена.jpg {"to":"place","id":"p2"}', 'visit']));
});

it('one key opens an intake at the address; arrows go from door to door', async () => {
  const host = open();
  host.answers.round_intake = () => ({
    draft: { id: 'd9', form: { text: '', address: 'Абая, 9' }, saved_at: '2026-11-22T05:00:00Z' },
    changed: NONE,
  });
  await waitFor(async () => expect(await door('Абая, 7')).toHaveFocus());
  const user = userEvent.setup();
  await user.keyboard('{ArrowDown}');
  expect(await door('Абая, 9')).toHaveFocus();
  await user.keyboard('[KeyN]');
  await waitFor(() => expect(window.location.hash).toBe('#/intake/d9'));
  expect(host.asked).toContainEqual({ cmd: 'round_intake', args: { id: 'p2' } });
});

it('another visit needs its day', async () => {
  open();
  const user = userEvent.setup();
  await user.click(await door('Абая, 9'));
  await user.click(await screen.findByRole('radio', { name: 'Зайти ещё раз' }));
  const save = screen.getByRole('button', { name: /Сохранить/ });
  expect(save).toBeDisabled();
  await user.type(screen.getByLabelText(/Следующее посещение/), '31.12.2099');
  expect(save).toBeEnabled();
});

it('the day is handed in without a line, and the receipt says so', async () => {
  const host = open({ ...VIEW, counts: { ...VIEW.counts, visits: 2, talked: 2 }, taken: 1 });
  host.answers.round_hand_in = () => ({
    line: {
      id: 'x',
      day: '2026-11-22',
      at: '2026-11-22T13:00:00Z',
      counts: { ...VIEW.counts, visits: 2, talked: 2 },
      taken: 1,
      receipt: null,
    },
    records: 7,
    acknowledged: 0,
    region: REGION,
    failure: { code: 'region_unreachable', params: {} },
    changed: NONE,
  });
  await door('Абая, 7');
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  expect(await screen.findByText(/День сдан. Посещений: 2, принято: 1/)).toBeVisible();
  expect(screen.getByText('Регион подтвердил 0 из 7 записей этого дня.')).toBeVisible();
  expect(screen.getByText(/Подтверждение придёт, когда появится связь/)).toBeVisible();
});

it('an address stays typed when it could not be saved; one taken off comes back by undo', async () => {
  const host = open();
  host.answers.round_add = () => {
    throw { code: 'disk_full', params: {} };
  };
  const token = { kind: 'act', case: 'p1', events: ['e1'] };
  host.answers.round_drop = () => ({ changed: NONE, undo: token });
  host.answers.undo = () => ({ changed: NONE, undo: null });
  const typed = await screen.findByLabelText('Адрес');
  await userEvent.type(typed, 'Ауэзова, 12{Enter}');
  expect(await screen.findByRole('alert')).toBeVisible();
  expect(typed).toHaveValue('Ауэзова, 12');
  (await door('Абая, 7')).focus();
  await userEvent.keyboard('[KeyX]');
  await userEvent.click(await screen.findByRole('button', { name: /Вернуть/ }));
  await waitFor(() => expect(host.asked).toContainEqual({ cmd: 'undo', args: token }));
});

it('a visit, a day and an address are taken back by Ctrl+Z, one after the other', async () => {
  const host = open();
  const token = (event: string) => ({ kind: 'act', case: 'p2', events: [event] });
  const undone: unknown[] = [];
  host.answers.undo = (args: unknown) => {
    undone.push(args);
    return { changed: NONE, undo: null };
  };
  host.answers.round_plan = () => ({ changed: NONE, undo: token('day') });
  host.answers.round_add = () => ({ id: 'p3', known: false, changed: NONE, undo: token('added') });
  host.answers.round_visit = () => ({ changed: NONE, undo: token('visit') });
  const user = userEvent.setup();
  (await door('Абая, 9')).focus();
  await user.keyboard('[KeyP]');
  expect(await screen.findByText('Снято с сегодняшнего дня: Абая, 9')).toBeVisible();
  await user.keyboard('{Control>}[KeyZ]{/Control}');
  await waitFor(() => expect(undone).toEqual([token('day')]));

  await user.type(screen.getByLabelText('Адрес'), 'Абая, 11{Enter}');
  expect(await screen.findByText('Добавлено: Абая, 11')).toBeVisible();
  // The field keeps the focus for the next address; it is empty, so Ctrl+Z is not its own.
  expect(screen.getByLabelText('Адрес')).toHaveFocus();
  await user.keyboard('{Control>}[KeyZ]{/Control}');
  await waitFor(() => expect(undone).toEqual([token('day'), token('added')]));
  (await door('Абая, 9')).focus();

  await user.keyboard('{Enter}');
  await user.click(await screen.findByRole('radio', { name: 'Никого нет дома' }));
  await user.keyboard('{Control>}{Enter}{/Control}');
  await screen.findByText('Записано: Абая, 9');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await user.keyboard('{Control>}[KeyZ]{/Control}');
  await waitFor(() => expect(undone.at(-1)).toEqual(token('visit')));
});

it('a file of an older office program is read too', () => {
  const old = new Uint8Array([0xc0, 0xe1, 0xe0, 0xff]);
  expect(decode(old.buffer)).toBe('Абая');
  expect(decode(new TextEncoder().encode('Ұлы дала').buffer as ArrayBuffer)).toBe('Ұлы дала');
});

it('an answer that comes late takes neither the focus nor what was typed meanwhile', async () => {
  const host = open();
  let answer: (value: unknown) => void = () => {};
  host.answers.round_add = () => new Promise((resolve) => (answer = resolve));
  const done = { id: 'p3', known: false, changed: NONE, undo: null };
  const user = userEvent.setup();
  const typed = await screen.findByLabelText('Адрес');
  await user.type(typed, 'Абая, 11{Enter}');
  (await door('Абая, 9')).focus();
  answer(done);
  await screen.findByText('Добавлено: Абая, 11');
  expect(await door('Абая, 9')).toHaveFocus();
  expect(typed).toHaveValue('');

  await user.type(typed, 'Абая, 13{Enter}');
  await user.clear(typed);
  await user.type(typed, 'Абая, 15');
  answer(done);
  await screen.findByText('Добавлено: Абая, 13');
  expect(typed).toHaveValue('Абая, 15');
});
