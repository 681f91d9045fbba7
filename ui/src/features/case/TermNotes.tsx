// What was asked and decided about the term of law, above everything else of the case.
import type { CaseView, Extension } from '../../backend';
import { t } from '../../i18n';
import { dayOf, fullDay } from '../../i18n/dates';
import { Note } from '../../kit';
import type { Book } from '../intake/form';
import { bodyName } from '../intake/useBook';
import { until } from './dates';

export function TermNotes(props: { view: CaseView; book: Book }) {
  const { terms } = props.view;
  const today = dayOf(new Date());
  const decided = terms.extensions.at(-1);
  return (
    <>
      {terms.redirected_to ? (
        <Note tone="calm">
          <p className="t">
            {t('redirect.moved', { agency: bodyName(props.book, terms.redirected_to) })}
          </p>
          <p>{t('redirect.moved_text')}</p>
        </Note>
      ) : null}
      {terms.asks.map((ask) => (
        <Note tone="warn" key={ask.event}>
          <p className="t">{t('terms.asked', { who: ask.who, until: until(ask.until, today) })}</p>
          <p>{ask.reason}</p>
          {terms.may_decide ? null : <p>{t('terms.asked_waits')}</p>}
        </Note>
      ))}
      {decided && terms.asks.length === 0 ? <Decided one={decided} today={today} /> : null}
    </>
  );
}

function Decided(props: { one: Extension; today: string }) {
  const { one, today } = props;
  const paper = one.decision_number
    ? t('terms.decision_no', { number: one.decision_number, date: fullDay(one.decision_date) })
    : fullDay(one.decision_date);
  return (
    <Note tone="calm">
      <p className="t">
        {one.until
          ? t('terms.granted', { until: until(one.until, today) })
          : t('terms.not_granted')}
      </p>
      {one.until ? <p>{t('terms.granted_first', { first: fullDay(one.first_due) })}</p> : null}
      <p>{one.reason}</p>
      <p className="s">
        {`${t('terms.signed', { name: one.signed_name, post: one.signed_post })} · ${paper}`}
      </p>
      {one.at_region ? null : <p>{t('terms.waits_region')}</p>}
    </Note>
  );
}
