// A day and a time as typed at a desk.
import { describe, expect, it } from 'vitest';
import { readDay, readGoneDay, readTime, typedDay, typedTime } from '../day';

describe('a day as typed', () => {
  const today = '2026-11-22';

  it('reads day and month as the nearest such day', () => {
    expect(readDay('27.11', today)).toEqual({ kind: 'day', iso: '2026-11-27' });
    expect(readDay('5.1', today)).toEqual({ kind: 'day', iso: '2027-01-05' });
    expect(readDay('22,11', today)).toEqual({ kind: 'day', iso: today });
  });

  it('reads a year of two or four digits', () => {
    expect(readDay('27.11.2026', today)).toEqual({ kind: 'day', iso: '2026-11-27' });
    expect(readDay('27/11/26', today)).toEqual({ kind: 'day', iso: '2026-11-27' });
  });

  it('reads a day that has been as the last such day, today too', () => {
    expect(readGoneDay('20.11', today)).toEqual({ kind: 'day', iso: '2026-11-20' });
    expect(readGoneDay('22.11', today)).toEqual({ kind: 'day', iso: today });
    expect(readGoneDay('5.1', today)).toEqual({ kind: 'day', iso: '2026-01-05' });
    expect(readGoneDay('20.11.2025', today)).toEqual({ kind: 'day', iso: '2025-11-20' });
    expect(readGoneDay('28.12', '2026-03-10')).toEqual({ kind: 'day', iso: '2025-12-28' });
    expect(readGoneDay('30.11', today)).toEqual({ kind: 'ahead', iso: '2026-11-30' });
    expect(readGoneDay('30.11.2026', today)).toEqual({ kind: 'ahead', iso: '2026-11-30' });
    expect(readGoneDay('31.02', today).kind).toBe('bad');
    expect(readGoneDay('', today).kind).toBe('empty');
  });

  it('takes a day just gone for a slip, not for next year', () => {
    expect(readDay('20.11', today)).toEqual({ kind: 'past', iso: '2026-11-20' });
    expect(readDay('1.1.2020', today)).toEqual({ kind: 'past', iso: '2020-01-01' });
  });

  it('does not invent days', () => {
    expect(readDay('31.02', today).kind).toBe('bad');
    expect(readDay('13.13', today).kind).toBe('bad');
    expect(readDay('завтра', today).kind).toBe('bad');
    expect(readDay('  ', today).kind).toBe('empty');
  });

  it('writes back what it reads', () => {
    for (const iso of ['2026-11-27', '2027-01-05', '2028-02-29']) {
      expect(readDay(typedDay(iso), today)).toEqual({ kind: 'day', iso });
    }
  });
});

describe('a time as typed', () => {
  const now = new Date('2026-11-22T09:07:00Z'); // 14:07 at the desk

  it('is the time of the desk', () => {
    expect(readTime('14:05', now)).toBe('2026-11-22T09:05:00.000Z');
    expect(readTime('905', now)).toBe('2026-11-22T04:05:00.000Z');
    expect(typedTime('2026-11-22T09:05:00.000Z')).toBe('14:05');
  });

  it('that has not come yet was yesterday', () => {
    expect(readTime('23:50', now)).toBe('2026-11-21T18:50:00.000Z');
  });

  it('is no time when it is none', () => {
    for (const typed of ['25:00', '14:60', 'днём', '']) expect(readTime(typed, now)).toBeNull();
  });
});
