// How it went: a sentence for each event, who and when, and whether the region has it.
import type { CaseView, TimelineItem } from '../../backend';
import { t, tCode } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Card, EmptyState, Tag, Timeline } from '../../kit';
import type { Book } from '../intake/form';
import { bodyName, themeName } from '../intake/useBook';

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
          entries={items.map((item) => ({
            key: item.event,
            title: eventTitle(item, book),
            at: moment(item.at),
            tone: item.tone,
            text: <Detail item={item} />,
          }))}
        />
      )}
    </Card>
  );
}

function Detail(props: { item: TimelineItem }) {
  const { item } = props;
  const lines = eventDetails(item);
  return (
    <>
      {lines.map((line) => (
        <p className="said-line" key={line}>
          {line}
        </p>
      ))}
      <p className="s">
        {item.who}
        {item.standing === 'accepted' ? null : (
          <>
            {' '}
            <Tag tone={item.standing === 'refused' ? 'late' : 'calm'}>
              {t(item.standing === 'refused' ? 'case.timeline.refused' : 'case.timeline.unsent')}
            </Tag>
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
    outcome: v.outcome ? tCode(`case.outcome.${v.outcome}`, v.outcome) : '',
  };
  const kind =
    item.kind === 'contact_made'
      ? `contact_made_${v.reached ?? 'yes'}`
      : item.kind === 'referral_checked'
        ? `referral_checked_${v.good === 'yes' ? 'good' : 'bad'}`
        : item.kind === 'party_added' && !v.name
          ? 'party_added_nameless'
          : item.kind;
  return tCode(`case.event.${kind}`, t('case.event.unknown'), values);
}

/** What was said or written with it. */
export function eventDetails(item: TimelineItem): string[] {
  const v = item.values;
  const reason =
    item.kind === 'agency_rejected'
      ? [tCode(`case.reason.${v.code}`, t('case.reason.other')), v.reason].filter(Boolean).join('. ')
      : item.kind === 'verdict_rejected'
        ? tCode(`case.refused.${v.code}`, t('case.refused.other'))
        : (v.reason ?? '');
  const channel =
    item.kind === 'delivery_delivered' && v.channel
      ? tCode(`case.channel.${v.channel}`, t('case.channel.other'))
      : '';
  const word = v.word ? t('case.event.word', { word: tCode(`case.word.${v.word}`, v.word) }) : '';
  return [v.text ?? '', v.address ?? '', v.file ?? '', reason, channel, word].filter(Boolean);
}
