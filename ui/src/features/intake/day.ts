// A day and a time as they are typed at a desk: «27.11», «27.11.2026», «14:05».

export type DayTyped =
  | { kind: 'empty' }
  | { kind: 'day'; iso: string }
  | { kind: 'past' | 'ahead'; iso: string }
  | { kind: 'bad' };

/** Reads a day. Without a year it is the nearest such day from today on. `today` is `2026-11-22`. */
export function readDay(typed: string, today: string): DayTyped {
  const text = typed.trim();
  if (text === '') return { kind: 'empty' };
  const match = /^(\d{1,2})[.,/ -](\d{1,2})(?:[.,/ -](\d{4}|\d{2}))?\.?$/.exec(text);
  if (!match) return { kind: 'bad' };
  const [, day = '', month = '', year] = match;
  if (year) {
    const iso = isoOf(year.length === 2 ? 2000 + Number(year) : Number(year), month, day);
    if (iso === null) return { kind: 'bad' };
    return { kind: iso < today ? 'past' : 'day', iso };
  }
  const thisYear = Number(today.slice(0, 4));
  const near = isoOf(thisYear, month, day);
  if (near !== null && near >= today) return { kind: 'day', iso: near };
  const next = isoOf(thisYear + 1, month, day);
  // A day just gone is far likelier a slip than a term of almost a year.
  if (near !== null && daysBetween(near, today) <= 60) return { kind: 'past', iso: near };
  return next === null ? { kind: 'bad' } : { kind: 'day', iso: next };
}

/** Reads a day that has been. Without a year it is the last such day up to today. */
export function readGoneDay(typed: string, today: string): DayTyped {
  const read = readDay(typed, `${today.slice(0, 4)}-01-01`);
  if (read.kind !== 'day' || read.iso <= today) {
    return read.kind === 'past' ? { kind: 'day', iso: read.iso } : read;
  }
  const named = /\d{4}|[.,/ -]\d{1,2}[.,/ -]\d{2}/.test(typed);
  if (named) return { kind: 'ahead', iso: read.iso };
  const before = `${Number(today.slice(0, 4)) - 1}${read.iso.slice(4)}`;
  // A day still to come is far likelier a slip than one of almost a year ago.
  const soon = daysBetween(today, read.iso) <= 60;
  return soon ? { kind: 'ahead', iso: read.iso } : { kind: 'day', iso: before };
}

/** A day of any year, past or to come; without one it is this year's. */
export function anyDay(typed: string, today: string): string | null {
  const read = readDay(typed, `${today.slice(0, 4)}-01-01`);
  return read.kind === 'day' || read.kind === 'past' ? read.iso : null;
}

/** `2026-11-27` as it is typed: `27.11.2026`. */
export function typedDay(iso: string | null): string {
  if (!iso) return '';
  const [year, month, day] = iso.split('-');
  return `${day}.${month}.${year}`;
}

function isoOf(year: number, month: string, day: string): string | null {
  const at = new Date(Date.UTC(year, Number(month) - 1, Number(day)));
  const same = at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day);
  return same ? at.toISOString().slice(0, 10) : null;
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/**
 * Reads a time of today at the desk (Kazakhstan, UTC+5) as an instant; `null` when it is no time.
 * A time that has not come yet today was yesterday's.
 */
export function readTime(typed: string, now: Date): string | null {
  const match = /^(\d{1,2})[:.,\- ]?(\d{2})$/.exec(typed.trim());
  if (!match) return null;
  const hours = Number(match[1]);
  const minutes = Number(match[2]);
  if (hours > 23 || minutes > 59) return null;
  const local = new Date(now.getTime() + DESK_OFFSET_MS);
  local.setUTCHours(hours, minutes, 0, 0);
  const at = new Date(local.getTime() - DESK_OFFSET_MS);
  if (at.getTime() > now.getTime() + 60_000) at.setTime(at.getTime() - 86_400_000);
  return at.toISOString();
}

/** An instant as a time of the desk: `14:05`. */
export function typedTime(instant: string | null): string {
  if (!instant) return '';
  return new Date(Date.parse(instant) + DESK_OFFSET_MS).toISOString().slice(11, 16);
}

/** All of Kazakhstan keeps UTC+5 since March 2024. */
const DESK_OFFSET_MS = 5 * 3_600_000;
