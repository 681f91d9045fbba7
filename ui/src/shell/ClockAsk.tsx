// A clock that is a day off or more: somebody at this desk says that he knows, and work goes on.
import { useAction, useCommand } from '../backend/query';
import { t } from '../i18n';
import { Button } from '../kit/Button';
import { Dialog } from '../kit/Dialog';
import { ErrorNote } from '../kit/Note';
import { clockSays } from './clock';

export function ClockAsk() {
  const status = useCommand('sync_status', {});
  const known = useAction('clock_known');
  const off = status.data?.clock_off_s;
  if (!status.data?.clock_ask || off === null || off === undefined) return null;
  return (
    <Dialog
      open
      keep
      onClose={() => {}}
      title={t('sync.clock.ask')}
      foot={
        <Button
          primary
          autoFocus
          pending={known.isPending}
          onPress={() => known.mutate({ off_s: off }, { onError: () => void status.refetch() })}
        >
          {t('sync.clock.ask.act')}
        </Button>
      }
    >
      <p className="t">{clockSays(off)}</p>
      <p>{t('sync.clock.means')}</p>
      <p className="m">{t('sync.clock.ask.safe')}</p>
      <ErrorNote error={known.error} />
    </Dialog>
  );
}
