// What leaves at the intake and on what ground, and the duty that moves: seen before anything is saved.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { type ReactElement, useState } from 'react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Deadline, IntakeForm, Preview, ReferralPreview, Refusal } from '../../../backend';
import { setHost } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { missingAt, newRedirect, outcomesOf, toggleOutcome } from '../form';
import { withoutIssue } from '../issues';
import type { PaneProps } from '../OutcomeCard';
import { RedirectPane } from '../RedirectPane';
import { ReferPane } from '../ReferPane';
import { blankForm, book, helpOf } from './samples';

beforeAll(async () => {
  await speak('ru');
  setHost({
    call: async (cmd) =>
      cmd === 'scan_look' ? { folder: null, files: [] } : { files: [], most: 50, bytes_max: 1 },
    onChanged: () => () => undefined,
  });
});
afterEach(cleanup);

const derived: Deadline = {
  due: '2026-03-11',
  due_at: '2026-03-11T13:30:00Z',
  start: '2026-03-06',
  after_hours: false,
  derivation: [],
  calendar: '2026-3',
  provisional: false,
};

function shownOf(patch: Partial<ReferralPreview>): ReferralPreview {
  return {
    agency: 'E-HEA',
    category: 'ZKH-01',
    leaves: [{ field: 'text', value: 'нет тепла' }],
    answer: null,
    circle: 'open',
    private_body: false,
    copy_to: null,
    copy_of: null,
    files: [],
    files_stay: null,
    ...patch,
  };
}

function previewOf(patch: Partial<Preview>): Preview {
  return {
    becomes: 'case',
    number: null,
    own_series: false,
    circle: 'open',
    referrals: [],
    redirect: null,
    warnings: [],
    missing: [],
    obligations: [],
    priority: null,
    ...patch,
  };
}

const refusal = (code: string, params: Record<string, string>): Refusal => ({ code, params });

function show(Pane: (props: PaneProps) => ReactElement | null, form: IntakeForm, preview: Preview) {
  let last = form;
  function Held() {
    const [now, setNow] = useState(form);
    last = now;
    return (
      <Pane
        draft="d1"
        form={now}
        change={(edit) => setNow(edit)}
        help={helpOf('ZKH-01')}
        book={book}
        preview={preview}
        missing={missingAt(preview.missing, now)}
        leavesAsked={0}
      />
    );
  }
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <Held />
      </QueryClientProvider>
    </I18nProvider>,
  );
  return { user: userEvent.setup(), now: () => last };
}

describe('a private body', () => {
  const at = { form: blankForm({ category: 'ZKH-01' }), help: helpOf('ZKH-01'), book };
  const form = toggleOutcome('refer', true, { ...at, lang: 'ru', now: new Date() });
  const named = {
    ...form,
    referrals: form.referrals.map((r) => ({ ...r, disclosed: { ...r.disclosed, name: true } })),
  };

  it('gets a name with a ground and a reason too, and what is missing is said there', async () => {
    const preview = previewOf({
      referrals: [shownOf({ private_body: true })],
      missing: [refusal('leaving_no_basis', { agency: 'E-HEA' })],
    });
    const { user, now } = show(ReferPane, named, preview);
    const box = screen.getByRole('region', { name: 'E-HEA' });
    expect(within(box).getByText(/не уходят частной организации/)).toBeTruthy();
    await user.click(within(box).getByText('Без согласия, по причине'));
    await user.type(within(box).getByLabelText(/Правовое основание/), 'ст. 9');
    await user.type(within(box).getByLabelText(/Почему нельзя ждать/), 'ребёнок');
    expect(now().referrals[0]?.basis).toEqual({
      kind: 'override',
      ground: 'ст. 9',
      reason: 'ребёнок',
    });
  });

  it('shows what its supervisor gets, and the copy can be switched off', async () => {
    const copy = shownOf({
      agency: 'E-ZKH',
      copy_of: 'E-HEA',
      leaves: [{ field: 'copy_of', value: 'Жылу / Тепло' }],
    });
    const preview = previewOf({
      referrals: [shownOf({ private_body: true, copy_to: 'E-ZKH' }), copy],
    });
    const { user, now } = show(ReferPane, form, preview);
    expect(now().referrals[0]?.copy).toBe(true);
    expect(screen.getByText('Жылу / Тепло')).toBeTruthy();
    await user.click(screen.getByText('Копию надзору: E-ZKH'));
    expect(now().referrals[0]?.copy).toBe(false);
    expect(screen.queryByText('Жылу / Тепло')).toBeNull();
  });
});

describe('the duty moves', () => {
  const form = blankForm({
    category: 'ZKH-01',
    more_issues: [{ category: 'BLG-01', text: '' }],
  });
  const on = { ...form, redirect: newRedirect(form, helpOf('ZKH-01'), book) };

  it('is an outcome with a key, for the body the theme names', () => {
    const at = { form, help: helpOf('ZKH-01'), book, lang: 'ru' as const, now: new Date() };
    const next = toggleOutcome('redirect', true, at);
    expect(outcomesOf(next)).toEqual(['redirect']);
    expect(next.redirect?.agency).toBe('E-HEA');
    expect(next.redirect?.disclosed.name).toBe(true);
    expect(toggleOutcome('redirect', false, { ...at, form: next }).redirect).toBeNull();
  });

  it('is filled from the keyboard and shows what leaves, the clock and the notice', async () => {
    const preview = previewOf({
      redirect: {
        agency: 'E-HEA',
        leaves: [{ field: 'name', value: 'Ким Анна' }],
        by: derived,
        circle: 'open',
      },
    });
    const { user, now } = show(RedirectPane, on, preview);
    expect(screen.getByText('Ким Анна')).toBeTruthy();
    expect(screen.getByText(/подписывает до 11 марта/)).toBeTruthy();
    expect(screen.getByText(/сообщить заявителю/)).toBeTruthy();
    await user.click(screen.getByLabelText(/Основание компетенции/));
    await user.keyboard('ст. 41');
    await user.tab();
    await user.keyboard('дело инспекции');
    expect(now().redirect).toMatchObject({ ground: 'ст. 41', reason: 'дело инспекции' });
    await user.click(screen.getByText('Часть вопросов'));
    await user.click(screen.getByText('BLG-01'));
    expect(now().redirect).toMatchObject({ whole: false, issues: [1] });
  });

  it('says what it lacks in its own place, and follows the issues', () => {
    const missing = [refusal('redirect_nameless', { at: 'redirect' })];
    show(RedirectPane, on, previewOf({ missing }));
    expect(screen.getByText(/без имени не перенаправляют/)).toBeTruthy();
    const two = { ...on, redirect: { ...on.redirect, issues: [0, 1] } };
    expect(withoutIssue(two, 0).redirect?.issues).toEqual([0]);
  });
});
