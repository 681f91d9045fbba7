// The last column of the control board: what is due, in words, with a tone that only repeats them.
import type { ControlRow } from '../../backend';
import { t, tCode } from '../../i18n';
import { day, daysBetween } from '../../i18n/dates';
import type { Tone } from '../../kit';

export interface DueTag {
  text: string;
  tone: Tone | undefined;
  /** More words, for hover and screen readers. */
  long?: string;
}

type Owed = Pick<ControlRow, 'what' | 'due' | 'late_wd' | 'no_receipt'>;

/** Rungs somebody else than the officer has to know of. */
const ESCALATED: readonly string[] = ['controller', 'head', 'region'];

/** Who takes a late answer on, as “to the head”; nothing while it is the officer's own. */
export function takenUpBy(rung: string | null): string | null {
  return rung && ESCALATED.includes(rung) ? tCode(`ladder.${rung}`, '') : null;
}

/** The second reason that stands in the line. */
export function alsoSays(row: Pick<ControlRow, 'also'>): string | null {
  return row.also ? tCode(`control.also.${row.also}`, '') : null;
}

/** `today` is the day at the desk, `2026-11-22`. */
export function dueTag(row: Owed, today: string): DueTag {
  switch (row.what) {
    case 'refused':
      return { text: t('control.due.refused'), tone: 'late' };
    case 'find_another':
      return { text: t('control.due.rejected'), tone: 'late' };
    case 'check_answer':
      return { text: t('control.due.check_answer'), tone: 'ok' };
    case 'review':
      return { text: t('control.due.review'), tone: 'warn' };
    case 'tell_applicant':
      return { text: t('control.due.tell_applicant'), tone: 'acc' };
    case 'decide':
      return { text: t('control.due.decide'), tone: 'acc' };
    case 'second_bounce':
      return { text: t('control.due.second_bounce'), tone: 'late' };
    case 'settle_dispute':
      return { text: t('control.due.settle_dispute'), tone: 'late' };
    case 'confirm_closing':
      return { text: t('control.due.confirm_closing'), tone: 'acc' };
    case 'decide_extension':
      return { text: t('control.due.decide_extension'), tone: 'acc' };
    case 'sign_redirect':
      return row.late_wd > 0
        ? dateTag(row, today)
        : { text: t('control.due.sign_redirect'), tone: 'acc' };
    case 'give_notice':
      return row.late_wd > 0
        ? dateTag(row, today)
        : { text: t('control.due.give_notice'), tone: 'acc' };
    case 'hand_over':
      return row.late_wd > 0
        ? dateTag(row, today)
        : { text: t('control.due.hand_over'), tone: 'warn' };
    case 'reopen_asked':
      return row.late_wd > 0
        ? dateTag(row, today)
        : { text: t('control.due.reopen_asked'), tone: 'late' };
    case 'read_word':
      return row.late_wd > 0
        ? dateTag(row, today)
        : { text: t('control.due.read_word'), tone: 'acc' };
    case 'reach_region':
      return { text: t('control.due.reach_region'), tone: 'calm' };
    case 'await_answer':
    case 'do_task':
    case 'plan_step':
      return dateTag(row, today);
  }
}

function dateTag(row: Owed, today: string): DueTag {
  if (row.due !== null && row.late_wd > 0) {
    return {
      text: t('control.due.late', { n: row.late_wd }),
      tone: 'late',
      long: t('control.due.late_long', { n: row.late_wd, date: day(row.due, today) }),
    };
  }
  if (row.no_receipt) return { text: t('control.due.no_receipt'), tone: 'warn' };
  if (row.due === null) return { text: t('control.due.none'), tone: undefined };
  const left = daysBetween(today, row.due);
  const date = day(row.due, today);
  if (left < 0) return { text: t('date.was', { day: date }), tone: 'late' };
  if (left === 0) return { text: t('control.due.today'), tone: 'warn', long: date };
  if (left === 1) return { text: t('control.due.tomorrow', { date }), tone: 'warn' };
  return { text: date, tone: undefined };
}

/** The rows of a selection a reminder can go to, and how many were left out. */
export function remindable<R extends Pick<ControlRow, 'referral' | 'waiting_on' | 'what'>>(
  rows: readonly R[],
): { rows: R[]; leftOut: number } {
  const fit = rows.filter(
    (r) => r.referral !== null && r.waiting_on === 'agency' && r.what === 'await_answer',
  );
  return { rows: fit, leftOut: rows.length - fit.length };
}
