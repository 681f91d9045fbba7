// A theme and a person that were not known at intake.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CaseView, setHost } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { book } from '../../intake/test/samples';
import { emptyParty } from '../../intake/who';
import { CaseScreen } from '../CaseScreen';
import { nextAction } from '../next';
import { caseView, owed } from './samples';

let view: CaseView;
let done: [string, unknown][];
const bare = (patch: Partial<CaseView> = {}) =>
  caseView({ issues: [], parties: [], may_correct: true, ...patch });
const applicant = { id: 'p1', party: { ...emptyParty(), surname: 'Ким' } };

beforeAll(() => speak('ru'));
beforeEach(() => {
  done = [];
  client.clear();
  setHost({
    async call(cmd, args) {
      if (cmd === 'reference') return { categories: book.categories, agencies: book.agencies };
      if (cmd === 'case_get') return view;
      if (cmd === 'person_history') return { same: [], others: [], alike: [] };
      if (cmd === 'paper_list') return { offers: [], printed: [] };
      if (cmd === 'attachment_list') return { files: [], most: 50, bytes_max: 52428800 };
      if (cmd === 'scan_look') return { folder: null, files: [] };
      done.push([cmd, args]);
      return { changed: { cases: ['c1'], lists: [] } };
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
        <CaseScreen id="c1" />
      </QueryClientProvider>
    </I18nProvider>,
  );
  await screen.findByRole('heading', { level: 1, name: /ESK-07-2026-431/ });
  return user;
}

describe('a case without a theme', () => {
  it('has that as its next step, before whose it is', () => {
    const today = '2026-11-22';
    expect(nextAction(bare(), today)).toEqual({ act: 'name_theme' });
    const decide = owed('decide');
    expect(nextAction(bare({ obligations: [decide] }), today)).toEqual({ act: 'name_theme' });
    const crime = { kui_number: '1', kui_at: '', received_by: '', minutes: null };
    for (const patch of [{ crime }, { may_correct: false }, { number: null }]) {
      expect(nextAction(bare(patch), today).act).not.toBe('name_theme');
    }
    expect(nextAction(caseView({ may_correct: true }), today).act).not.toBe('name_theme');
  });

  it('gets one by the keyboard alone', async () => {
    view = bare();
    const user = await open();
    expect(screen.getByRole('button', { name: 'Выбрать тему' })).toBeVisible();
    await user.keyboard('{Alt>}i{/Alt}');
    const dialog = await screen.findByRole('dialog', { name: /О чём ещё/ });
    await user.type(within(dialog).getByRole('combobox'), 'FAM-01');
    await user.keyboard('{ArrowDown}{Enter}');
    expect(await screen.findByText(/уйдёт в закрытый круг/)).toBeTruthy();
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(done).toContainEqual(['issue_add', { case: 'c1', category: 'FAM-01', text: '' }]);
  });
});

describe('who came', () => {
  it('is added by the keyboard where the case does not know it', async () => {
    view = bare();
    const user = await open();
    await user.keyboard('{Alt>}w{/Alt}');
    const dialog = await screen.findByRole('dialog', { name: 'Кто обратился?' });
    await user.click(within(dialog).getByRole('radio', { name: /за кого|представ/i }));
    await user.type(within(dialog).getByLabelText('Фамилия'), 'Ким');
    await user.keyboard('{Control>}{Enter}{/Control}');
    const party = { ...emptyParty('represented'), surname: 'Ким' };
    expect(done).toContainEqual(['party_add', { case: 'c1', party }]);
  });

  it('is not asked for again, and nobody adds to a closed case', async () => {
    view = bare({ parties: [applicant, { ...applicant, id: 'p2' }] });
    view.parties[1] = { id: 'p2', party: { ...emptyParty('represented'), surname: 'Ким' } };
    const user = await open();
    expect(screen.queryByRole('button', { name: /Добавить, кто обратился/ })).toBeNull();
    await user.keyboard('{Alt>}w{/Alt}');
    expect(screen.queryByRole('dialog')).toBeNull();
    cleanup();
    client.clear();
    view = bare({ may_correct: false });
    await open();
    expect(screen.queryByRole('button', { name: /Добавить тему/ })).toBeNull();
  });
});
