// Reminders leave the station: what goes to whom is looked at before it goes, and who was not reminded is told after.
import type { ControlRow, PassedOver } from '../../backend';
import { useAction } from '../../backend/query';
import { known, t } from '../../i18n';
import { Button, Dialog, ErrorNote, Note, toast } from '../../kit';
import { refusalText } from '../../kit/Note';
import { useKept } from '../../shell/kept';
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
  const [over, setOver] = useKept<readonly PassedOver[]>('board.not_reminded');
  const none = rows.length === 0;
  const seen = () => {
    setOver(undefined);
    props.onSent();
  };
  if (over) return <NotReminded over={over} rows={rows} book={book} onSeen={seen} />;
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
                  onSuccess: ({ reminded, passed_over }) => {
                    if (reminded > 0) toast(t('control.remind.sent', { n: reminded }));
                    if (passed_over.length > 0) setOver(passed_over);
                    else props.onSent();
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
                <RowName row={row} book={book} />
                {row.reminders > 0 ? (
                  <span className="m"> · {t('control.remind.again', { n: row.reminders })}</span>
                ) : null}
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

/** Who was not reminded, and why: each stands by itself. */
function NotReminded(props: {
  over: readonly PassedOver[];
  rows: readonly ControlRow[];
  book: Book;
  onSeen: () => void;
}) {
  const { over, rows, book } = props;
  return (
    <Dialog
      open
      wide
      onClose={props.onSeen}
      title={t('control.remind.not', { n: over.length })}
      foot={
        <Button primary onPress={props.onSeen}>
          {t('control.remind.seen')}
        </Button>
      }
    >
      {rows.length > over.length ? (
        <Note tone="ok">{t('control.remind.sent', { n: rows.length - over.length })}</Note>
      ) : null}
      <ul className="remind-list">
        {over.map((not) => {
          const row = rows.find((one) => one.referral === not.referral);
          return (
            <li key={not.referral}>
              {row ? <RowName row={row} book={book} /> : null}
              <span className="m">: {whyNot(not.code)}</span>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}

function whyNot(code: string): string {
  const own = `control.remind.not.${code}`;
  return known(own) ? t(own) : refusalText({ code, params: {} });
}

function RowName(props: { row: ControlRow; book: Book }) {
  const { row, book } = props;
  return (
    <>
      <span className="t">{bodyName(book, row.agency)}</span>{' '}
      <span className="m">
        {row.number}
        {row.incoming_number ? ` · ${t('control.column.incoming')} ${row.incoming_number}` : ''}
        {row.title ? ` · ${row.title}` : ''}
      </span>
    </>
  );
}
