// The one next step of a case.
import { describe, expect, it } from 'vitest';
import { lastStars, lastWord, leftOpen, nextAction, wasAsked } from '../next';
import { caseView, happened, owed, referral } from './samples';

const today = '2026-11-22';

describe('the next step', () => {
  it('an answer to check comes before everything else', () => {
    const view = caseView({
      obligations: [
        owed('do_task', { task: 't1' }),
        owed('find_another', { referral: 'r2' }),
        owed('check_answer', { referral: 'r1' }),
      ],
    });
    expect(nextAction(view, today)).toEqual({ act: 'check_answer', referral: 'r1' });
  });

  it('an ask for more time is the head’s first step, and nobody else’s', () => {
    const asked = { obligations: [owed('decide_extension'), owed('do_task', { task: 't1' })] };
    const plain = caseView(asked);
    expect(nextAction(plain, today)).toEqual({ act: 'do_task', task: 't1' });
    const head = caseView({ ...asked, terms: { ...plain.terms, may_decide: true } });
    expect(nextAction(head, today)).toEqual({ act: 'decide_extension' });
  });

  it('a decision that has to be told leads to telling it', () => {
    const plain = caseView();
    const notice = {
      about: 'e1',
      kind: 'extension' as const,
      at: '2026-11-20T09:00:00.000Z',
      due: '2026-11-24',
      given: null,
      how: null,
      circle: 'open',
      by: 'o1',
    };
    const view = caseView({
      obligations: [owed('give_notice'), owed('tell_applicant')],
      terms: { ...plain.terms, notices: [notice] },
    });
    expect(nextAction(view, today)).toEqual({ act: 'give_notice', about: 'e1' });
  });

  it('a refusal is our work again', () => {
    const view = caseView({ obligations: [owed('find_another', { referral: 'r1' })] });
    expect(nextAction(view, today)).toEqual({ act: 'find_another', referral: 'r1' });
  });

  it('tells the applicant first, closes when they were asked', () => {
    const answered = happened('referral_checked', '2026-11-22T08:00:00.000Z', { good: 'yes' });
    const view = caseView({ obligations: [owed('tell_applicant')], timeline: [answered] });
    expect(nextAction(view, today)).toEqual({ act: 'tell_applicant' });
    const told = happened('contact_made', '2026-11-22T09:00:00.000Z', {
      reached: 'yes',
      word: 'solved',
    });
    expect(nextAction({ ...view, timeline: [told, answered] }, today)).toEqual({ act: 'close' });
  });

  it('a talk before the answer does not count as telling it', () => {
    const before = happened('contact_made', '2026-11-21T09:00:00.000Z', { reached: 'yes' });
    const answered = happened('referral_checked', '2026-11-22T08:00:00.000Z', { good: 'yes' });
    expect(wasAsked(caseView({ timeline: [answered, before] }))).toBe(false);
    const missed = happened('contact_made', '2026-11-22T09:00:00.000Z', { reached: 'no_answer' });
    expect(wasAsked(caseView({ timeline: [missed, answered] }))).toBe(false);
  });

  it('“solved” on the page stands for the talk, unless the coupon may be in other hands', () => {
    const answered = happened('referral_checked', '2026-11-22T08:00:00.000Z', { good: 'yes' });
    const word = happened('applicant_word', '2026-11-22T09:00:00.000Z', {
      word: 'solved',
      satisfaction: '4',
    });
    const plain = caseView({ timeline: [word, answered], obligations: [owed('tell_applicant')] });
    const told = { ...plain, end: { ...plain.end, called_back: true, by_page: true } };
    expect(nextAction(plain, today)).toEqual({ act: 'tell_applicant' });
    expect(nextAction(told, today)).toEqual({ act: 'close' });
    expect([lastWord(told), lastStars(told)]).toEqual(['solved', '4']);
    expect(lastWord({ ...told, words_doubtful: true })).toBeNull();
  });

  it('what asks to be opened again is decided in the note over the case', () => {
    const words = [
      {
        event: 'w',
        at: '',
        word: 'not_solved' as const,
        text: '',
        due: null,
        asks_to_reopen: true,
      },
    ];
    const closed = { closed: null, obligations: [owed('reopen_asked')], words };
    expect(nextAction(caseView(closed), today)).toEqual({ act: 'none', wait: { on: 'word' } });
    expect(leftOpen(caseView(closed))).toBe(0);
  });

  it('a rung whose day has come is the next step of whoever stands on it; others remind', () => {
    const late = (mine: ('controller' | 'head')[], now = true) =>
      caseView({
        referrals: [
          referral({
            state: 'accepted',
            late_wd: 4,
            next_rung: { rung: 'controller', since: '2026-11-20', now, mine, suggests: null },
          }),
        ],
        obligations: [
          owed('await_answer', { referral: 'r1', waiting_on: 'agency', agency: 'E-HEA' }),
          owed('do_task', { task: 't1' }),
        ],
      });
    const up = { act: 'escalate', referral: 'r1' };
    expect(nextAction(late(['controller', 'head']), today)).toEqual(up);
    const reminded = happened('referral_reminded', '2026-11-22T05:00:00.000Z');
    expect(nextAction({ ...late(['controller']), timeline: [reminded] }, today)).toEqual(up);
    expect(nextAction(late(['head']), today)).toEqual({ act: 'remind', referral: 'r1' });
    expect(nextAction(late(['controller'], false), today).act).toBe('remind');
  });

  it('a late body is reminded, once a day', () => {
    const view = caseView({
      referrals: [referral({ late_wd: 2, state: 'accepted' })],
      obligations: [
        owed('await_answer', { referral: 'r1', waiting_on: 'agency', agency: 'E-HEA' }),
      ],
    });
    expect(nextAction(view, today)).toEqual({ act: 'remind', referral: 'r1' });
    const reminded = happened('referral_reminded', '2026-11-22T05:00:00.000Z');
    expect(nextAction({ ...view, timeline: [reminded] }, today)).toEqual({
      act: 'none',
      wait: { on: 'agency', agencies: ['E-HEA'] },
    });
  });

  it('while a body works there is nothing to press', () => {
    const view = caseView({
      referrals: [referral()],
      obligations: [
        owed('await_answer', { referral: 'r1', waiting_on: 'agency', agency: 'E-HEA' }),
      ],
    });
    expect(nextAction(view, today)).toEqual({
      act: 'none',
      wait: { on: 'agency', agencies: ['E-HEA'] },
    });
  });

  it('a case this program does not understand is only looked at', () => {
    const view = caseView({
      read_only: true,
      obligations: [owed('check_answer', { referral: 'r1' })],
    });
    expect(nextAction(view, today).act).toBe('none');
  });

  it('counts what closing would leave unwatched', () => {
    const view = caseView({
      obligations: [owed('tell_applicant'), owed('do_task', { task: 't' })],
    });
    expect(leftOpen(view)).toBe(1);
  });
});
