// An open case goes into a circle, and is on the screen no longer than the officer may see it.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { QUIET, type TestHost, testHost } from '../../../../test/host';
import type { CaseView } from '../../../backend';
import { client, refresh } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { clearToasts } from '../../../kit';
import { App } from '../../../shell/App';
import { book } from '../../intake/test/samples';
import { caseView } from './samples';

let host: TestHost;
let visible = true;
const asked = (cmd: string) => host.asked.filter((a) => a.cmd === cmd).map((a) => a.args);
const gone = () => {
  visible = false;
  return { changed: { cases: ['c1'], lists: [] }, undo: null };
};

beforeEach(async () => {
  await speak('ru');
  clearToasts();
  visible = true;
  window.location.hash = '#/case/c1';
});
afterEach(cleanup);

async function open(view: CaseView) {
  host = testHost({
    ...QUIET,
    reference: () => ({ categories: book.categories, agencies: book.agencies }),
    case_get: () => {
      if (!visible) throw { code: 'not_found', params: {} };
      return view;
    },
    paper_list: () => ({ offers: [], printed: [] }),
    attachment_list: () => ({ files: [], most: 50, bytes_max: 52428800 }),
    scan_look: () => ({ folder: null, files: [] }),
    case_restrict: gone,
    category_change: gone,
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

it('is restricted by hand: a circle has to be chosen, and what follows is said before', async () => {
  const user = await open(caseView({ narrative: 'Плачет за стеной' }));
  await user.click(screen.getByRole('button', { name: 'В закрытый круг' }));
  const dialog = await screen.findByRole('dialog');
  within(dialog).getByText(/Вернуть нельзя/);
  const save = within(dialog).getByRole('button', { name: /Перенести в круг/ });
  expect(save).toBeDisabled();
  await user.click(within(dialog).getByRole('radio', { name: 'семейное насилие' }));
  await user.type(within(dialog).getByRole('textbox'), 'боится мужа');
  await user.click(save);
  await waitFor(() =>
    expect(asked('case_restrict')).toEqual([{ case: 'c1', circle: 'dv', reason: 'боится мужа' }]),
  );
  await screen.findByText('Такого обращения нет');
  expect(screen.queryByText('Плачет за стеной')).toBeNull();
});

it('is taken off the screen when another desk restricts it', async () => {
  await open(caseView({ narrative: 'Плачет за стеной' }));
  screen.getByText('Плачет за стеной');
  refresh(gone().changed);
  await screen.findByText('Такого обращения нет');
  expect(screen.queryByText('Плачет за стеной')).toBeNull();
});

it('says before a theme is changed that it takes the case into its circle', async () => {
  const user = await open(
    caseView({ issues: [{ id: 'i1', category: 'ORD-01', text: '' }], narrative: 'Плачет' }),
  );
  await user.click(screen.getByRole('button', { name: 'Изменить тему' }));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).queryByText(/закрытый круг/)).toBeNull();
  const theme = within(dialog).getByRole('combobox');
  await user.clear(theme);
  await user.type(theme, 'FAM-01');
  await user.click(await screen.findByRole('option', { name: /FAM-01/ }));
  within(dialog).getByText(/Обращение уйдёт в закрытый круг: семейное насилие/);
  await user.click(within(dialog).getByRole('button', { name: /Сохранить/ }));
  await waitFor(() =>
    expect(asked('category_change')).toEqual([{ case: 'c1', issue: 'i1', category: 'FAM-01' }]),
  );
  await screen.findByText('Такого обращения нет');
});

it('is not offered for a case of a circle', async () => {
  await open(caseView({ circle: 'dv', may_restrict: false }));
  expect(screen.queryByRole('button', { name: 'В закрытый круг' })).toBeNull();
});
