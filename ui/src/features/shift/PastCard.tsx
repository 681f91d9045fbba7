// Hand-overs before: who, to whom, the note, the receipt, the paper again.
import { useState } from 'react';
import type { ShiftLine } from '../../backend';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Button, Card, EmptyState, Tag } from '../../kit';
import { PaperDialog } from '../case/PaperDialog';
import { receiptSays, takenSays } from './words';

export function PastCard(props: { past: readonly ShiftLine[] }) {
  const [shown, setShown] = useState<ShiftLine>();
  return (
    <Card title={t('shift.past')}>
      {props.past.length === 0 ? <EmptyState>{t('shift.past.none')}</EmptyState> : null}
      <ul className="rows">
        {props.past.map((line) => (
          <li key={line.id}>
            <div className="row shift-past">
              <span>
                <span className="t">{line.by || t('shift.unknown')}</span>{' '}
                <span className="num">{moment(line.at)}</span>
              </span>
              <Button
                small
                quiet
                label={t('shift.print_one', { name: line.by, at: moment(line.at) })}
                onPress={() => setShown(line)}
              >
                {t('shift.print')}
              </Button>
              <span className="m">{takenSays(line)}</span>
              {line.receipt === null ? (
                <Tag tone="warn">{receiptSays(line)}</Tag>
              ) : (
                <Tag tone="ok">{receiptSays(line)}</Tag>
              )}
              {line.note ? <p className="shift-note">{line.note}</p> : null}
            </div>
          </li>
        ))}
      </ul>
      {shown ? (
        <PaperDialog
          paper={{
            of: { of: 'shift', id: shown.id },
            name: t('shift.paper', { at: moment(shown.at) }),
          }}
          onClose={() => setShown(undefined)}
        />
      ) : null}
    </Card>
  );
}
