// What the next officer inherits, by what it asks: due, calls, bodies to remind, work that came back.
import type { ControlRow, ShiftView } from '../../backend';
import { type MessageId, t } from '../../i18n';
import { Card, Due, EmptyState, Row, Tag } from '../../kit';
import { href } from '../../shell/router';
import { themeName, useBook } from '../intake/useBook';
import { PriorityTag } from '../priority';

const PARTS = ['refused', 'due', 'calls', 'late'] as const;

export function OwedCard(props: { view: ShiftView }) {
  const { view } = props;
  const shown = PARTS.filter((part) => view[part].length > 0);
  return (
    <Card
      title={t('shift.owed')}
      aside={
        view.more ? (
          <a href={href({ screen: 'control', queue: 'all' })}>{t('shift.owed.more')}</a>
        ) : null
      }
    >
      {shown.length === 0 ? <EmptyState>{t('shift.owed.none')}</EmptyState> : null}
      {shown.map((part) => (
        <section key={part} className="shift-part" aria-labelledby={`shift-${part}`}>
          <h3 id={`shift-${part}`}>
            {t(`shift.owed.${part}` as MessageId, { n: view[part].length })}
          </h3>
          <ul className="rows">
            {view[part].map((row) => (
              <li key={row.key}>
                <OwedRow row={row} today={view.today} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Card>
  );
}

function OwedRow(props: { row: ControlRow; today: string }) {
  const { row } = props;
  const { book } = useBook();
  const matter = row.title || (row.category ? themeName(book, row.category) : '');
  return (
    <Row href={href({ screen: 'case', id: row.case })}>
      <span className="el">
        <span className="t">{t(`owe.${row.what}`)}</span>
        {matter ? <span>: {matter}</span> : null}
      </span>
      {row.due ? <Due date={row.due} today={props.today} lateWd={row.late_wd} /> : <span />}
      <span className="el m">{[row.number, row.address].filter(Boolean).join(' · ')}</span>
      <span className="end">
        <PriorityTag priority={row.priority} />{' '}
        {row.caution ? <Tag tone="late">{t('case.caution.tag')}</Tag> : null}{' '}
        {row.restricted ? <Tag tone="calm">{t('case.restricted')}</Tag> : null}
      </span>
    </Row>
  );
}
