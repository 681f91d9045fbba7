// One person in several cases: who is alike is offered with the reasons, two cards are linked and nothing is taken over unasked.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { QUIET, type TestHost, testHost } from '../../../../test/host';
import type { PersonCaseView, PersonHistory } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { clearToasts } from '../../../kit';
import { App } from '../../../shell/App';
import { book } from '../../intake/test/samples';
import { caseView } from './samples';

let host: TestHost;
const asked = (cmd: string) => host.asked.filter((a) => a.cmd === cmd).map((a) => a.args);

beforeEach(async () => {
  await speak('ru');
  clearToasts();
  client.clear();
  window.location.hash = '#/case/c1';
});
afterEach(cleanup);

const other = (patch: Partial<PersonCaseView> = {}): PersonCaseView => ({
  case: 'c2',
  party: 'p2',
  person: {
    role: 'applicant',
    surname: 'Касымова',
    given: 'Айгүл',
    patronymic: '',
    organisation: '',
    iin: '851231300124',
    phone: '+77011234567',
    call_note: '',
    do_not_call: false,
  },
  number: 'ESK-07-2026-102',
  title: 'Нет отопления',
  address: 'ул. Абая, 5',
  category: 'ZKH-01',
  at: '2026-11-20T09:00:00.000Z',
  open: false,
  waiting_on: null,
  cautions: [],
  other_iin: false,
  ...patch,
});

async function open(history: PersonHistory, may = true) {
  const party = {
    id: 'p1',
    party: { ...other().person, surname: 'Қасымова', iin: '', phone: '+77029990000' },
  };
  host = testHost({
    ...QUIET,
    reference: () => ({ categories: book.categories, agencies: book.agencies }),
    case_get: () => caseView({ may_correct: may, parties: [party] }),
    paper_list: () => ({ offers: [], printed: [] }),
    attachment_list: () => ({ files: [], most: 50, bytes_max: 52428800 }),
    scan_look: () => ({ folder: null, files: [] }),
    person_history: () => history,
    person_match: () => ({ changed: { cases: ['c1', 'c2'], lists: [] }, undo: null }),
    case_correct: () => ({ changed: { cases: ['c1'], lists: [] }, undo: null }),
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

const nothing: PersonHistory = { same: [], others: [], alike: [] };

it('says nothing where nothing is known', async () => {
  await open(nothing);
  await waitFor(() => expect(asked('person_history')).toHaveLength(1));
  expect(screen.queryByText(/Другие обращения/)).toBeNull();
});

it('links somebody alike and takes over only what the officer chose', async () => {
  const user = await open({
    ...nothing,
    alike: [{ of: other({ cautions: ['do_not_call'] }), why: ['phone', 'name'] }],
  });
  await screen.findByText('Возможно, тот же человек');
  screen.getByText('тот же телефон · то же имя');
  screen.getByText('просил(а) не звонить');
  const link = screen.getByRole('link', { name: /ESK-07-2026-102/ });
  expect(link.getAttribute('href')).toBe('#/case/c2');
  await user.click(
    screen.getByRole('button', { name: 'Касымова Айгүл, ESK-07-2026-102: тот же человек' }),
  );
  const dialog = within(await screen.findByRole('dialog'));
  await user.click(dialog.getByRole('radio', { name: 'Как там: 851231300124' }));
  await user.type(dialog.getByRole('textbox', { name: /Из чего это видно/ }), 'сама сказала');
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(asked('case_correct')).toHaveLength(1));
  expect(asked('person_match')).toEqual([
    {
      case: 'c1',
      party: 'p1',
      other_case: 'c2',
      other_party: 'p2',
      same: true,
      reason: 'сама сказала',
    },
  ]);
  const { parties } = asked('case_correct')[0] as { parties: { party: { [k: string]: string } }[] };
  expect(parties[0]?.party).toMatchObject({
    surname: 'Қасымова',
    iin: '851231300124',
    phone: '+77029990000',
  });
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

it('tells two people apart at once, and offers no link where both IINs are right and differ', async () => {
  const user = await open({
    ...nothing,
    alike: [{ of: other({ other_iin: true }), why: ['name', 'other_iin'] }],
  });
  await screen.findByText('ИИН разные: проверьте');
  expect(screen.queryByRole('button', { name: /тот же человек/ })).toBeNull();
  await user.click(screen.getByRole('button', { name: /другой человек/ }));
  await waitFor(() => expect(asked('person_match')).toMatchObject([{ same: false, reason: '' }]));
});

it('warns of what was learnt in another case of the same person before anybody calls', async () => {
  const word = { same: true, at: '2026-11-21T09:00:00.000Z', who: 'Ким В. С.', reason: '' };
  const same = [{ of: other({ cautions: ['do_not_call'] }), words: [word], through: null }];
  const user = await open({ ...nothing, same });
  await screen.findByText('В обращении ESK-07-2026-102 того же человека: просил(а) не звонить');
  expect(screen.queryByText('+7 702 999 00 00'), 'the number is behind the warning').toBeNull();
  await user.click(screen.getByRole('button', { name: 'Всё равно показать телефон' }));
  screen.getByText('+7 702 999 00 00');
});

it('takes a word back, and not one that lies in a third case; who may not correct only reads', async () => {
  const word = {
    same: true,
    at: '2026-11-21T09:00:00.000Z',
    who: 'Ким В. С.',
    reason: 'по паспорту',
  };
  const same = [
    { of: other(), words: [word], through: null },
    { of: other({ case: 'c3', number: 'ESK-07-2026-77' }), words: [], through: 'c2' },
  ];
  const user = await open({ ...nothing, same });
  await screen.findByText(/Ким В. С., 21 ноября: по паспорту/);
  screen.getByText('Связано через другое обращение');
  const back = screen.getAllByRole('button', { name: /отменить сказанное/ });
  expect(back).toHaveLength(1);
  await user.click(back[0] as HTMLElement);
  await waitFor(() =>
    expect(asked('person_match')).toMatchObject([{ other_case: 'c2', same: null }]),
  );
  cleanup();
  await open({ ...nothing, same }, false);
  await screen.findByText('Связано через другое обращение');
  expect(screen.queryByRole('button', { name: /отменить сказанное/ })).toBeNull();
});
