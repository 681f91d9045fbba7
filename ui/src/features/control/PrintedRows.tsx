// The control list as it lies on paper: a plain table, only in print.
import { createPortal } from 'react-dom';
import type { ControlRow, Queue } from '../../backend';
import { t } from '../../i18n';
import { fullDay } from '../../i18n/dates';
import type { Book } from '../intake/form';
import { bodyName } from '../intake/useBook';
import { essenceOf, withWhom } from './ControlGrid';
import { alsoSays, dueTag } from './due';
import type { Printed } from './usePrintout';

export function PrintedRows(props: Printed & { queue: Queue; book: Book }) {
  const { rows, today, book, queue } = props;
  return createPortal(
    <div className="printed">
      {sheets(props).map((sheet) => (
        <section key={sheet.agency ?? ''}>
          <h1>
            {sheet.agency
              ? t('control.owe_us', { agency: bodyName(book, sheet.agency) })
              : `${t('control.title')}: ${t(`control.queue.${queue}`)}`}
          </h1>
          <p>
            {t('control.print.date', { date: fullDay(today) })}
            {props.cut ? `. ${t('control.print.cut', { n: rows.length })}` : ''}
          </p>
          <Sheet rows={sheet.rows} today={today} book={book} />
        </section>
      ))}
    </div>,
    document.body,
  );
}

/** What bodies owe is a sheet for each of them; every other list is one. */
export function sheets(props: Pick<Printed, 'rows'> & { queue: Queue }) {
  if (props.queue !== 'waiting_agency') return [{ agency: null, rows: props.rows }];
  const by = new Map<string, ControlRow[]>();
  for (const row of props.rows) {
    const agency = row.agency ?? '';
    by.set(agency, [...(by.get(agency) ?? []), row]);
  }
  return [...by].map(([agency, rows]) => ({ agency, rows }));
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
            <td>{Object.values(essenceOf(row, book)).filter(Boolean).join(', ')}</td>
            <td>{withWhom(row, book)}</td>
            <td>{row.incoming_number}</td>
            <td>{[dueTag(row, today).text, alsoSays(row)].filter(Boolean).join('; ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
