// How it went: a sentence for each act, who and when, and whether the region has it.
import type { CaseView, TimelineItem, Way } from '../../backend';
import { name, t, tCode } from '../../i18n';
import { fullDay, fullMoment, moment, time } from '../../i18n/dates';
import { Card, EmptyState, Timeline } from '../../kit';
import type { Book } from '../intake/form';
import { bodyName, themeName } from '../intake/useBook';
import { toldText } from './ByHandDialogs';
import { lacksText } from './CheckDialog';
import { until } from './dates';
import { acts } from './grouped';

export function CaseTimeline(props: { view: CaseView; book: Book }) {
  const { view, book } = props;
  const items = view.timeline;
  return (
    <Card
      title={t('case.timeline.title')}
      aside={t('case.timeline.count', { n: items.length })}
      className="case-timeline"
    >
      {items.length === 0 ? (
        <EmptyState>{t('case.timeline.none')}</EmptyState>
      ) : (
        <Timeline
          entries={acts(items).map(({ head, rest }) => ({
            key: head.event,
            title: head.undone ? <s>{eventTitle(head, book)}</s> : eventTitle(head, book),
            at: moment(head.at),
            tone: head.undone ? 'calm' : head.tone,
            text: <Detail head={head} rest={rest} book={book} />,
          }))}
        />
      )}
    </Card>
  );
}

function Detail(props: { head: TimelineItem; rest: readonly TimelineItem[]; book: Book }) {
  const { head, rest, book } = props;
  return (
    <>
      {head.undone ? (
        <p className="said-line">{t('case.timeline.undone', { time: time(head.undone.at) })}</p>
      ) : null}
      {head.written_at ? (
        <p className="said-line">{t('case.moment.written', { at: fullMoment(head.written_at) })}</p>
      ) : null}
      {[...eventDetails(head), ...changesOf(head, book)].map((line) => (
        <p className="said-line" key={line}>
          {line}
        </p>
      ))}
      {rest.map((item) => (
        <p className="said-line" key={item.event}>
          {[eventTitle(item, book), ...eventDetails(item), ...changesOf(item, book)].join('. ')}
        </p>
      ))}
      <p className="s">
        {head.who}
        {head.standing === 'accepted' ? null : (
          <>
            {head.who ? ' · ' : ''}
            <span className={head.standing === 'refused' ? 'standing refused' : 'standing'}>
              {t(head.standing === 'refused' ? 'case.timeline.refused' : 'case.timeline.unsent')}
            </span>
          </>
        )}
      </p>
    </>
  );
}

/** The sentence of an event; one that this program does not know is said to be so. */
export function eventTitle(item: TimelineItem, book: Book): string {
  const v = item.values;
  const values = {
    agency: bodyName(book, v.agency),
    number: v.number ?? '',
    category: themeName(book, v.category),
    name: v.name ?? '',
    rung: v.rung ? tCode(`ladder.${v.rung}`, v.rung) : '',
    to: v.to ? bodyName(book, v.to) : '',
    until: v.until ? until(v.until) : '',
    before: v.before ? fullDay(v.before) : '',
    kinds: (v.kinds ?? '')
      .split(',')
      .map((one) => tCode(`sync.kind.${one}`, t('sync.kind.other')))
      .join(', '),
    priority: v.priority ? tCode(`priority.${v.priority}`, v.priority) : '',
    outcome: v.outcome ? tCode(`case.outcome.${v.outcome}`, v.outcome) : '',
  };
  const kind =
    item.kind === 'contact_made'
      ? `contact_made_${v.reached ?? 'yes'}`
      : item.kind === 'referral_heard'
        ? `referral_heard_${v.what}`
        : item.kind === 'referral_escalated' && v.to
          ? 'referral_escalated_to'
          : item.kind === 'referral_checked'
            ? `referral_checked_${v.good === 'yes' ? 'good' : 'bad'}`
            : item.kind === 'referral_drafted' && v.redirect
              ? 'redirect_drafted'
              : item.kind === 'referral_sent' && v.redirect
                ? 'redirect_sent'
                : item.kind === 'extension_decided'
                  ? `extension_decided_${v.granted === 'yes' ? 'yes' : 'no'}`
                  : item.kind === 'party_added' && !v.name
                    ? 'party_added_nameless'
                    : item.kind === 'priority_set' && !v.priority
                      ? 'priority_set_rule'
                      : item.kind === 'person_matched'
                        ? `person_matched_${v.said}`
                        : item.kind;
  return tCode(`case.event.${kind}`, t('case.event.unknown'), values);
}

/** «Фамилия: Ким → Кимова», a line for each value a correction changed. */
export function changesOf(item: TimelineItem, book: Book): string[] {
  return item.changes.map(({ field, before, after }) => {
    const said = (value: string) => {
      if (value === '') return t('correct.none');
      if (field === 'do_not_call') return t('correct.yes');
      return field === 'category' ? themeName(book, value) : value;
    };
    return t('correct.change', {
      field: tCode(`correct.field.${field}`, t('case.review.field_other')),
      before: said(before),
      after: said(after),
    });
  });
}

/** What was said or written with it. */
export function eventDetails(item: TimelineItem): string[] {
  const v = item.values;
  const reason =
    item.kind === 'agency_rejected' || (item.kind === 'referral_heard' && v.code)
      ? [tCode(`case.reason.${v.code}`, t('case.reason.other')), v.reason]
          .filter(Boolean)
          .join('. ')
      : item.kind === 'verdict_rejected' || (item.kind === 'refusal_settled' && v.code)
        ? tCode(`case.refused.${v.code}`, t('case.refused.other'))
        : (v.reason ?? '');
  const lacks = v.lacks ? lacksText(v.lacks.split(',')) : '';
  const stars = v.satisfaction ? t('close.stars', { n: Number(v.satisfaction) }) : '';
  const channel =
    item.kind === 'delivery_delivered' && v.channel
      ? tCode(`case.channel.${v.channel}`, t('case.channel.other'))
      : '';
  const word = v.word ? t('case.event.word', { word: tCode(`case.word.${v.word}`, v.word) }) : '';
  const signed =
    item.kind === 'extension_decided' || (item.kind === 'referral_sent' && v.redirect)
      ? (v.name ?? '')
      : '';
  const received =
    item.kind === 'clock_corrected' && v.at
      ? t(v.guessed === 'yes' ? 'case.moment.received_guessed' : 'case.moment.received', {
          at: fullMoment(v.at),
        })
      : '';
  const told = v.way ? toldText({ way: v.way as Way, day: v.day ?? '', who: v.name ?? '' }) : '';
  const number =
    item.kind === 'referral_handed' && v.number
      ? `${t('control.column.incoming')} ${v.number}`
      : '';
  const cited = (item.cited ?? []).map((c) =>
    c.confirmed
      ? t('case.cited', { title: name(c.title), n: c.version, date: fullDay(c.confirmed) })
      : t('case.cited_old', { title: name(c.title), n: c.version }),
  );
  return [
    ...cited,
    told,
    number,
    received,
    v.text ?? '',
    v.ground ?? '',
    v.address ?? '',
    v.file ?? '',
    lacks,
    reason,
    stars,
    signed,
    channel,
    word,
  ].filter(Boolean);
}
