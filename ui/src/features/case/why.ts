// “Why this date?”: a derivation from the core as sentences, day by day where a day did not count.
import type { Clock, DayChange, Deadline, Step } from '../../backend';
import { t, tCode } from '../../i18n';
import { day } from '../../i18n/dates';
import { dayAndWeekday, runs, until } from './dates';

/** How the date came about, a sentence each. Empty when the day was chosen, not counted. */
export function explain(deadline: Pick<Deadline, 'derivation' | 'provisional'>): string[] {
  const steps = deadline.derivation;
  const first = steps[0];
  if (!first) return [];
  const said =
    first.why === 'immediate' || first.why === 'hours' ? [bare(first)] : counted(steps, first);
  if (deadline.provisional) said.push(t('case.why.provisional'));
  return said;
}

function bare(step: Step): string {
  return step.why === 'hours' ? t('case.why.hours') : t('case.why.immediate');
}

function counted(steps: Step[], first: Step): string[] {
  const said = [receipt(first)];
  const rest = steps.slice(1);
  const off = first.counted === null && isOff(first) ? rest.filter(isOff) : steps.filter(isOff);
  const skipped = skippedDays(off.filter((s) => s.date !== first.date));
  if (first.why === 'receipt_not_counted' || rest.some((s) => s.why === 'receipt_not_counted')) {
    said.push(t('case.why.not_counted'));
  }
  const days = steps.filter((s) => s.counted !== null);
  const one = days[0];
  const last = days.at(-1);
  if (one && last && one === last) {
    said.push(t('case.why.one_day', { date: dayAndWeekday(one.date) }));
  } else if (one) {
    said.push(t('case.why.first_day', { date: dayAndWeekday(one.date) }));
  }
  if (skipped) said.push(t('case.why.skipped', { days: skipped }));
  const worked = steps.filter((s) => s.why === 'working_weekend').map((s) => s.date);
  if (worked.length > 0) said.push(t('case.why.worked', { days: runs(worked) }));
  const moved = steps.find((s) => s.why === 'moved_from_day_off');
  const here = steps.find((s) => s.why === 'moved_here');
  if (moved && here) {
    said.push(t('case.why.moved', { from: day(moved.date), until: until(here.date) }));
  } else if (last && one !== last) {
    said.push(t('case.why.last_day', { n: last.counted ?? 0, date: dayAndWeekday(last.date) }));
  }
  return said;
}

function receipt(first: Step): string {
  const date = dayAndWeekday(first.date);
  if (first.why === 'after_closing') return t('case.why.received_after', { date });
  return isOff(first) ? t('case.why.received_off', { date }) : t('case.why.received', { date });
}

/** A day that is passed over because nobody works. */
function isOff(step: Step): boolean {
  return step.counted === null && (step.why === 'weekend' || step.why === 'holiday');
}

function skippedDays(steps: Step[]): string {
  const parts: string[] = [];
  const weekends = steps.filter((s) => s.holiday === null).map((s) => s.date);
  if (weekends.length > 0) parts.push(t('case.why.weekend', { days: runs(weekends) }));
  for (const step of steps.filter((s) => s.holiday !== null)) {
    const name = tCode(`case.holiday.${step.holiday}`, t('case.holiday.other'));
    parts.push(`${day(step.date)} (${name})`);
  }
  return parts.join('; ');
}

/** Days that another calendar made days off or working days, as sentences. */
export function changedDays(changes: readonly DayChange[]): string {
  const off = changes.filter((c) => !c.working).map((c) => c.date);
  const worked = changes.filter((c) => c.working).map((c) => c.date);
  const said: string[] = [];
  if (off.length > 0) said.push(t('terms.calendar_off', { days: runs(off) }));
  if (worked.length > 0) said.push(t('terms.calendar_worked', { days: runs(worked) }));
  return said.join(' ');
}

/** The law a term comes from. */
export function lawName(source: string): string {
  return tCode(`case.why.law_${source}`, t('case.why.law_other'));
}

/** Where the term of a clock comes from. `category` is the theme's name. */
export function sourceOf(clock: Clock, category: string): string {
  if (clock.source === 'extension') return t('terms.why_extended');
  if (clock.kind === 'redirect') {
    return t('redirect.why', {
      until: until(clock.deadline.due),
      law: lawName(clock.source),
    });
  }
  if (clock.kind === 'notice') {
    return t('terms.why_notice', {
      until: until(clock.deadline.due),
      law: lawName(clock.source),
    });
  }
  if (clock.source === 'officer') return t('case.why.source_officer');
  if (clock.source === 'category') {
    return category
      ? t('case.why.source_category', { category, n: clock.working_days })
      : t('case.why.source_own', { n: clock.working_days });
  }
  return t('case.why.source_law', { law: lawName(clock.source), n: clock.working_days });
}
