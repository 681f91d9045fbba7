// Dates as people say them: “today”, “27 November”, “14:02”. Always the wall clock of Kazakhstan.
import { LOCALES, language, t } from './index';

/** One time zone for the whole country since 2024 (UTC+5). */
export const ZONE = 'Asia/Almaty';

const cache = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language() + JSON.stringify(options);
  let made = cache.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(LOCALES[language()], { timeZone: ZONE, ...options });
    cache.set(key, made);
  }
  return made;
}

/** A calendar day `yyyy-mm-dd` as noon of that day, so that no zone moves it. */
function noon(day: string): Date {
  return new Date(`${day}T12:00:00+05:00`);
}

/** The calendar day of an instant in Kazakhstan, `yyyy-mm-dd`. */
export function dayOf(instant: string | Date): string {
  const at = typeof instant === 'string' ? new Date(instant) : instant;
  return new Date(at.getTime() + 5 * 3_600_000).toISOString().slice(0, 10);
}

/** Whole days from `a` to `b`, both `yyyy-mm-dd`. */
export function daysBetween(a: string, b: string): number {
  return Math.round((noon(b).getTime() - noon(a).getTime()) / 86_400_000);
}

/** “27 November”, with the year when it is another one than `today`'s. */
export function day(date: string, today?: string): string {
  const other = today !== undefined && today.slice(0, 4) !== date.slice(0, 4);
  return format({ day: 'numeric', month: 'long', ...(other ? { year: 'numeric' } : {}) }).format(
    noon(date),
  );
}

/** “Sunday, 22 November”. */
export function weekday(date: string): string {
  return format({ weekday: 'long', day: 'numeric', month: 'long' }).format(noon(date));
}

/** “22 November 2026”: the exact date. */
export function fullDay(date: string): string {
  return format({ day: 'numeric', month: 'long', year: 'numeric' }).format(noon(date));
}

/** “14:02”. */
export function time(instant: string): string {
  return format({ hour: '2-digit', minute: '2-digit', hour12: false }).format(new Date(instant));
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

/** A last day in words, with its tone. `lateWd` are the working days the core counted. */
export function due(
  date: string,
  today: string,
  lateWd = 0,
): { text: string; tone: 'late' | 'warn' | 'acc' | undefined } {
  if (lateWd > 0) return { text: t('date.late_wd', { n: lateWd }), tone: 'late' };
  const left = daysBetween(today, date);
  if (left < 0) return { text: t('date.was', { day: day(date, today) }), tone: 'warn' };
  if (left === 0) return { text: t('date.today_until'), tone: 'warn' };
  if (left === 1) return { text: t('date.tomorrow'), tone: 'acc' };
  return { text: day(date, today), tone: undefined };
}
