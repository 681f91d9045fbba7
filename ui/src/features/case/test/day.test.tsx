// A day in a window over the case: what cannot be read is never saved, nor an earlier day in its place.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it } from 'vitest';
import { QUIET, testHost } from '../../../../test/host';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { book } from '../../intake/test/samples';
import { CaseScreen } from '../CaseScreen';
import { caseView } from './samples';

afterEach(cleanup);

it('a task waits until its day can be read', async () => {
  await speak('ru');
  const host = testHost({
    ...QUIET,
    reference: () => ({ categories: book.categories, agencies: book.agencies }),
    case_get: () => caseView(),
    paper_list: () => ({ offers: [], printed: [] }),
    task_add: () => ({ changed: { cases: ['c1'], lists: [] }, undo: null }),
  });
  const user = userEvent.setup();
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <CaseScreen id="c1" />
      </QueryClientProvider>
    </I18nProvider>,
  );
  await user.click(await screen.findByRole('button', { name: 'Поручить' }));
  const dialog = await screen.findByRole('dialog');
  const text = within(dialog).getByLabelText(/Что сделать/);
  await user.type(text, 'обойти дом');
  const day = within(dialog).getByLabelText(/К какому дню/);
  const soon = new Date(Date.now() + 3 * 86_400_000);
  const typed = `${soon.getUTCDate()}.${soon.getUTCMonth() + 1}.${soon.getUTCFullYear()}`;
  await user.type(day, typed);
  await user.clear(day);
  await user.type(day, '32.13');
  await user.click(text);
  await user.keyboard('{Control>}{Enter}{/Control}');
  expect(day).toHaveFocus();
  expect(day).toBeInvalid();
  const sent = () => host.asked.filter((a) => a.cmd === 'task_add');
  expect(sent()).toEqual([]);
  await user.clear(day);
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(sent()).toHaveLength(1));
  expect(sent()[0]?.args).toMatchObject({ due: null, text: 'обойти дом' });
});
