// Dates as people say them: “today”, “27 November”, “14:02”. Always the wall clock of Kazakhstan.
import { type MessageId, t } from './index';

// Names of months come from the catalogues: the Kazakh ones are missing in Intl of Debian's
// Chromium, which then says “M11 22”. The country has had one time zone since 2024: UTC+5.
const OFFSET_MS = 5 * 3_600_000;
const DAY_MS = 86_400_000;

/** The calendar day of an instant in Kazakhstan, `yyyy-mm-dd`. */
export function dayOf(instant: string | Date): string {
  return wall(instant).toISOString().slice(0, 10);
}

/** The instant with the wall clock of Kazakhstan in its UTC fields. */
function wall(instant: string | Date): Date {
  const at = typeof instant === 'string' ? new Date(instant) : instant;
  return new Date(at.getTime() + OFFSET_MS);
}

/** Whole days from `a` to `b`, both `yyyy-mm-dd`. */
export function daysBetween(a: string, b: string): number {
  return Math.round((Date.parse(b) - Date.parse(a)) / DAY_MS);
}

function parts(date: string): { d: number; month: string; year: string } {
  const [year = '', month = '', d = ''] = date.split('-');
  return { d: Number(d), month: t(`date.month.${Number(month)}` as MessageId), year };
}

/** “27 November”, with the year when it is another one than `today`'s. */
export function day(date: string, today?: string): string {
  const other = today !== undefined && today.slice(0, 4) !== date.slice(0, 4);
  return other ? fullDay(date) : t('date.day', parts(date));
}

/** “Sunday, 22 November”. */
export function weekday(date: string): string {
  const index = new Date(`${date}T00:00:00Z`).getUTCDay();
  const weekday = t(`date.weekday.${index}` as MessageId);
  return t('date.weekday_day', { weekday, day: day(date) });
}

/** “22 November 2026”: the exact date. */
export function fullDay(date: string): string {
  return t('date.full', parts(date));
}

/** “14:02”. */
export function time(instant: string): string {
  return wall(instant).toISOString().slice(11, 16);
}

/** “14:02” today, “yesterday, 14:02”, else “21 November, 14:02”. */
export function moment(instant: string, now: string | Date = new Date()): string {
  const today = dayOf(now);
  const that = dayOf(instant);
  const ago = daysBetween(that, today);
  if (ago === 0) return time(instant);
  if (ago === 1) return t('date.yesterday_at', { time: time(instant) });
  return t('date.day_at', { day: day(that, today), time: time(instant) });
}

/** “10 June 2015, 14:02”: a moment of any year, in full. */
export function fullMoment(instant: string): string {
  return t('date.day_at', { day: fullDay(dayOf(instant)), time: time(instant) });
}

/** A last day in words, with its tone. `lateWd` are the working days the core counted. */
export function due(
  date: string,
  today: string,
  lateWd = 0,
): { text: string; tone: 'late' | 'warn' | undefined } {
  if (lateWd > 0) return { text: t('date.late_wd', { n: lateWd }), tone: 'late' };
  const left = daysBetween(today, date);
  if (left < 0) return { text: t('date.was', { day: day(date, today) }), tone: 'warn' };
  if (left === 0) return { text: t('date.today_until'), tone: 'warn' };
  if (left === 1) return { text: t('date.tomorrow'), tone: 'warn' };
  return { text: day(date, today), tone: undefined };
}
