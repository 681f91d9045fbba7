// “Why 23 November?”: the clock of what is awaited, step by step, and the term of law beside it.
import type { CaseView, Clock, Earlier, WrongClock } from '../../backend';
import { t } from '../../i18n';
import { day, dayOf, fullDay, fullMoment } from '../../i18n/dates';
import { Card } from '../../kit';
import type { Book } from '../intake/form';
import { bodyName, themeName } from '../intake/useBook';
import { until } from './dates';
import { changedDays, explain, lawName, sourceOf } from './why';

export function WhyCard(props: { view: CaseView; book: Book }) {
  const { view, book } = props;
  const today = dayOf(new Date());
  const legal = view.clocks.find((c) => c.kind === 'legal_answer');
  const service = view.clocks.filter((c) => c !== legal);
  // An extended term has its own card: both of its days have to be seen.
  const own =
    legal &&
    (service.length === 0 ||
      legal.first !== null ||
      legal.was !== null ||
      view.recorded_late !== null);
  const shown = distinct(own ? [legal, ...service] : service);
  if (shown.length === 0) return null;
  return (
    <>
      {shown.map((clock) => (
        <Card
          padded
          className="why"
          key={`${clock.kind}${clock.referral}`}
          title={t('case.why.title', { date: day(clock.deadline.due, today) })}
          aside={t('case.why.calendar', { version: clock.deadline.calendar })}
        >
          {shown.length > 1 && clock.referral ? (
            <p className="s">{bodyOf(view, book, clock)}</p>
          ) : null}
          <p className="m prose">{sentences(clock, view, book).join(' ')}</p>
          {legal && clock !== legal ? <p className="m">{legalLine(legal, today)}</p> : null}
        </Card>
      ))}
    </>
  );
}

/** The term of law in one line; an extended one with both its days. */
function legalLine(legal: Clock, today: string): string {
  const by = until(legal.deadline.due, today);
  return legal.first
    ? t('terms.legal_extended', {
        until: by,
        first: day(legal.first.due, today),
        law: lawName('appk_76'),
      })
    : t('case.why.legal', { until: by, law: lawName(legal.source) });
}

/** A wrong clock: what it showed, when the appeal was really received, and both days. */
function byClock(was: Earlier, clock: WrongClock): string {
  const said = [
    t(clock.guessed ? 'case.why.clock_guessed' : 'case.why.clock', {
      was: fullMoment(clock.was),
      now: fullMoment(clock.now),
      before: fullDay(was.due),
      due: fullDay(was.now),
    }),
  ];
  if (was.on_coupon) said.push(t('terms.calendar_coupon', { date: fullDay(was.due) }));
  return said.join(' ');
}

/** The calendar changed: the day before and the day now, each with its edition, and which days did it. */
function moved(was: Earlier): string {
  const said = [
    t('terms.calendar_moved', {
      before: fullDay(was.due),
      was: was.calendar || t('terms.calendar_unknown'),
      now: fullDay(was.now),
      version: was.calendar_now,
    }),
    changedDays(was.changes),
  ];
  if (was.on_coupon) said.push(t('terms.calendar_coupon', { date: fullDay(was.due) }));
  return said.filter(Boolean).join(' ');
}

/** Referrals of one day and one derivation are one clock to the reader. */
function distinct(clocks: readonly Clock[]): Clock[] {
  const seen = new Set<string>();
  return clocks.filter((clock) => {
    const key = JSON.stringify([clock.deadline.derivation, clock.deadline.due, clock.source]);
    return !seen.has(key) && Boolean(seen.add(key));
  });
}

function bodyOf(view: CaseView, book: Book, clock: Clock): string {
  return bodyName(book, view.referrals.find((r) => r.id === clock.referral)?.agency);
}

function sentences(clock: Clock, view: CaseView, book: Book): string[] {
  const referral = view.referrals.find((r) => r.id === clock.referral);
  const theme = themeName(book, referral?.category ?? view.issues[0]?.category);
  const said = [...explain(clock.deadline), sourceOf(clock, theme)];
  if (clock.first) said.push(t('terms.why_first'), ...explain(clock.first));
  if (clock.was) {
    said.push(clock.was.clock ? byClock(clock.was, clock.was.clock) : moved(clock.was));
  }
  if (view.dates_provisional) said.push(t('case.why.before_contact'));
  if (view.recorded_late && clock.kind === 'legal_answer') {
    said.push(t('case.why.recorded_late', { at: fullMoment(view.recorded_late) }));
  }
  if (clock.met) said.push(t(clock.kind === 'notice' ? 'terms.told' : 'case.why.met'));
  else if (clock.late_wd > 0) said.push(t('case.why.late', { n: clock.late_wd }));
  return said;
}
