// The intake screen over a host that answers as the core does.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type IntakeForm, type KnownPerson, type Preview, setHost } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { toggleReferral } from '../form';
import { IntakeScreen } from '../IntakeScreen';
import { emptyParty } from '../who';
import { blankForm, book, helpOf } from './samples';

interface Call {
  cmd: string;
  args: Record<string, unknown>;
}

let calls: Call[];
let drafts: Map<string, IntakeForm>;
/** Answers that differ from the usual ones. */
let answers: Partial<Record<string, (args: never) => unknown>>;

const of = (cmd: string) => calls.filter((c) => c.cmd === cmd);
const refusal = (code: string, params: Record<string, string> = {}) => ({ code, params });

function preview(form: IntakeForm): Preview {
  const becomes = form.crime ? 'crime' : form.advice !== null ? 'advice' : 'case';
  return {
    becomes,
    number: becomes === 'case' ? 'ESK-07-2026-431' : null,
    own_series: false,
    circle: 'open',
    referrals: [],
    redirect: null,
    warnings: [],
    missing: form.text.trim() === '' ? [refusal('missing_text')] : [],
    obligations: [],
    priority: null,
  };
}

beforeAll(() => speak('ru'));
beforeEach(() => {
  calls = [];
  answers = {};
  drafts = new Map([['d1', blankForm()]]);
  client.clear();
  window.location.hash = '#/intake/d1';
  setHost({
    async call(cmd, raw) {
      const args = raw as Record<string, unknown>;
      calls.push({ cmd, args });
      const special = answers[cmd];
      if (special) return special(args as never);
      switch (cmd) {
        case 'draft_get': {
          const form = drafts.get(String(args.id));
          if (!form) throw refusal('not_found');
          return { id: args.id, form, saved_at: '2026-11-22T09:00:00.000Z' };
        }
        case 'draft_save':
          drafts.set(String(args.id), args.form as IntakeForm);
          return { saved_at: '2026-11-22T09:07:00.000Z' };
        case 'reference':
          return { categories: book.categories, agencies: book.agencies };
        case 'scan_look':
          return { folder: null, files: [] };
        case 'attachment_list':
          return { files: [], most: 50, bytes_max: 52428800 };
        case 'intake_help':
          return helpOf('ZKH-01');
        case 'intake_preview':
          return preview(args.form as IntakeForm);
        case 'intake_finish':
          drafts.delete(String(args.draft));
          return {
            case: 'c1',
            number: 'ESK-07-2026-431',
            becomes: preview(args.form as IntakeForm).becomes,
            coupon_opened: true,
            changed: { cases: [], lists: [] },
          };
        default:
          throw refusal(`not answered: ${cmd}`);
      }
    },
    onChanged: () => () => undefined,
  });
});
afterEach(cleanup);

async function open() {
  const user = userEvent.setup();
  const view = render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <IntakeScreen draftId="d1" />
      </QueryClientProvider>
    </I18nProvider>,
  );
  const text = await screen.findByLabelText(/Что случилось/);
  return { user, text, view };
}

describe('the intake screen', () => {
  it('begins in the text and saves what is typed by itself', async () => {
    const { user, text } = await open();
    expect(document.activeElement).toBe(text);
    await user.type(text, 'нет тепла');
    await waitFor(() => expect(drafts.get('d1')?.text).toBe('нет тепла'), { timeout: 3000 });
    expect(of('draft_save').length).toBeLessThan(3);
    expect(await screen.findByText(/Сохранено на этом компьютере/)).toBeTruthy();
  });

  it('keeps the text on the screen when the disk is full, and says so', async () => {
    answers.draft_save = () => Promise.reject(refusal('disk_full'));
    const { user, text } = await open();
    await user.type(text, 'нет тепла');
    expect(await screen.findByText(/Пока не сохранено/, {}, { timeout: 3000 })).toBeTruthy();
    expect((text as HTMLTextAreaElement).value).toBe('нет тепла');
    answers = {};
    await user.click(screen.getByRole('button', { name: 'Повторить' }));
    await waitFor(() => expect(drafts.get('d1')?.text).toBe('нет тепла'));
  });

  it('makes the list of drafts old when it is left, also when all was saved before', async () => {
    client.setQueryData(['reception', {}], { drafts: [{ id: 'd1', title: '' }] });
    const { user, text, view } = await open();
    await user.type(text, 'нет тепла');
    expect(await screen.findByText(/Сохранено на этом компьютере/)).toBeTruthy();
    view.unmount();
    await waitFor(() => expect(client.getQueryState(['reception', {}])?.isInvalidated).toBe(true));
  });

  it('keeps the words of one more trouble that were typed where its theme belongs', async () => {
    const { user, text } = await open();
    await user.type(text, 'нет тепла');
    await user.keyboard('{Alt>}i{/Alt}');
    await user.type(
      await screen.findByRole('combobox', { name: /Тема ещё одного/ }),
      'шумят ночью',
    );
    await user.tab();
    await waitFor(() =>
      expect((screen.getByLabelText('Коротко суть') as HTMLInputElement).value).toBe('шумят ночью'),
    );
    await waitFor(
      () =>
        expect(drafts.get('d1')?.more_issues).toEqual([{ category: null, text: 'шумят ночью' }]),
      { timeout: 3000 },
    );
  });

  it('saves on leaving and shows the same words when one comes back at once', async () => {
    const { user, text, view } = await open();
    await user.type(text, 'яма');
    view.unmount();
    const again = await open();
    expect((again.text as HTMLTextAreaElement).value).toBe('яма');
    await waitFor(() => expect(drafts.get('d1')?.text).toBe('яма'));
  });

  it('says who will know of it as it would be saved, whatever theme is only suggested', async () => {
    answers.intake_preview = ({ form }: { form: IntakeForm }) => ({
      ...preview(form),
      circle: form.text.includes('избил') ? 'dv' : 'open',
    });
    const { user, text } = await open();
    await user.type(text, 'муж избил');
    expect(await screen.findByText(/Закрытый круг: семейное насилие/)).toBeTruthy();
    expect(screen.getByText(/выберите тему: решает она/)).toBeTruthy();
    await user.clear(text);
    await user.type(text, 'нет тепла');
    await waitFor(() => expect(screen.queryByText(/Закрытый круг/)).toBeNull());
  });

  it('takes the suggestion by Alt+Enter and prepares the referral', async () => {
    const { user, text } = await open();
    await user.type(text, 'нет отопления');
    await waitFor(() => expect(of('intake_help').at(-1)?.args.text).toBe('нет отопления'));
    await screen.findByText('ZKH-01', { selector: 'h2' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await user.keyboard('{Alt>}{Enter}{/Alt}');
    expect(await screen.findByRole('region', { name: 'E-HEA' })).toBeTruthy();
    await waitFor(() => {
      const form = of('intake_preview').at(-1)?.args.form as IntakeForm;
      expect(form.category).toBe('ZKH-01');
      expect(form.referrals[0]?.disclosed).toEqual({ name: false, phone: false, address: true });
    });
  });

  it('Ctrl+4 prepares a redirect from the text, and what it lacks brings one back to it', async () => {
    answers.intake_preview = ({ form }: { form: IntakeForm }) => ({
      ...preview(form),
      missing: form.redirect?.ground ? [] : [refusal('missing_ground', { at: 'redirect' })],
    });
    const { user, text } = await open();
    await user.type(text, 'дело инспекции');
    await user.keyboard('{Control>}4{/Control}');
    const ground = await screen.findByLabelText(/Основание компетенции/);
    await waitFor(() => expect(document.activeElement).toBe(ground));
    text.focus();
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(await screen.findByText(/Не указано основание/)).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(ground));
    expect(of('intake_finish')).toEqual([]);
    await user.keyboard('ст. 41');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(of('intake_finish')).toHaveLength(1));
  });

  it('a redirect that lacks a name leads to where the name is written', async () => {
    answers.intake_preview = ({ form }: { form: IntakeForm }) => ({
      ...preview(form),
      missing: form.redirect ? [refusal('redirect_nameless', { at: 'redirect' })] : [],
    });
    const { user, text } = await open();
    await user.type(text, 'дело инспекции');
    await user.keyboard('{Control>}4{/Control}');
    const ground = await screen.findByLabelText(/Основание компетенции/);
    await waitFor(() => expect(document.activeElement).toBe(ground));
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(await screen.findByText(/без имени не перенаправляют/)).toBeTruthy();
    const who = screen.getByLabelText(/Кто обратился/);
    await waitFor(() => expect(document.activeElement).toBe(who));
  });

  it('digits choose outcomes only outside the text', async () => {
    const { user, text } = await open();
    await user.type(text, 'дом 5');
    expect(screen.queryByLabelText(/Номер КУИ/)).toBeNull();
    text.blur();
    await user.keyboard('5');
    expect(await screen.findByLabelText(/Номер КУИ/)).toBeTruthy();
  });

  it('finishes once, however often Ctrl+Enter is pressed', async () => {
    const { user, text } = await open();
    await user.type(text, 'нет тепла');
    await user.keyboard('{Control>}{Enter}{Enter}{Enter}{/Control}');
    expect(await screen.findByText('Обращение ESK-07-2026-431 открыто')).toBeTruthy();
    expect(of('intake_finish')).toHaveLength(1);
    const finished = calls.findIndex((c) => c.cmd === 'intake_finish');
    expect(calls.slice(finished).some((c) => c.cmd === 'draft_save')).toBe(false);
  });

  it('takes no key between being finished and the screen that says so', async () => {
    const { user, text } = await open();
    await user.type(text, 'нет тепла');
    // A hand that presses in every moment between the answer and the next screen.
    answers.intake_finish = (args: { form: IntakeForm }) => {
      let moment = Promise.resolve();
      for (let n = 0; n < 40; n += 1) {
        moment = moment.then(() => {
          fireEvent.keyDown(window, { code: 'Enter', key: 'Enter', ctrlKey: true });
        });
      }
      return {
        case: 'c1',
        number: 'ESK-07-2026-431',
        becomes: preview(args.form).becomes,
        coupon_opened: true,
        changed: { cases: [], lists: [] },
      };
    };
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(await screen.findByText('Обращение ESK-07-2026-431 открыто')).toBeTruthy();
    expect(of('intake_finish')).toHaveLength(1);
  });

  it('takes no letters while it finishes, and takes them again when that failed', async () => {
    let refuse: ((error: unknown) => void) | undefined;
    answers.intake_finish = () => new Promise((_, no) => (refuse = no));
    const { user, text } = await open();
    await user.type(text, 'нет тепла');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(refuse).toBeDefined());
    await user.type(text, ', дети');
    expect((text as HTMLTextAreaElement).value).toBe('нет тепла');
    refuse?.(refusal('disk_full'));
    expect(await screen.findByRole('alert')).toBeTruthy();
    await user.type(text, ', дети');
    expect((text as HTMLTextAreaElement).value).toBe('нет тепла, дети');
  });

  it('says what is missing beside the field and goes there', async () => {
    const { user, text } = await open();
    await user.click(screen.getByLabelText(/Где/));
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(await screen.findByText('Напишите хотя бы в двух словах, что случилось')).toBeTruthy();
    expect(document.activeElement).toBe(text);
    expect(of('intake_finish')).toHaveLength(0);
  });

  it('goes on saving when finishing failed', async () => {
    answers.intake_finish = () => Promise.reject(refusal('disk_full'));
    const { user, text } = await open();
    await user.type(text, 'нет тепла');
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(await screen.findByRole('alert')).toBeTruthy();
    await user.type(text, ', дети');
    await waitFor(() => expect(drafts.get('d1')?.text).toBe('нет тепла, дети'), { timeout: 3000 });
  });

  it('drops an answer that comes too late', async () => {
    let slow: ((help: unknown) => void) | undefined;
    answers.intake_help = (args: { text: string }) =>
      args.text === 'шум' ? new Promise((resolve) => (slow = resolve)) : helpOf('ZKH-01');
    const { user, text } = await open();
    await user.type(text, 'шум');
    await waitFor(() => expect(slow).toBeDefined());
    await user.type(text, ' и холод');
    await screen.findByText('ZKH-01', { selector: 'h2' });
    slow?.(helpOf('ORD-01'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(screen.queryByText('ORD-01', { selector: 'h2' })).toBeNull();
  });

  it('says by what an earlier visitor was found, and that a namesake may be somebody else', async () => {
    const known = (n: string, why: string[], cautions: KnownPerson['cautions']): KnownPerson => ({
      name: `Ахметов Нұрлан ${n}`,
      phone: '',
      address: '',
      last_case: n,
      last_at: '2026-10-01T09:00:00Z',
      cases: 1,
      why,
      cautions,
      party: { ...emptyParty(), surname: 'Ахметов', given: 'Нұрлан' },
      card: { case: n, party: n },
    });
    const help = helpOf('ZKH-01');
    const people = [known('А', ['iin', 'name'], ['unsafe']), known('Б', ['name', 'other_iin'], [])];
    answers.intake_help = () => ({ ...help, who: { ...help.who, known: people } });
    const { user } = await open();
    await user.type(screen.getByLabelText(/Кто обратился/), 'Ахметов Нурлан 851231300124');
    const list = await screen.findByRole('list', { name: 'Уже обращались' });
    const [first, second] = within(list).getAllByRole('listitem');
    expect(first?.textContent).toContain('тот же ИИН');
    expect(first?.textContent).toContain('прежде говорить было небезопасно');
    expect(second?.textContent).toContain('то же имя');
    expect(second?.textContent).toContain('ИИН другой: возможно, другой человек');
    expect(second?.textContent).not.toContain('тот же ИИН');
  });

  it('keeps a phone typed faster than it could be read', async () => {
    const who = helpOf('ZKH-01').who;
    answers.intake_help = (args: { who_line: string }) => ({
      ...helpOf('ZKH-01'),
      who: args.who_line
        ? {
            ...who,
            phone: {
              valid: true,
              e164: '+77011234412',
              region: 'KZ',
              reason: 'ok',
              display: '+7 701 123 44 12',
            },
          }
        : who,
    });
    const { user, text } = await open();
    await user.type(text, 'нет тепла');
    await user.type(screen.getByLabelText(/Кто обратился/), '87011234412');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await screen.findByText('Обращение ESK-07-2026-431 открыто');
    const saved = of('intake_finish')[0]?.args.form as IntakeForm;
    expect(saved.applicant.phone).toBe('+77011234412');
  });

  it('lets the officer say by keyboard which issue a request is about, when there are several', async () => {
    const alone = toggleReferral(blankForm({ text: 'холодно', category: 'ZKH-01' }), 'E-HEA', book);
    drafts.set('d1', alone);
    const { user } = await open();
    expect(screen.queryByRole('radiogroup', { name: 'По какому вопросу' })).toBeNull();
    await user.keyboard('{Alt>}i{/Alt}');
    await user.tab();
    await user.type(await screen.findByLabelText(/Коротко суть/), 'отец не платит');
    const box = within(await screen.findByRole('region', { name: 'E-HEA' }));
    expect(box.getByRole('radio', { name: 'ZKH-01' })).toBeChecked();
    box.getByRole('radio', { name: 'ZKH-01' }).focus();
    await user.keyboard('{ArrowRight}');
    expect(box.getByRole('radio', { name: 'отец не платит' })).toBeChecked();
    await waitFor(() => expect(drafts.get('d1')?.referrals[0]?.issue).toBe(1), { timeout: 3000 });
  });
});
