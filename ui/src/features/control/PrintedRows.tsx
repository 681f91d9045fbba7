// The control list as it lies on paper: a plain table, only in print.
import { createPortal } from 'react-dom';
import type { Queue } from '../../backend';
import { t } from '../../i18n';
import { fullDay } from '../../i18n/dates';
import type { Book } from '../intake/form';
import { essenceOf, withWhom } from './ControlGrid';
import { dueTag } from './due';
import type { Printed } from './usePrintout';

export function PrintedRows(props: Printed & { queue: Queue; book: Book }) {
  const { rows, today, book } = props;
  return createPortal(
    <div className="printed">
      <h1>
        {t('control.title')}: {t(`control.queue.${props.queue}`)}
      </h1>
      <p>
        {t('control.print.date', { date: fullDay(today) })}
        {props.cut ? `. ${t('control.print.cut', { n: rows.length })}` : ''}
      </p>
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
              <td>{Object.values(essenceOf(row, book)).filter(Boolean).join(', ')}</td>
              <td>{withWhom(row, book)}</td>
              <td>{row.incoming_number}</td>
              <td>{dueTag(row, today).text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>,
    document.body,
  );
}
