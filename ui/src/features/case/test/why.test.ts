// “Why this date?” in sentences, from the steps the core counted.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../../../backend';
import { speak } from '../../../i18n';
import { dayAndWeekday, runs, until } from '../dates';
import { explain } from '../why';

const step = (
  date: string,
  why: Step['why'],
  counted: number | null = null,
  holiday: string | null = null,
): Step => ({
  date,
  counted,
  why,
  holiday,
});
const of = (...derivation: Step[]) => explain({ derivation, provisional: false });

describe('why, in Russian', () => {
  beforeAll(() => speak('ru'));

  it('taken in on a day off', () => {
    expect(of(step('2026-11-22', 'weekend'), step('2026-11-23', 'working', 1))).toEqual([
      'Принято 22 ноября (воскресенье), это выходной.',
      'День 1, он же последний: 23 ноября (понедельник).',
    ]);
  });

  it('taken in after hours, over a weekend', () => {
    const said = of(
      step('2026-11-20', 'after_closing'),
      step('2026-11-21', 'weekend'),
      step('2026-11-22', 'weekend'),
      step('2026-11-23', 'working', 1),
      step('2026-11-24', 'working', 2),
    );
    expect(said).toEqual([
      'Принято 20 ноября (пятница), после рабочего времени.',
      'День 1: 23 ноября (понедельник).',
      'Не считаем: выходные 21–22 ноября.',
      'Последний, 2-й день: 24 ноября (вторник).',
    ]);
  });

  it('names holidays and transferred days', () => {
    const said = of(
      step('2026-03-06', 'working', 1),
      step('2026-03-07', 'weekend'),
      step('2026-03-08', 'holiday', null, 'womens_day'),
      step('2026-03-09', 'holiday', null, 'transferred'),
      step('2026-03-10', 'working', 2),
    ).join(' ');
    expect(said).toContain('выходные 7 марта; 8 марта (Международный женский день)');
    expect(said).toContain('9 марта (перенесённый выходной)');
  });

  it('a term that ends on a day off moves', () => {
    const said = of(
      step('2026-11-20', 'calendar_day', 1),
      step('2026-11-21', 'moved_from_day_off', 2),
      step('2026-11-22', 'weekend'),
      step('2026-11-23', 'moved_here'),
    );
    expect(said.at(-1)).toBe(
      'Последний день (21 ноября) – выходной, поэтому срок переходит на 23 ноября.',
    );
  });

  it('at once and in hours is said as it is', () => {
    expect(of(step('2026-11-22', 'immediate'))).toEqual(['Нужно сразу, дни не считаем.']);
    expect(of(step('2026-11-22', 'hours'))[0]).toContain('в часах');
  });

  it('says when the calendar is not final', () => {
    const said = explain({ derivation: [step('2029-11-20', 'working', 1)], provisional: true });
    expect(said.at(-1)).toContain('ещё не утверждён');
  });

  it('says nothing of a day the officer chose', () => {
    expect(of()).toEqual([]);
  });
});

describe('days in sentences', () => {
  it('bend in Kazakh', async () => {
    await speak('kk');
    expect(until('2026-11-23')).toBe('23 қарашаға');
    expect(until('2026-09-01')).toBe('1 қыркүйекке');
    expect(dayAndWeekday('2026-11-23')).toBe('23 қараша (дүйсенбі)');
    expect(runs(['2026-11-28', '2026-11-29', '2026-12-05'])).toBe('28–29 қараша, 5 желтоқсан');
  });

  it('read in English and Russian', async () => {
    await speak('en');
    expect(dayAndWeekday('2026-11-23')).toBe('23 November (Monday)');
    expect(runs(['2026-11-28', '2026-11-29'])).toBe('28–29 November');
    await speak('ru');
    expect(until('2026-11-23')).toBe('23 ноября');
    expect(runs(['2026-11-30', '2026-12-01'])).toBe('30 ноября – 1 декабря');
  });
});
