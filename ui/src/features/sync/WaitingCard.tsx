// What waits to be sent, by case, in the officer's words for each kind of record.
import type { SyncBoard, WaitingCase } from '../../backend';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Card, EmptyState, Row } from '../../kit';
import { href } from '../../shell/router';
import { caseSays, kindsSay } from './words';

export function WaitingCard(props: { board: SyncBoard }) {
  const { board } = props;
  const nothing = board.waiting.length === 0 && board.waiting_others === 0;
  return (
    <Card title={t('sync.waiting')} className="sync-waiting">
      {nothing ? <EmptyState>{t('sync.waiting.none')}</EmptyState> : null}
      <ul className="rows">
        {board.waiting.map((line) => (
          <li key={line.case.id}>
            <Line line={line} />
          </li>
        ))}
        {board.waiting_others > 0 ? (
          <li>
            <Row>
              <span className="m">{t('sync.waiting.others', { n: board.waiting_others })}</span>
            </Row>
          </li>
        ) : null}
      </ul>
    </Card>
  );
}

function Line(props: { line: WaitingCase }) {
  const { line } = props;
  const inside = (
    <>
      <span className="el t">{caseSays(line.case)}</span>
      <span className="s">{t('sync.since', { at: moment(line.since) })}</span>
      <span className="m sync-kinds">{kindsSay(line.kinds)}</span>
    </>
  );
  return line.case.opens ? (
    <Row href={href({ screen: 'case', id: line.case.id })}>{inside}</Row>
  ) : (
    <Row>{inside}</Row>
  );
}
