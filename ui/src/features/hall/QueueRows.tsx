// Who waits: ticket, matter, how long; called ones below in quiet type until they are heard.
import type { QueueLine } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { Button } from '../../kit/Button';
import { Tag } from '../../kit/basics';
import { toastDone } from '../../shell/undo';
import { tell } from '../../shell/visit';
import { useBook } from '../intake/useBook';
import { callIn } from './call';
import { calledBy, matter, waits } from './words';

/** The hall; asked again every half minute, so that the minutes go on. */
export function useHall() {
  return useCommand('queue', {}, { refetchInterval: 30_000 });
}

export function QueueRows(props: {
  lines: readonly QueueLine[];
  mayCall: boolean;
  /** Rows at most. */
  limit?: number;
}) {
  const { book } = useBook();
  const leave = useAction('queue_leave');
  const now = new Date();
  const waiting = props.lines.filter((line) => line.called === null);
  const called = props.lines.filter((line) => line.called !== null);
  return (
    <ul className="rows hall-rows">
      {[...waiting, ...called].slice(0, props.limit).map((line) => {
        const { head, small } = matter(line, book);
        return (
          <li key={line.id}>
            <div className={line.called ? 'row hall-row called' : 'row hall-row'}>
              <b className="hall-ticket num">{line.ticket}</b>
              <div className="hall-what">
                {head ? (
                  <span className="el t">{head}</span>
                ) : (
                  <span className="el m">{t('hall.silent')}</span>
                )}
                {small ? <span className="el m">{small}</span> : null}
              </div>
              <div className="hall-when">
                {line.urgent ? <Tag tone="late">{t('hall.urgent')}</Tag> : null}
                <span className="s num">{line.called ? calledBy(line) : waits(line, now)}</span>
              </div>
              <div className="hall-acts">
                {props.mayCall ? (
                  <Button
                    small
                    label={t('hall.call.one', { ticket: line.ticket })}
                    onPress={() => void callIn(line.id)}
                  >
                    {line.called ? t('hall.again') : t('hall.call')}
                  </Button>
                ) : null}
                <Button
                  small
                  quiet
                  label={t('hall.gone.one', { ticket: line.ticket })}
                  onPress={() =>
                    leave.mutate(
                      { id: line.id, how: 'gone' },
                      {
                        onSuccess: ({ undo }) =>
                          toastDone(t('hall.gone.told', { ticket: line.ticket }), undo),
                        onError: tell,
                      },
                    )
                  }
                >
                  {t('hall.gone')}
                </Button>
              </div>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
