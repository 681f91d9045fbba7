// Reminders leave the station: what goes to whom is looked at before it goes.
import type { ControlRow } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { Button, Dialog, ErrorNote, toast } from '../../kit';
import type { Book } from '../intake/form';
import { bodyName } from '../intake/useBook';
import { remindable } from './due';

export function RemindDialog(props: {
  rows: readonly ControlRow[];
  book: Book;
  onClose: () => void;
  onSent: () => void;
}) {
  const { book } = props;
  const { rows, leftOut } = remindable(props.rows);
  const remind = useAction('referral_remind');
  const none = rows.length === 0;
  return (
    <Dialog
      open
      wide
      onClose={props.onClose}
      title={t('control.remind.title')}
      foot={
        <>
          <Button onPress={props.onClose}>{t('control.remind.cancel')}</Button>
          <Button
            primary
            disabled={none}
            pending={remind.isPending}
            onPress={() => {
              if (remind.isPending) return;
              remind.mutate(
                {
                  referrals: rows.flatMap((row) =>
                    row.referral ? [{ case: row.case, referral: row.referral }] : [],
                  ),
                },
                {
                  onSuccess: () => {
                    toast(t('control.remind.sent', { n: rows.length }));
                    props.onSent();
                  },
                },
              );
            }}
          >
            {t('control.remind.send')}
          </Button>
        </>
      }
    >
      {none ? (
        <p>{t('control.remind.nothing')}</p>
      ) : (
        <>
          <p>{t('control.remind.text', { n: rows.length })}</p>
          <ul className="remind-list">
            {rows.map((row) => (
              <li key={row.key}>
                <span className="t">{bodyName(book, row.agency)}</span>{' '}
                <span className="m">
                  {row.number}
                  {row.incoming_number
                    ? ` · ${t('control.column.incoming')} ${row.incoming_number}`
                    : ''}
                  {row.title ? ` · ${row.title}` : ''}
                  {row.reminders > 0 ? ` · ${t('control.remind.again', { n: row.reminders })}` : ''}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {leftOut > 0 && !none ? (
        <p className="s">{t('control.remind.left_out', { n: leftOut })}</p>
      ) : null}
      <ErrorNote error={remind.error} />
    </Dialog>
  );
}
