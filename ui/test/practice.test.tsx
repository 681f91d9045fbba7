// The practice desk in the window: a word above every screen, a visitor, a result with reasons.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppState, PracticeBoard, PracticeRun } from '../src/backend';
import { client } from '../src/backend/query';
import { i18n, speak } from '../src/i18n';
import { sayHidden } from '../src/i18n/aria';
import { App } from '../src/shell/App';
import { page } from '../src/shell/reload';
import { LOCKED, OPEN, QUIET, testHost } from './host';

const reload = vi.spyOn(page, 'reload').mockImplementation(() => {});
const PRACTICE: AppState = { ...OPEN, practice: true, enrolled: false };

const said = (ru: string) => ({ kk: `${ru}-кк`, ru, en: `${ru}-en` });

const RUN: PracticeRun = {
  scenario: 'heating',
  title: said('Холодно дома'),
  words: said('Нет тепла'),
  minutes: 10,
  started_at: '2026-11-22T05:00:00Z',
  questions: [
    { code: 'home', ask: said('Кто дома?'), answer: null, call: false },
    { code: 'solved', ask: said('Тепло дали?'), answer: null, call: true },
  ],
  draft: 'd1',
  case: null,
  hint: null,
  hints: 0,
  news: [],
  waiting: false,
  result: null,
};

function board(run: PracticeRun | null): PracticeBoard {
  const line = { minutes: 10, tries: 0, best: null, passed: false };
  return {
    guest: false,
    scenarios: [{ code: 'heating', title: said('Холодно дома'), ...line }],
    passed: 0,
    run,
  };
}

beforeEach(async () => {
  await speak('ru');
  await sayHidden('ru');
  reload.mockClear();
  window.location.hash = '';
});

function open() {
  return render(
    <QueryClientProvider client={client}>
      <I18nProvider i18n={i18n}>
        <App />
      </I18nProvider>
    </QueryClientProvider>,
  );
}

describe('the practice desk', () => {
  it('says on every screen that it is one, and shows no sync', async () => {
    const host = testHost({
      ...QUIET,
      app_state: () => PRACTICE,
      practice_board: () => board(null),
    });
    const { unmount } = open();
    for (const hash of ['#/reception', '#/control', '#/settings', '#/training']) {
      window.location.hash = hash;
      expect(await screen.findByText('ПРОБА')).toBeVisible();
      expect(document.documentElement).toHaveAttribute('data-practice');
    }
    expect(host.asked.some(({ cmd }) => cmd === 'sync_status')).toBe(false);
    unmount();
    expect(document.documentElement).not.toHaveAttribute('data-practice');
  });

  it('the real desk has none of it', async () => {
    testHost({ ...QUIET });
    open();
    await screen.findByRole('navigation');
    expect(screen.queryByText('ПРОБА')).toBeNull();
  });

  it('can be entered from the lock, and the page is loaded anew', async () => {
    const host = testHost({ ...QUIET, app_state: () => LOCKED, practice_enter: () => PRACTICE });
    open();
    await userEvent.click(await screen.findByRole('button', { name: 'Открыть учебный стол' }));
    await waitFor(() => expect(reload).toHaveBeenCalled());
    expect(host.asked.some(({ cmd }) => cmd === 'practice_enter')).toBe(true);
    expect(window.location.hash).toBe('#/training');
  });

  it('a visitor answers what is asked, and nobody is called before the visit is saved', async () => {
    const answered = {
      ...RUN,
      questions: RUN.questions.map((q) =>
        q.code === 'home' ? { ...q, answer: said('Младенец') } : q,
      ),
    };
    testHost({
      ...QUIET,
      app_state: () => PRACTICE,
      practice_board: () => board(RUN),
      practice_ask: () => board(answered),
    });
    open();
    const visitor = await screen.findByRole('region', { name: 'Учебный посетитель' });
    expect(within(visitor).getByText('«Нет тепла»')).toBeVisible();
    expect(within(visitor).queryByText('Тепло дали?')).toBeNull();
    await userEvent.click(within(visitor).getByRole('button', { name: 'Кто дома?' }));
    expect(await within(visitor).findByText('«Младенец»')).toBeVisible();
  });

  it('the result tells what was missed first, and why', async () => {
    const want = { names: [], codes: [], must: false, why: null };
    const result = {
      percent: 50,
      passed: false,
      pass_percent: 80,
      seconds: 90,
      lines: [
        { want: { ...want, kind: 'coupon' }, met: true, hinted: false },
        { want: { ...want, kind: 'kui', must: true }, met: false, hinted: true },
      ],
    };
    testHost({
      ...QUIET,
      app_state: () => PRACTICE,
      practice_board: () => board({ ...RUN, result }),
    });
    window.location.hash = '#/training';
    open();
    await screen.findByText(/Дать талон/);
    const lines = screen.getAllByRole('listitem');
    const marks = lines.filter((line) => /Пропущено|Сделано/.test(line.textContent ?? ''));
    expect(marks[0]).toHaveTextContent('Сначала зарегистрировать в КУИ');
    expect(marks[0]).toHaveTextContent('Признак преступления регистрируют сразу');
    expect(marks[1]).toHaveTextContent('Дать талон');
    expect(screen.queryByRole('region', { name: 'Учебный посетитель' })).toBeNull();
  });

  it('every expectation of every scenario has its sentence and its reason', () => {
    const folder = join(import.meta.dirname, '../../crates/domain/data/scenarios');
    const kinds = new Set<string>();
    for (const file of readdirSync(folder)) {
      const read = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        expect?: { want: string }[];
      };
      for (const { want } of read.expect ?? []) kinds.add(want);
    }
    expect(kinds.size).toBeGreaterThan(20);
    const silent = [...kinds].filter(
      (kind) =>
        !(`training.want.${kind}` in i18n.messages && `training.why.${kind}` in i18n.messages),
    );
    expect(silent).toEqual([]);
  });
});
