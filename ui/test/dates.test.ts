// Dates are the country's wall clock, in words, in three languages, without help from Intl.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { speak } from '../src/i18n';
import { dayOf, daysBetween, due, fullDay, moment, time, weekday } from '../src/i18n/dates';

describe('in Kazakh', () => {
  beforeEach(() => speak('kk'));

  it('months and weekdays are Kazakh', () => {
    expect(weekday('2026-11-22')).toBe('22 қараша, жексенбі');
    expect(fullDay('2027-01-05')).toBe('2027 жылғы 5 қаңтар');
  });

  it('a late day is said in working days', () => {
    expect(due('2026-11-19', '2026-11-22', 2)).toEqual({
      text: '2 жұмыс күніне кешікті',
      tone: 'late',
    });
  });
});

describe('in Russian', () => {
  beforeEach(() => speak('ru'));

  it('a last day is today, tomorrow or a date', () => {
    expect(due('2026-11-22', '2026-11-22')).toEqual({ text: 'последний день', tone: 'warn' });
    expect(due('2026-11-23', '2026-11-22')).toEqual({ text: 'завтра', tone: 'warn' });
    expect(due('2026-11-27', '2026-11-22')).toEqual({ text: '27 ноября', tone: undefined });
    expect(due('2027-01-08', '2026-12-22').text).toBe('8 января 2027 г.');
  });

  it('a day past without a late working day does not accuse', () => {
    expect(due('2026-11-21', '2026-11-22', 0)).toEqual({ text: 'было 21 ноября', tone: 'warn' });
  });

  it('midnight belongs to the day of Kazakhstan', () => {
    expect(dayOf('2026-11-21T18:59:59.000Z')).toBe('2026-11-21');
    expect(dayOf('2026-11-21T19:00:00.000Z')).toBe('2026-11-22');
    expect(time('2026-11-21T19:00:00.000Z')).toBe('00:00');
  });

  it('a moment is as short as it can be', () => {
    const now = new Date('2026-11-22T09:30:00.000Z');
    expect(moment('2026-11-22T09:02:00.000Z', now)).toBe('14:02');
    expect(moment('2026-11-21T11:20:00.000Z', now)).toBe('вчера, 16:20');
    expect(moment('2026-11-03T11:20:00.000Z', now)).toBe('3 ноября, 16:20');
    expect(moment('2025-11-03T11:20:00.000Z', now)).toBe('3 ноября 2025 г., 16:20');
  });

  it('days are counted over the ends of months and years', () => {
    expect(daysBetween('2026-12-31', '2027-01-01')).toBe(1);
    expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2);
  });
});

describe('a browser without Kazakh', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('still says Kazakh dates', async () => {
    vi.stubGlobal('Intl', { ...Intl, DateTimeFormat: undefined });
    await speak('kk');
    expect(weekday('2026-03-22')).toBe('22 наурыз, жексенбі');
  });
});
