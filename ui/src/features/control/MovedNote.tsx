// Another calendar holds: how many last days are other ones now, and why. Gone once a person has seen it.
import type { MovedDays } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { Button, ErrorNote, Note } from '../../kit';
import { navigate } from '../../shell/router';
import { changedDays } from '../case/why';

/** What moved, while this officer has not seen it. */
export function useMoved(): MovedDays | undefined {
  const { data } = useCommand('moved_days', {});
  return data && data.count > 0 && !data.seen ? data : undefined;
}

export function MovedNote(props: { moved: MovedDays; here: boolean }) {
  const { moved, here } = props;
  const seen = useAction('moved_days_seen');
  return (
    <Note tone="warn">
      <p className="t">{t('control.moved.title', { n: moved.count, version: moved.calendar })}</p>
      <p>{changedDays(moved.changes)}</p>
      <div className="note-act acts">
        {here ? null : (
          <Button small onPress={() => navigate({ screen: 'control', queue: 'moved' })}>
            {t('control.moved.show')}
          </Button>
        )}
        <Button
          small
          quiet
          pending={seen.isPending}
          onPress={() =>
            seen.mutate(
              { calendar: moved.calendar },
              { onSuccess: () => here && navigate({ screen: 'control', queue: 'all' }) },
            )
          }
        >
          {t('control.moved.seen')}
        </Button>
      </div>
      <ErrorNote error={seen.error} />
    </Note>
  );
}
