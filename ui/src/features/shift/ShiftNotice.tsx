// On the reception: the shift that was taken over with signing in, or one that waits to be taken.
import type { AppState, ShiftLine } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Button, LinkButton } from '../../kit/Button';
import { Note } from '../../kit/Note';
import { href } from '../../shell/router';
import { toastDone } from '../../shell/undo';
import { tell } from '../../shell/visit';
import './shift.css';

export function ShiftNotice(props: { state: AppState }) {
  const may = props.state.session?.role !== 'consultant';
  const view = useCommand('shift_news', {}, { enabled: may }).data;
  if (!view) return null;
  const { inherited, waiting } = view;
  return (
    <>
      {waiting.map((line) => (
        <Waiting key={line.id} line={line} />
      ))}
      {inherited ? (
        <Note tone="acc">
          <div className="shift-notice">
            <p>
              <b>{t('shift.inherited', { name: inherited.by, at: moment(inherited.at) })}</b>
            </p>
            {inherited.note ? <p className="shift-note">{inherited.note}</p> : null}
            <LinkButton small quiet kbd="Alt+6" href={href({ screen: 'shift' })}>
              {t('shift.see')}
            </LinkButton>
          </div>
        </Note>
      ) : null}
    </>
  );
}

/** A hand-over to this officer that came after signing in, or one to whoever comes. */
export function Waiting(props: { line: ShiftLine }) {
  const { line } = props;
  const take = useAction('shift_take');
  return (
    <Note tone="warn">
      <div className="shift-notice">
        <p>
          <b>{t('shift.waiting', { name: line.by, at: moment(line.at) })}</b>
        </p>
        {line.note ? <p className="shift-note">{line.note}</p> : null}
        <Button
          small
          pending={take.isPending}
          onPress={() =>
            take.mutate(
              { id: line.id },
              {
                onSuccess: ({ undo }) => toastDone(t('shift.took'), undo),
                onError: tell,
              },
            )
          }
        >
          {t('shift.take')}
        </Button>
      </div>
    </Note>
  );
}
