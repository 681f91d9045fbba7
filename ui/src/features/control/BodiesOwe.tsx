// “You owe us”: every body with what it owes, the most late first; one press for its list, its sheet,
// its reminders.
import { Printer } from 'lucide-react';
import { useState } from 'react';
import type { ControlRow } from '../../backend';
import { useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { fullDay } from '../../i18n/dates';
import { Button, EmptyState, ErrorNote, Skeleton, Tag } from '../../kit';
import type { Book } from '../intake/form';
import { bodyName } from '../intake/useBook';
import type { Only } from './only';
import { rowsToPrint } from './useRows';

/** Reminders of one press: more is not looked through before it goes. */
const REMINDED_MAX = 200;

export function BodiesOwe(props: {
  only: Only;
  book: Book;
  onOpen: (agency: string) => void;
  onPrint: (agency: string) => void;
  onRemind: (rows: readonly ControlRow[]) => void;
}) {
  const { only, book } = props;
  const { category, officer, from, until } = only;
  const asked = { category, officer, from, until };
  const { data, error, refetch } = useCommand('bodies_owe', asked, { keep: true });
  const [looking, setLooking] = useState<string>();
  const [failed, setFailed] = useState<unknown>(null);

  function remind(agency: string): void {
    setLooking(agency);
    setFailed(null);
    rowsToPrint('waiting_agency', { ...only, agency, filter: '' }, REMINDED_MAX)
      .then(({ rows }) => props.onRemind(rows.filter((row) => row.late_wd > 0)), setFailed)
      .finally(() => setLooking(undefined));
  }

  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) {
    return (
      <section className="card">
        <Skeleton rows={6} />
      </section>
    );
  }
  if (data.bodies.length === 0) {
    return (
      <section className="card">
        <EmptyState title={t('control.empty.waiting_agency')} />
      </section>
    );
  }
  return (
    <section className="card owe">
      <ErrorNote error={failed} />
      <table>
        <caption className="sr">{t('control.owe.caption')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('control.by_agency')}</th>
            <th scope="col" className="n">
              {t('control.owe.total')}
            </th>
            <th scope="col" className="n">
              {t('control.owe.late')}
            </th>
            <th scope="col">{t('control.owe.first')}</th>
            <th scope="col">
              <span className="sr">{t('control.owe.acts')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {data.bodies.map((body) => {
            const name = bodyName(book, body.agency);
            return (
              <tr key={body.agency}>
                <th scope="row">
                  <Button quiet onPress={() => props.onOpen(body.agency)}>
                    {name}
                  </Button>
                </th>
                <td className="n num">{body.total}</td>
                <td className="n num">
                  {body.late > 0 ? <Tag tone="late">{body.late}</Tag> : '–'}
                </td>
                <td>
                  {body.first_due ? fullDay(body.first_due) : t('control.due.none')}
                  {body.late_wd > 0 ? (
                    <span className="s"> {t('control.due.late', { n: body.late_wd })}</span>
                  ) : null}
                </td>
                <td className="owe-acts">
                  {body.late > 0 ? (
                    <Button
                      small
                      pending={looking === body.agency}
                      label={`${t('control.owe.remind', { n: body.late })}, ${name}`}
                      onPress={() => remind(body.agency)}
                    >
                      {t('control.owe.remind', { n: body.late })}
                    </Button>
                  ) : null}
                  <Button
                    quiet
                    icon
                    small
                    label={t('control.owe.print', { agency: name })}
                    onPress={() => props.onPrint(body.agency)}
                  >
                    <Printer aria-hidden="true" />
                  </Button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
