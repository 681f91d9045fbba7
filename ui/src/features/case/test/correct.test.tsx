// Corrections on the screen: old and new, a request taken back, two values settled, Ctrl+Z.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { QUIET, type TestHost, testHost } from '../../../../test/host';
import type { CaseView } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { clearToasts } from '../../../kit';
import { App } from '../../../shell/App';
import { book } from '../../intake/test/samples';
import { emptyParty } from '../../intake/who';
import { caseView, happened, referral } from './samples';

let host: TestHost;
const TOKEN = { kind: 'act', case: 'c1', events: ['e9'] };
const done = () => ({ changed: { cases: ['c1'], lists: [] }, undo: TOKEN });
const asked = (cmd: string) => host.asked.filter((a) => a.cmd === cmd).map((a) => a.args);
const ANNA = { id: 'p1', party: { ...emptyParty(), surname: 'Ким', given: 'Анна' } };

beforeEach(async () => {
  await speak('ru');
  clearToasts();
  window.location.hash = '#/case/c1';
});
afterEach(cleanup);

async function open(view: CaseView) {
  host = testHost({
    ...QUIET,
    reference: () => ({ categories: book.categories, agencies: book.agencies }),
    case_get: () => view,
    paper_list: () => ({ offers: [], printed: [] }),
    attachment_list: () => ({ files: [], most: 50, bytes_max: 52428800 }),
    scan_look: () => ({ folder: null, files: [] }),
    case_correct: done,
    referral_withdraw: () => ({ ...done(), undo: null }),
    review_settle: done,
    case_close: done,
    undo: () => ({ changed: { cases: ['c1'], lists: [] }, undo: null }),
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

it('Alt+C corrects a name: only what differs goes, with what was seen; Ctrl+Z takes it back', async () => {
  const user = await open(caseView({ parties: [ANNA], set_by: { title: 'e1', 'party:p1': 'e2' } }));
  await user.keyboard('{Alt>}[KeyC]{/Alt}');
  const dialog = await screen.findByRole('dialog');
  const save = within(dialog).getByRole('button', { name: /Сохранить исправление/ });
  expect(save).toBeDisabled();
  const surname = within(dialog).getByLabelText('Фамилия');
  await user.type(surname, 'ова');
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() =>
    expect(asked('case_correct')).toEqual([
      {
        case: 'c1',
        title: null,
        address: null,
        ext_number: null,
        parties: [{ id: 'p1', party: { ...ANNA.party, surname: 'Кимова' } }],
        seen: { title: 'e1', 'party:p1': 'e2' },
      },
    ]),
  );
  await screen.findByText('Исправлено');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await user.keyboard('{Control>}[KeyZ]{/Control}');
  await waitFor(() => expect(asked('undo')).toEqual([TOKEN]));
  expect(await screen.findByText('Возвращено')).toBeVisible();
});

it('what a body was told does not change by itself, and that is said', async () => {
  const user = await open(caseView({ referrals: [referral()] }));
  await user.click(screen.getByRole('button', { name: /^Исправить/ }));
  expect(await screen.findByText(/Органу уже ушли прежние данные/)).toBeVisible();
});

it('Ctrl+Z inside a field belongs to the field', async () => {
  const user = await open(caseView({ parties: [ANNA] }));
  await user.keyboard('{Alt>}[KeyC]{/Alt}');
  let dialog = await screen.findByRole('dialog');
  await user.type(within(dialog).getByLabelText('Фамилия'), 'ова{Control>}{Enter}{/Control}');
  await screen.findByText('Исправлено');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await user.keyboard('{Alt>}[KeyC]{/Alt}');
  dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByLabelText('Имя'));
  await user.keyboard('{Control>}[KeyZ]{/Control}');
  expect(asked('undo')).toEqual([]);
});

it('the history shows old and new, and what was taken back is told as such', async () => {
  await open(
    caseView({
      timeline: [
        {
          ...happened('case_closed', '2026-11-21T10:00:00.000Z', { outcome: 'helped' }),
          undone: { at: '2026-11-21T10:00:08.000Z' },
        },
        {
          ...happened('party_amended', '2026-11-21T09:00:00.000Z', { name: 'Кимова Анна' }),
          changes: [
            { field: 'surname', before: 'Ким', after: 'Кимова' },
            { field: 'phone', before: '', after: '+77011234567' },
          ],
        },
      ],
    }),
  );
  expect(screen.getByText('Фамилия: Ким → Кимова')).toBeVisible();
  expect(screen.getByText('Телефон: нет → +77011234567')).toBeVisible();
  expect(screen.getByText(/^Закрыто/).tagName).toBe('S');
  expect(screen.getByText(/Отменено в 15:00/)).toBeVisible();
});

it('a request is taken back after a look at what its body will read', async () => {
  const user = await open(caseView({ referrals: [referral({ state: 'accepted' })] }));
  await user.click(screen.getByRole('button', { name: 'Отозвать' }));
  const dialog = await screen.findByRole('dialog');
  const yes = within(dialog).getByRole('button', { name: /^Отозвать/ });
  expect(yes).toBeDisabled();
  await user.type(within(dialog).getByLabelText(/Почему отзываем/), 'дом частный');
  expect(within(dialog).getByText(/отозвало этот запрос\. Причина: дом частный/)).toBeVisible();
  await user.click(yes);
  await waitFor(() =>
    expect(asked('referral_withdraw')).toEqual([
      { case: 'c1', referral: 'r1', reason: 'дом частный' },
    ]),
  );
  await screen.findByText(/Отозвано: E-HEA/);
  expect(screen.queryByRole('button', { name: /^Вернуть/ })).toBeNull();
});

it('what was answered, or signed by the head, is not taken back here', async () => {
  const stamp = { at: '2026-11-22T09:50:00.000Z', by: 'Смагулов Е.', event: 'e' };
  const redirect = {
    whole: true,
    issues: [],
    ground: 'ст. 65',
    reason: 'не наше',
    due: null,
    calendar: '',
  };
  await open(
    caseView({
      referrals: [
        referral({ id: 'r1', state: 'answered', answered: { stamp, text: 'дали', file: null } }),
        referral({ id: 'r2', redirect }),
        referral({ id: 'r3', state: 'rejected', rejected: { stamp, code: 'other', reason: '' } }),
      ],
    }),
  );
  expect(screen.queryByRole('button', { name: 'Отозвать' })).toBeNull();
});

it('two values that met are settled by a press', async () => {
  const user = await open(
    caseView({
      review: [{ field: 'title', earlier: 'Холодно', later: 'Нет тепла', event: 'e5' }],
    }),
  );
  await user.click(screen.getByRole('button', { name: 'Вернуть прежнее: Холодно' }));
  await waitFor(() =>
    expect(asked('review_settle')).toEqual([
      { case: 'c1', event: 'e5', take: 'earlier', note: '' },
    ]),
  );
});

it('who may only look finds no way to correct', async () => {
  await open(
    caseView({
      may_correct: false,
      referrals: [referral()],
      review: [{ field: 'title', earlier: 'Холодно', later: 'Нет тепла', event: 'e5' }],
    }),
  );
  for (const name of [/^Исправить/, 'Отозвать', /^Вернуть прежнее/, /^Оставить/]) {
    expect(screen.queryByRole('button', { name })).toBeNull();
  }
});
