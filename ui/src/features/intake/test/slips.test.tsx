// Slips in an intake: a day that is none, a row taken out, a draft thrown away.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QUIET, type TestHost, testHost } from '../../../../test/host';
import type { IntakeForm } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { clearToasts } from '../../../kit';
import { App } from '../../../shell/App';
import { newReferral, newTask } from '../form';
import { blankForm, book, helpOf } from './samples';

let host: TestHost;
let form: IntakeForm;
const NOW = '2026-11-22T09:00:00.000Z';
const asked = (cmd: string) => host.asked.filter((a) => a.cmd === cmd);

beforeEach(async () => {
  await speak('ru');
  clearToasts();
  window.location.hash = '#/intake/d1';
  host = testHost({
    ...QUIET,
    reference: () => ({ categories: book.categories, agencies: book.agencies }),
    draft_get: () => ({ id: 'd1', form, saved_at: NOW }),
    draft_save: (args: { form: IntakeForm }) => {
      form = args.form;
      return { saved_at: NOW };
    },
    intake_help: () => helpOf('ZKH-01'),
    intake_preview: () => ({
      becomes: 'case',
      number: 'ESK-07-2026-431',
      own_series: false,
      referrals: [],
      warnings: [],
      missing: [],
      obligations: [],
    }),
    intake_finish: () => ({
      case: 'c1',
      number: 'ESK-07-2026-431',
      becomes: 'case',
      coupon_opened: true,
      changed: { cases: [], lists: [] },
    }),
  });
});
afterEach(cleanup);

async function open(start: IntakeForm) {
  form = start;
  const user = userEvent.setup();
  render(
    <QueryClientProvider client={client}>
      <I18nProvider i18n={i18n}>
        <App />
      </I18nProvider>
    </QueryClientProvider>,
  );
  await screen.findByLabelText(/Что случилось/);
  return user;
}

const undo = (user: ReturnType<typeof userEvent.setup>) =>
  user.keyboard('{Control>}[KeyZ]{/Control}');

describe('a day that cannot be read', () => {
  const due = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);

  it('holds the intake back, shows itself, and is never saved as the day before it', async () => {
    const user = await open(
      blankForm({ text: 'шум', tasks: [{ ...newTask('P-UIP', 'обойти'), due }] }),
    );
    const day = screen.getByLabelText(/К какому дню/);
    await user.clear(day);
    await user.type(day, '31.02');
    screen.getByLabelText(/Что случилось/).focus();
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(day).toHaveFocus();
    expect(day).toBeInvalid();
    expect(asked('intake_finish')).toEqual([]);
    await waitFor(() => expect(form.tasks[0]?.due).toBeNull(), { timeout: 3000 });
    await user.clear(day);
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(asked('intake_finish')).toHaveLength(1));
    const sent = asked('intake_finish')[0]?.args as { form: IntakeForm };
    expect(sent.form.tasks[0]?.due).toBeNull();
  });

  it('a time of the duty officer that is none holds it back as well', async () => {
    const crime = {
      kui_number: '26-77',
      kui_at: NOW,
      received_by: '',
      social_sentence: '',
    };
    const user = await open(blankForm({ text: 'украли', crime }));
    const at = screen.getByLabelText(/Время регистрации/);
    await user.clear(at);
    await user.type(at, '27:00');
    screen.getByLabelText(/Что случилось/).focus();
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(at).toHaveFocus();
    expect(asked('intake_finish')).toEqual([]);
  });
});

describe('taken out by a slip', () => {
  it('a body comes back by Ctrl+Z with its own words, and what was typed since stays', async () => {
    const body = { ...newReferral('E-HEA', 'ZKH-01'), text: 'прошу дать тепло' };
    const user = await open(blankForm({ text: 'холодно', category: 'ZKH-01', referrals: [body] }));
    await user.click(screen.getByRole('button', { name: /Убрать.*E-HEA/ }));
    expect(screen.queryByRole('region', { name: 'E-HEA' })).toBeNull();
    const text = screen.getByLabelText(/Что случилось/);
    await user.type(text, ' дома');
    // Inside the text the key belongs to the text.
    await undo(user);
    expect(screen.queryByRole('region', { name: 'E-HEA' })).toBeNull();
    text.blur();
    await undo(user);
    expect(await screen.findByRole('region', { name: 'E-HEA' })).toBeVisible();
    await waitFor(() => expect(form.referrals[0]?.text).toBe('прошу дать тепло'), {
      timeout: 3000,
    });
    expect(form.text).toContain('дома');
  });

  it('a whole outcome comes back by the button of the note', async () => {
    const user = await open(
      blankForm({ text: 'шум', tasks: [newTask('P-UIP', 'обойти'), newTask('P-PAT', 'патруль')] }),
    );
    await user.click(screen.getByRole('button', { name: /Поручить/ }));
    await waitFor(() => expect(screen.queryByDisplayValue('патруль')).toBeNull());
    await user.click(await screen.findByRole('button', { name: /Вернуть/ }));
    expect(await screen.findByDisplayValue('патруль')).toBeVisible();
    expect(screen.getByDisplayValue('обойти')).toBeVisible();
  });

  it('nothing comes back into an intake that is finished', async () => {
    const user = await open(blankForm({ text: 'шум', tasks: [newTask('P-UIP', 'обойти')] }));
    await user.click(screen.getByRole('button', { name: /Поручить/ }));
    expect(await screen.findByRole('button', { name: /Вернуть/ })).toBeVisible();
    await user.keyboard('{Control>}{Enter}{/Control}');
    await screen.findByText('Обращение ESK-07-2026-431 открыто');
    await waitFor(() => expect(screen.queryByRole('button', { name: /Вернуть/ })).toBeNull());
  });
});

describe('a draft thrown away', () => {
  it('is gone at one press and back at Ctrl+Z, with its last letters', async () => {
    const token = { kind: 'draft', id: 'd1' };
    host.answers.draft_discard = () => ({
      changed: { cases: [], lists: ['drafts'] },
      undo: token,
    });
    host.answers.undo = () => ({ changed: { cases: [], lists: ['drafts'] }, undo: null });
    const user = await open(blankForm({ text: 'шум' }));
    await user.type(screen.getByLabelText(/Что случилось/), ' ночью');
    await user.click(screen.getByRole('button', { name: 'Убрать черновик' }));
    await waitFor(() => expect(window.location.hash).toBe('#/reception'));
    expect(form.text).toContain('ночью');
    const told = await screen.findByText('Черновик убран');
    expect(within(told.closest('.toast') as HTMLElement).getByText('Вернуть')).toBeVisible();
    await undo(user);
    await waitFor(() => expect(asked('undo')[0]?.args).toEqual(token));
    await waitFor(() => expect(window.location.hash).toBe('#/intake/d1'));
  });

  it('an undo that comes too late says so, and what to do', async () => {
    host.answers.draft_discard = () => ({
      changed: { cases: [], lists: [] },
      undo: { kind: 'draft', id: 'd1' },
    });
    host.answers.undo = () => {
      throw { code: 'undo_late', params: {} };
    };
    const user = await open(blankForm({ text: 'шум' }));
    await user.click(screen.getByRole('button', { name: 'Убрать черновик' }));
    await screen.findByText('Черновик убран');
    await undo(user);
    expect(await screen.findByText(/Вернуть уже поздно/)).toBeVisible();
  });
});
