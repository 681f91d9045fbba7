// Who looked: a screen says when it opens a case and when it reads it anew, asks why where it is asked, and shows who looked.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { setHost } from '../../../backend';
import { client, refresh } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { book } from '../../intake/test/samples';
import { CaseScreen } from '../CaseScreen';
import { caseView } from './samples';

let asked: unknown[];
let wantsReason: boolean;
const lines = [
  {
    at: '2026-11-20T05:00:00Z',
    who: 'Омарова А.',
    what: 'opened',
    paper: '',
    n: null,
    why: { code: 'other', words: 'звонила сестра' },
    case: 'c1',
    number: 'ESK-07-2026-431',
  },
  {
    at: '2026-11-20T04:00:00Z',
    who: 'Ким Б.',
    what: 'printed',
    paper: 'coupon',
    n: null,
    why: { code: 'control', words: '' },
    case: 'c1',
    number: 'ESK-07-2026-431',
  },
];

beforeAll(() => speak('ru'));
beforeEach(() => {
  asked = [];
  wantsReason = false;
  client.clear();
  setHost({
    async call(cmd, args) {
      if (cmd === 'reference') return { categories: book.categories, agencies: book.agencies };
      if (cmd === 'case_get') {
        asked.push(args);
        if (wantsReason && !(args as { why?: unknown }).why) {
          throw { code: 'look_reason_needed', params: {} };
        }
        wantsReason = false;
        return caseView({});
      }
      if (cmd === 'looks') return { all: true, lines, more: false };
      if (cmd === 'person_history') return { same: [], others: [], alike: [] };
      if (cmd === 'paper_list') return { offers: [], printed: [] };
      if (cmd === 'attachment_list') return { files: [], most: 50, bytes_max: 52428800 };
      if (cmd === 'scan_look') return { folder: null, files: [] };
      return { changed: { cases: [], lists: [] } };
    },
    onChanged: () => () => undefined,
  });
});
afterEach(cleanup);

function show() {
  return render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <CaseScreen id="c1" />
      </QueryClientProvider>
    </I18nProvider>,
  );
}
const number = () => screen.findByRole('heading', { level: 1, name: /ESK-07-2026-431/ });

it('opens a case anew each time a screen does, and says when it only reads it again', async () => {
  const { unmount } = show();
  await number();
  refresh({ cases: ['c1'], lists: [] });
  await waitFor(() => expect(asked.length).toBe(2));
  unmount();
  show();
  await number();
  await waitFor(() => expect(asked.length).toBe(3));
  const again = asked.map((args) => (args as { again: boolean }).again);
  expect(again).toEqual([false, true, false]);
});

it('is shown again, not opened, by the page that a change of language loads', async () => {
  show();
  await number();
  // The next page finds what the one before put down; no screen was left.
  const put = sessionStorage.getItem('esik-shown');
  cleanup();
  expect(sessionStorage.getItem('esik-shown')).toBeNull();
  sessionStorage.setItem('esik-shown', put ?? '');
  client.clear();
  show();
  await number();
  const again = asked.map((args) => (args as { again: boolean }).again);
  expect(again).toEqual([false, true]);
});

it('asks why by the keyboard alone, and shows nothing of the case before', async () => {
  wantsReason = true;
  show();
  await screen.findByRole('heading', { level: 1, name: /Зачем вы открываете/ });
  expect(screen.queryByText(/ESK-07-2026-431/)).toBeNull();
  const user = userEvent.setup();
  await user.keyboard('{Control>}{Enter}{/Control}');
  expect(asked.length).toBe(1);
  await user.click(screen.getByRole('radio', { name: 'Другая причина' }));
  await user.type(screen.getByRole('textbox', { name: 'Своими словами' }), 'звонила сестра');
  await user.keyboard('{Control>}{Enter}{/Control}');
  await number();
  expect(asked.at(-1)).toMatchObject({ why: { code: 'other', words: 'звонила сестра' } });
});

it('shows who looked, when, at what and why', async () => {
  show();
  await number();
  const user = userEvent.setup();
  await user.keyboard('{Alt>}l{/Alt}');
  const dialog = await screen.findByRole('dialog', { name: 'Кто смотрел' });
  const rows = await within(dialog).findAllByRole('row');
  expect(rows.map((row) => row.textContent)).toEqual([
    expect.stringContaining('Когда'),
    expect.stringMatching(/Омарова А\.Открыто обращениезвонила сестра/),
    expect.stringMatching(/Ким Б\.Напечатано: ТалонКонтроль сроков/),
  ]);
});
