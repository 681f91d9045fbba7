// The control list for who works from it: a plain table, only in print. What a body gets is a paper (OwedLists.tsx).
import { createPortal } from 'react-dom';
import type { ControlRow, Queue } from '../../backend';
import { t } from '../../i18n';
import { fullDay } from '../../i18n/dates';
import type { Book } from '../intake/form';
import { PriorityTag } from '../priority';
import { essenceOf, withWhom } from './ControlGrid';
import { alsoSays, dueTag } from './due';
import type { Printed } from './usePrintout';

export function PrintedRows(props: Printed & { queue: Queue; book: Book }) {
  const { rows, today, book, queue } = props;
  return createPortal(
    <div className="printed">
      <h1>{`${t('control.title')}: ${t(`control.queue.${queue}`)}`}</h1>
      <p>
        {t('control.print.date', { date: fullDay(today) })}
        {props.cut ? `. ${t('control.print.cut', { n: rows.length })}` : ''}
      </p>
      <Sheet rows={rows} today={today} book={book} />
    </div>,
    document.body,
  );
}

function Sheet(props: { rows: readonly ControlRow[]; today: string; book: Book }) {
  const { rows, today, book } = props;
  return (
    <table>
      <thead>
        <tr>
          <th>{t('control.column.number')}</th>
          <th>{t('control.column.essence')}</th>
          <th>{t('control.column.with_whom')}</th>
          <th>{t('control.column.incoming')}</th>
          <th>{t('control.column.due')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <td className="num">{row.number}</td>
            <td>
              <PriorityTag priority={row.priority} />{' '}
              {Object.values(essenceOf(row, book)).filter(Boolean).join(', ')}
            </td>
            <td>{withWhom(row, book)}</td>
            <td>{row.incoming_number}</td>
            <td>{[dueTag(row, today).text, alsoSays(row)].filter(Boolean).join('; ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
