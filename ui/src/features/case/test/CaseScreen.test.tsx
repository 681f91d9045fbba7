// The case screen: the next step, the safety of the applicant, what came back.
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CaseView, type PaperShelf, type ReferralSend, setHost } from '../../../backend';
import { client } from '../../../backend/query';
import { i18n, speak } from '../../../i18n';
import { book } from '../../intake/test/samples';
import { emptyParty } from '../../intake/who';
import { CaseScreen } from '../CaseScreen';
import { caseView, happened, owed, referral } from './samples';

let view: CaseView;
let done: [string, unknown][];
let shelf: PaperShelf;
let asked: ReferralSend | undefined;
const stamp = { at: '2026-11-22T09:50:00.000Z', by: 'Смагулов Е.', event: 'e' };

beforeAll(() => speak('ru'));
beforeEach(() => {
  done = [];
  shelf = { offers: [], printed: [] };
  client.clear();
  setHost({
    async call(cmd, args) {
      if (cmd === 'reference') return { categories: book.categories, agencies: book.agencies };
      if (cmd === 'case_get') return view;
      if (cmd === 'person_history') return { same: [], others: [], alike: [] };
      if (cmd === 'paper_list') return shelf;
      if (cmd === 'replies') return { texts: [] };
      if (cmd === 'attachment_list') return { files: [], most: 50, bytes_max: 52428800 };
      if (cmd === 'scan_look') return { folder: null, files: [] };
      if (cmd === 'referral_preview') {
        asked = args as ReferralSend;
        const leaves = [
          { field: 'number', value: 'ESK-07-2026-431' },
          { field: 'call_note', value: 'после шести' },
          { field: 'file', value: 'яма.jpg' },
        ];
        return { leaves, answer_due: null, circle: 'open' };
      }
      if (cmd === 'paper_preview') return { name: 'a.pdf', pages: ['<svg/>', '<svg/>'] };
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

describe('the case screen', () => {
  it('says how many records wait for one that has not come, and nothing when none does', async () => {
    view = caseView({ waiting: 3 });
    await open();
    expect(screen.getByText(/3 записи ждут более ранние, которые ещё не пришли/)).toBeTruthy();
    cleanup();
    client.clear();
    view = caseView({ waiting: 0 });
    await open();
    expect(screen.queryByText(/которые ещё не пришли/)).toBeNull();
  });

  it('warns before the talk, the notice and the closing of what made a contact unsafe', async () => {
    const seen = { at: '2026-11-12T06:00:00.000Z', who: 'Ким В. С.', text: '', spoken_at: null };
    const danger: CaseView['cautions'] = [
      {
        ...seen,
        kind: 'unsafe',
        how: 'call',
        text: 'ответил муж',
        spoken_at: '2026-11-14T06:00:00.000Z',
        spoken_how: 'in_person',
      },
      { ...seen, kind: 'afraid', how: null, spoken_how: null },
    ];
    const notice = {
      about: 'e1',
      kind: 'extension' as const,
      at: seen.at,
      due: '2026-11-24',
      given: null,
      how: null,
      circle: 'open',
      by: 'o1',
    };
    const unsafe = /Говорить было небезопасно: звонок \(.*Ким В\. С\.\): ответил муж/;
    for (const [what, button] of [
      ['tell_applicant', 'Сообщить заявителю'],
      ['give_notice', 'Сообщить о решении'],
      ['confirm_closing', 'Посмотреть закрытие'],
    ] as const) {
      view = caseView({
        cautions: danger,
        parties: [{ id: 'p1', party: { ...emptyParty(), surname: 'Ким', phone: '+77011234412' } }],
        obligations: [owed(what)],
        terms: { ...caseView().terms, notices: [notice] },
        may_close: true,
      });
      const user = await open();
      expect(screen.getByText(unsafe), 'in the summary').toBeTruthy();
      expect(screen.getByText(/Позже говорили: .*, лично/)).toBeTruthy();
      expect(screen.getByText(/Боится: сначала подумайте о безопасности/)).toBeTruthy();
      expect(screen.queryByText('+7 701 123 44 12'), 'the number waits').toBeNull();
      await user.click(screen.getByRole('button', { name: new RegExp(button) }));
      const dialog = within(await screen.findByRole('dialog'));
      expect(dialog.getByText(unsafe), what).toBeTruthy();
      const way = dialog.queryByRole('radio', { name: 'звонок' }) as HTMLInputElement | null;
      expect(way?.checked ?? false, 'not by the way that did harm').toBe(false);
      cleanup();
      client.clear();
    }
  });

  it('says in which language the person is spoken to, and who is with them', async () => {
    view = caseView({
      language: 'kk',
      circumstances: ['child', 'language', 'no_home'],
      obligations: [owed('tell_applicant')],
    });
    const user = await open();
    expect(screen.getByText('Язык: казахский')).toBeTruthy();
    for (const told of ['ребёнок', 'нужен переводчик', 'негде ночевать']) {
      expect(screen.getByText(told)).toBeTruthy();
    }
    await user.click(screen.getByRole('button', { name: /Сообщить заявителю/ }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText('Язык разговора и письма: казахский · нужен переводчик')).toBeTruthy();
  });

  it('hides the number of a person who asked not to be called, behind the warning', async () => {
    view = caseView({
      parties: [
        {
          id: 'p1',
          party: { ...emptyParty(), surname: 'Ахметова', phone: '+77011234412', do_not_call: true },
        },
      ],
    });
    const user = await open();
    expect(screen.queryByText('+7 701 123 44 12')).toBeNull();
    expect(screen.getByText('Не звонить: просил сам заявитель')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Всё равно показать телефон' }));
    expect(screen.getByText('+7 701 123 44 12')).toBeTruthy();
  });

  it('an answer is judged with its text in sight; a return says what it lacks', async () => {
    view = caseView({
      referrals: [
        referral({ state: 'answered', answered: { stamp, text: 'Меры приняты', file: null } }),
      ],
      obligations: [owed('check_answer', { referral: 'r1' })],
    });
    const user = await open();
    await user.click(screen.getByRole('button', { name: 'Проверить ответ' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByText('Меры приняты')).toBeTruthy();
    const good = within(dialog).getByRole('button', { name: 'Да, ответ по существу' });
    const back = within(dialog).getByRole('button', { name: 'Нет, вернуть' });
    for (const name of ['что проверили', 'что решили', 'кто и когда', 'что дальше']) {
      expect(good.hasAttribute('disabled')).toBe(true);
      await user.click(within(dialog).getByRole('checkbox', { name }));
    }
    await user.click(within(dialog).getByRole('checkbox', { name: 'куда обжаловать' }));
    expect(good.hasAttribute('disabled')).toBe(false);
    expect(back.hasAttribute('disabled')).toBe(true);
    await user.click(within(dialog).getByRole('checkbox', { name: 'кто и когда' }));
    await user.click(back);
    await vi.waitFor(() =>
      expect(done).toEqual([
        [
          'referral_check',
          {
            case: 'c1',
            referral: 'r1',
            good: false,
            has: ['facts', 'decision', 'next', 'appeal'],
            note: '',
          },
        ],
      ]),
    );
  });

  it('a body that nobody can reach at the portal is given the request by hand, and heard by telephone', async () => {
    view = caseView({
      referrals: [
        referral({
          state: 'sent',
          by_hand: { ...stamp, by: '' },
          may_hand_over: true,
          hears: ['registered', 'accepted', 'rejected', 'answered'],
        }),
      ],
      obligations: [owed('hand_over', { referral: 'r1' })],
    });
    const user = await open();
    expect(screen.getByText('не передано: передать самим')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Передать запрос самим' }));
    let dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('radio', { name: 'почтой' }));
    await user.type(within(dialog).getByRole('textbox', { name: /Кто в органе/ }), 'Канцелярия');
    const day = within(dialog).getByRole('textbox', { name: 'В какой день' });
    await user.clear(day);
    const save = within(dialog).getByRole('button', { name: /Передано/ });
    expect(save.hasAttribute('disabled')).toBe(true);
    await user.type(day, '20.11.2026');
    await user.click(save);
    await vi.waitFor(() =>
      expect(done.at(-1)).toEqual([
        'referral_hand_over',
        {
          case: 'c1',
          referral: 'r1',
          told: { way: 'mail', day: '2026-11-20', who: 'Канцелярия' },
          incoming_number: '',
        },
      ]),
    );
    await user.click(screen.getByRole('button', { name: 'Орган сообщил…' }));
    dialog = await screen.findByRole('dialog');
    const write = within(dialog).getByRole('button', { name: /Записать/ });
    await user.click(within(dialog).getByRole('radio', { name: 'отказали' }));
    await user.click(within(dialog).getByRole('radio', { name: '«не наше»' }));
    expect(write.hasAttribute('disabled')).toBe(true);
    await user.type(within(dialog).getByRole('textbox', { name: 'Что именно сказали' }), 'дом ОСИ');
    await user.click(write);
    await vi.waitFor(() =>
      expect(done.at(-1)).toEqual([
        'referral_hear',
        expect.objectContaining({ what: 'rejected', code: 'not_ours', text: 'дом ОСИ' }),
      ]),
    );
  });

  it('after a second refusal an officer sends it nowhere; what the head decided is where it goes', async () => {
    const no = (id: string, agency: string, patch = {}) =>
      referral({
        id,
        agency,
        state: 'rejected',
        rejected: { stamp, code: 'not_ours', reason: 'не наше' },
        ...patch,
      });
    const both = [no('r1', 'E-HEA', { replaced_by: 'r2' }), no('r2', 'E-ZKH', { replaces: 'r1' })];
    view = caseView({
      referrals: both,
      obligations: [owed('second_bounce', { referral: 'r2' })],
    });
    await open();
    expect(screen.getByText('Отказов: 2')).toBeTruthy();
    expect(screen.getByText('Второй отказ: куда дальше, решает руководитель')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Направить иначе' })).toBeNull();
    cleanup();
    client.clear();
    view = caseView({
      referrals: both,
      obligations: [owed('find_another', { referral: 'r2' })],
      end: {
        ...caseView().end,
        disputes: [
          {
            referral: 'r2',
            at: stamp.at,
            reason: 'чья',
            sides: [],
            settled: { at: stamp.at, agency: 'E-ZKH', reason: 'акт' },
            at_region: true,
          },
        ],
      },
    });
    view.referrals.push(referral({ id: 'r9', agency: 'E-OSI', replaces: 'r1' }));
    const user = await open();
    expect(screen.getByText('Отказов: 1'), 'beside one that went on after a refusal').toBeTruthy();
    await user.click(screen.getByRole('button', { name: /Направить иначе/ }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: /^Направить/ }));
    expect(done.at(-1)?.[1], 'to the body the head named, though it refused').toMatchObject({
      agency: 'E-ZKH',
      replaces: 'r2',
    });
  });

  it('a refusal is sent elsewhere in place of the old one, with the same minimum', async () => {
    view = caseView({
      referrals: [
        referral({
          state: 'rejected',
          rejected: { stamp, code: 'not_ours', reason: 'Дом на ОСИ' },
        }),
      ],
      obligations: [owed('find_another', { referral: 'r1' })],
    });
    const user = await open();
    expect(screen.getByText(/«не наше»\. Дом на ОСИ/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Направить иначе' }));
    const dialog = await screen.findByRole('dialog');
    // What leaves is what the desk says, files in a list of their own.
    expect(await within(dialog).findByText('после шести')).toBeTruthy();
    expect(within(dialog).queryByText('яма.jpg')).toBeNull();
    expect(asked).toMatchObject({ case: 'c1', agency: 'E-ZKH', replaces: 'r1' });
    await user.click(within(dialog).getByRole('button', { name: /^Направить/ }));
    await vi.waitFor(() =>
      expect(done).toEqual([
        [
          'referral_send',
          {
            case: 'c1',
            agency: 'E-ZKH',
            text: 'Нет тепла',
            disclosed: { name: false, phone: false, address: true },
            answer_due: null,
            basis: null,
            copy_of: null,
            files: [],
            issue: null,
            replaces: 'r1',
          },
        ],
      ]),
    );
  });

  it('a request is about the issue that is chosen, in its own words', async () => {
    view = caseView({
      narrative: 'Нет тепла, и отец не платит',
      issues: [
        { id: 'i1', category: 'ZKH-01', text: '' },
        { id: 'i2', category: 'FAM-04', text: 'Отец детей не платит' },
      ],
      obligations: [owed('decide')],
    });
    const user = await open();
    await user.click(screen.getAllByRole('button', { name: 'Направить' })[0] as HTMLElement);
    const dialog = await screen.findByRole('dialog');
    const text = within(dialog).getByRole('textbox', { name: /Текст/ });
    expect(text).toHaveValue('Нет тепла, и отец не платит');
    const issues = within(dialog).getByRole('radiogroup', { name: 'По какому вопросу' });
    await user.click(within(issues).getAllByRole('radio')[1] as HTMLElement);
    expect(text).toHaveValue('Отец детей не платит');
    await vi.waitFor(() => expect(asked).toMatchObject({ issue: 'i2' }));
  });

  it('a late answer goes up: who is next and since when, out of turn only with a reason', async () => {
    view = caseView({
      referrals: [
        referral({
          state: 'accepted',
          late_wd: 5,
          next_rung: {
            rung: 'controller',
            since: '2026-11-26',
            now: true,
            mine: ['controller', 'head'],
            suggests: null,
          },
        }),
      ],
      obligations: [
        owed('await_answer', { referral: 'r1', waiting_on: 'agency', agency: 'E-HEA' }),
      ],
    });
    const user = await open();
    expect(screen.getByText(/с .*26.*: контролёру/)).toBeTruthy();
    // The key works also where a button has the focus, which it does not press.
    screen.getByRole('button', { name: 'Напомнить' }).focus();
    await user.keyboard('{Alt>}[Enter]{/Alt}');
    const dialog = await screen.findByRole('dialog');
    const save = within(dialog).getByRole('button', { name: /Записать/ });
    await user.type(within(dialog).getByRole('textbox', { name: /Что написали/ }), 'Прошу');
    expect(save.hasAttribute('disabled')).toBe(false);
    await user.click(within(dialog).getByRole('radio', { name: 'начальнику' }));
    expect(save.hasAttribute('disabled')).toBe(true);
    await user.type(within(dialog).getByRole('textbox', { name: /не по порядку/ }), 'отпуск');
    await user.click(within(dialog).getByRole('radio', { name: 'почтой' }));
    await user.click(save);
    await vi.waitFor(() =>
      expect(done.at(-1)).toMatchObject([
        'referral_escalate',
        { case: 'c1', referral: 'r1', rung: 'head', to: null, text: 'Прошу', reason: 'отпуск' },
      ]),
    );
  });

  it('advice says which card it was taken from, in which version and how fresh', async () => {
    const card = (title: string, confirmed?: string) => ({
      code: title,
      version: 2,
      title: { kk: title, ru: title, en: title },
      ...(confirmed ? { confirmed } : {}),
    });
    const advice = happened('advice_given', '2026-11-20T09:00:00.000Z', { text: 'Проветривайте' });
    view = caseView({
      timeline: [{ ...advice, cited: [card('Газ', '2026-11-19'), card('Жильё')] }],
    });
    await open();
    expect(screen.getByText(/Основание: Газ, версия 2, подтверждено 19 ноября/)).toBeTruthy();
    expect(screen.getByText(/Основание: Жильё, версия 2, ещё не подтверждено/)).toBeTruthy();
  });

  it('closing asks for the word of the applicant and says what is still open', async () => {
    view = caseView({
      referrals: [referral()],
      obligations: [
        owed('await_answer', { referral: 'r1', waiting_on: 'agency', agency: 'E-HEA' }),
      ],
    });
    view.end.want_reason = ['helped'];
    const user = await open();
    await user.click(screen.getByRole('button', { name: 'Закрыть' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByText(/Ещё 1 дело не завершено/)).toBeTruthy();
    const close = within(dialog).getByRole('button', { name: /Закрыть обращение/ });
    expect(close.hasAttribute('disabled')).toBe(true);
    await user.click(within(dialog).getByRole('radio', { name: 'частично' }));
    await user.click(within(dialog).getByRole('radio', { name: 'помогли' }));
    expect(close.hasAttribute('disabled')).toBe(true);
    await user.type(within(dialog).getByLabelText(/Почему не связались/), 'нет телефона');
    expect(close.hasAttribute('disabled'), 'a body still owes: why is it all right?').toBe(true);
    await user.click(within(dialog).getByRole('radio', { name: 'разъяснили' }));
    expect(close.hasAttribute('disabled'), 'another outcome may want none').toBe(false);
    await user.click(within(dialog).getByRole('radio', { name: 'помогли' }));
    await user.type(within(dialog).getByLabelText(/Почему закрываем/), 'тепло дали');
    await user.click(within(dialog).getByRole('radio', { name: '4' }));
    await user.click(close);
    await vi.waitFor(() =>
      expect(done).toEqual([
        [
          'case_close',
          {
            case: 'c1',
            word: 'partly',
            outcome: 'helped',
            text: 'тепло дали',
            satisfaction: 4,
            not_called: 'нет телефона',
          },
        ],
      ]),
    );
  });

  it('what is filled already is closed by Ctrl+Enter at once, before a field has the focus', async () => {
    view = caseView({
      end: { ...caseView().end, called_back: true },
      timeline: [
        happened('contact_made', '2026-11-21T09:00:00.000Z', { reached: 'yes', word: 'solved' }),
      ],
    });
    const user = await open();
    await user.click(screen.getByRole('button', { name: 'Закрыть' }));
    await screen.findByRole('dialog');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await vi.waitFor(() =>
      expect(done).toEqual([
        [
          'case_close',
          {
            case: 'c1',
            word: 'solved',
            outcome: 'helped',
            text: '',
            satisfaction: null,
            not_called: '',
          },
        ],
      ]),
    );
  });

  it('what the first officer wrote for the end is there for the second', async () => {
    const asked = {
      at: '2026-11-21T09:00:00.000Z',
      by: 'o2',
      word: 'solved' as const,
      outcome: 'helped',
      text: 'уход назначен',
      satisfaction: 5,
      not_called: 'сама пришла',
    };
    view = caseView({
      obligations: [owed('confirm_closing')],
      end: { ...caseView().end, asked, asked_by: 'Әлиева Д.' },
    });
    const user = await open();
    await user.click(screen.getByRole('button', { name: 'Посмотреть закрытие' }));
    await screen.findByRole('dialog');
    await user.keyboard('{Control>}{Enter}{/Control}');
    const { word, outcome, text, satisfaction, not_called } = asked;
    const sent = { case: 'c1', word, outcome, text, satisfaction, not_called };
    await vi.waitFor(() => expect(done).toEqual([['case_close', sent]]));
  });

  it('a talk is recorded by Ctrl+Enter from any of its fields', async () => {
    view = caseView({ obligations: [owed('tell_applicant')] });
    const user = await open();
    await user.click(screen.getByRole('button', { name: 'Сообщить заявителю' }));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('radio', { name: 'да, решено' }));
    await user.keyboard('{Control>}{Enter}{/Control}');
    await vi.waitFor(() =>
      expect(done).toEqual([
        [
          'contact_record',
          { case: 'c1', how: 'in_person', reached: 'yes', word: 'solved', text: '' },
        ],
      ]),
    );
  });

  it('a paper is looked at page by page and printed; an old one comes out of history', async () => {
    view = caseView({ referrals: [referral()] });
    shelf = {
      offers: [
        { paper: 'coupon', part: null, agency: null },
        { paper: 'referral', part: 'r1', agency: 'E-HEA' },
      ],
      printed: [
        { id: 'p1', at: stamp.at, who: 'Ким В. С.', paper: 'of_another_time', agency: null },
      ],
    };
    const user = await open();
    const letter = { of: 'case', case: 'c1', paper: 'referral', part: 'r1' };
    await user.click(await screen.findByRole('button', { name: /^Посмотреть: Письмо в орган/ }));
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByAltText(/страница 2 из 2/)).toBeTruthy();
    expect(done).toEqual([]);
    await user.keyboard('{Control>}{Enter}{/Control}');
    await vi.waitFor(() => expect(done).toEqual([['paper_print', letter]]));
    await user.keyboard('{Escape}');
    await user.click(await screen.findByText('Печатали 1 раз'));
    await user.click(screen.getByRole('button', { name: /^Напечатать: Другая бумага/ }));
    await vi.waitFor(() => expect(done[1]).toEqual(['paper_print', { of: 'printed', id: 'p1' }]));
    await user.keyboard('{Control>}[KeyP]{/Control}');
    await vi.waitFor(() =>
      expect(done[2]).toEqual([
        'paper_print',
        { of: 'case', case: 'c1', paper: 'coupon', part: null },
      ]),
    );
  });

  it('is only looked at when the program is too old for it', async () => {
    view = caseView({ read_only: true, obligations: [owed('decide')] });
    await open();
    expect(screen.getByText('Нужно обновить программу')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Добавить заметку' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Изменить тему' })).toBeNull();
  });
});
