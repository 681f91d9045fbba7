// The last column of the control board says every state in words.
import { beforeAll, describe, expect, it } from 'vitest';
import type { ControlRow } from '../../../backend';
import { speak } from '../../../i18n';
import { dueTag, remindable, takenUpBy } from '../due';

const today = '2026-11-22';
const row = (patch: Partial<ControlRow>) => ({
  what: 'await_answer' as ControlRow['what'],
  due: null,
  late_wd: 0,
  no_receipt: false,
  ...patch,
});

describe('due in Russian', () => {
  beforeAll(() => speak('ru'));
  const said = (patch: Partial<ControlRow>) => dueTag(row(patch), today);

  it('names who takes a late answer on only when it is not the officer', () => {
    expect([null, 'remind', 'head', 'region'].map(takenUpBy)).toEqual([
      null,
      null,
      'начальнику',
      'региону',
    ]);
  });

  it('says how late, in working days', () => {
    expect(said({ due: '2026-11-19', late_wd: 2 })).toEqual({
      text: 'опоздание 2 р. д.',
      tone: 'late',
      long: 'Опоздание 2 рабочих дня, срок был 19 ноября',
    });
    expect(said({ due: '2026-11-16', late_wd: 5 }).long).toContain('5 рабочих дней');
  });

  it('says today, tomorrow, or the day', () => {
    expect(said({ due: today }).text).toBe('сегодня последний день');
    expect(said({ due: '2026-11-23' }).text).toBe('завтра, 23 ноября');
    expect(said({ due: '2026-11-27' })).toEqual({ text: '27 ноября', tone: undefined });
    expect(said({ due: '2027-01-05' }).text).toContain('2027');
    expect(said({}).text).toBe('без срока');
  });

  it('a day gone by without a count is still said', () => {
    const tag = said({ what: 'do_task', due: '2026-11-20' });
    expect(tag).toEqual({ text: 'было 20 ноября', tone: 'late' });
  });

  it('a missing incoming number comes before the day, lateness before both', () => {
    expect(said({ due: '2026-11-27', no_receipt: true }).text).toBe('нет вх. №');
    expect(said({ due: '2026-11-19', late_wd: 2, no_receipt: true }).tone).toBe('late');
  });

  it('says what is ours to do', () => {
    expect(said({ what: 'check_answer', due: today }).text).toBe('ответ: проверить');
    expect(said({ what: 'find_another' }).text).toBe('отказ: направить иначе');
    expect(said({ what: 'reach_region' }).text).toBe('ждёт связи');
    expect(said({ what: 'tell_applicant' }).text).toBe('сообщить заявителю');
  });
});

describe('due in Kazakh', () => {
  beforeAll(() => speak('kk'));

  it('is written, not copied', () => {
    expect(dueTag(row({ due: '2026-11-19', late_wd: 2 }), today).text).toBe('2 ж. к. кешікті');
    expect(dueTag(row({ due: '2026-11-23' }), today).text).toBe('ертең, 23 қараша');
  });
});

describe('a reminder', () => {
  it('goes only where an answer is awaited', () => {
    const rows = [
      { key: 'a', referral: 'r1', waiting_on: 'agency' as const, what: 'await_answer' as const },
      { key: 'b', referral: 'r2', waiting_on: 'us' as const, what: 'check_answer' as const },
      { key: 'c', referral: null, waiting_on: 'us' as const, what: 'do_task' as const },
    ];
    const { rows: fit, leftOut } = remindable(rows);
    expect(fit.map((r) => r.key)).toEqual(['a']);
    expect(leftOut).toBe(2);
  });
});
