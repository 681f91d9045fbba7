// A household's plan on the case screen: whom it waits for, its live day, what one may do with a step.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CaseView, type PlanStepView, setHost } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { book } from '../../intake/test/samples';
import { CaseScreen } from '../CaseScreen';
import { nextAction } from '../next';
import { daysOf } from '../PlanDialogs';
import { caseView, owed, referral } from './samples';

let view: CaseView;
let done: [string, unknown][];
const stamp = { at: '2026-11-22T09:50:00.000Z', by: 'o1', event: 'e' };

function step(n: number, patch: Partial<PlanStepView> = {}): PlanStepView {
  return {
    id: `s${n}`,
    text: `Шаг номер ${n}`,
    agency: null,
    after: [],
    working_days: 3,
    referral: null,
    task: null,
    added: stamp,
    done: null,
    result: '',
    dropped: null,
    reason: '',
    state: 'now',
    due: '2026-11-26',
    deadline: null,
    late_wd: 0,
    done_at: null,
    ...patch,
  };
}

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
      if (cmd === 'colleagues') return { me: 'o1', officers: [] };
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

describe('the plan of a household', () => {
  it('says what each step waits for and what is late', async () => {
    view = caseView({
      plan: [
        step(1, { late_wd: 2, agency: 'E-HEA' }),
        step(2, { state: 'done', done_at: '2026-11-22T05:00:00Z', result: 'выдано' }),
        step(3, { state: 'waits', after: ['s1', 's2'] }),
        step(4, { state: 'dropped', reason: 'переехали' }),
      ],
    });
    await open();
    const steps = screen.getAllByRole('listitem').filter((li) => li.closest('.plan'));
    expect(steps).toHaveLength(4);
    const [first, , third, fourth] = steps as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
    expect(within(first).getByText('опоздание 2 р. д.')).toBeTruthy();
    expect(within(third).getByText(/после шага 1$/)).toBeTruthy();
    expect(within(fourth).getByText('не нужен')).toBeTruthy();
    expect(screen.getByText('осталось 2 шага')).toBeTruthy();
  });

  it('a step that is over is asked about once; a dropped one wants its reason', async () => {
    view = caseView({ plan: [step(1)] });
    const user = await open();
    await user.click(screen.getByRole('button', { name: 'Что с шагом 1' }));
    const dialog = await screen.findByRole('dialog');
    const save = within(dialog).getByRole('button', { name: /Сохранить шаг/ });
    await user.click(within(dialog).getByRole('radio', { name: 'Больше не нужен' }));
    expect(save.hasAttribute('disabled')).toBe(true);
    await user.click(within(dialog).getByRole('radio', { name: 'Другой срок' }));
    const days = within(dialog).getByRole('textbox', { name: 'Рабочих дней на шаг' });
    await user.clear(days);
    await user.type(days, '300');
    expect(save.hasAttribute('disabled')).toBe(true);
    await user.clear(days);
    await user.type(days, '7');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await vi.waitFor(() =>
      expect(done).toEqual([
        ['plan_step_move', { case: 'c1', step: 's1', working_days: 7, reason: '' }],
      ]),
    );
  });

  it('a request of the case becomes a step with its own day; steps before it are chosen', async () => {
    view = caseView({ plan: [step(1)], referrals: [referral({ id: 'r9', state: 'accepted' })] });
    const user = await open();
    await user.click(screen.getByRole('button', { name: 'Добавить шаг' }));
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getByRole('textbox', { name: 'Что сделать' }), 'Тепло');
    await user.click(within(dialog).getByRole('combobox', { name: 'Уже есть в обращении' }));
    await user.keyboard('{ArrowDown}{Enter}');
    expect(within(dialog).queryByRole('textbox', { name: 'Рабочих дней на шаг' })).toBeNull();
    await user.click(within(dialog).getByRole('checkbox', { name: '1. Шаг номер 1' }));
    await user.click(within(dialog).getByRole('button', { name: /Сохранить шаг/ }));
    await vi.waitFor(() =>
      expect(done[0]).toMatchObject([
        'plan_step_add',
        { text: 'Тепло', referral: 'r9', after: ['s1'], agency: 'E-HEA' },
      ]),
    );
  });

  it('a step that can be done is the next thing, after what else is owed', () => {
    const view = caseView({
      plan: [step(1, { state: 'done' }), step(2, { referral: 'r1' }), step(3)],
      obligations: [owed('plan_step')],
    });
    expect(nextAction(view, '2026-11-22')).toEqual({ act: 'plan_step', step: 's3' });
    const task = { ...view, obligations: [owed('plan_step'), owed('do_task', { task: 't1' })] };
    expect(nextAction(task, '2026-11-22')).toEqual({ act: 'do_task', task: 't1' });
  });

  it('reads only a number of days', () => {
    expect(['5', ' 12 ', '0', '251', '1.5', 'пять', '']).toSatisfy((all: string[]) =>
      all.map(daysOf).every((n, i) => n === [5, 12, null, null, null, null, null][i]),
    );
  });
});
