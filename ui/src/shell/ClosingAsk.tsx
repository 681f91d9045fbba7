// The window is being closed while records wait and there is a line: they can be sent first (S32).
import { useEffect, useState } from 'react';
import { call, onChanged, type Refusal } from '../backend';
import { useCommand } from '../backend/query';
import { t } from '../i18n';
import { Button } from '../kit/Button';
import { Dialog } from '../kit/Dialog';
import { ErrorNote } from '../kit/Note';
import { keepOverLock } from './kept';
import { saveForms } from './leave';

export function ClosingAsk() {
  const [asked, setAsked] = useState(false);
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<Refusal>();
  const status = useCommand('sync_status', {}, { enabled: asked });
  useEffect(
    () =>
      onChanged(({ lists }) => {
        if (!lists.includes('closing')) return;
        setError(undefined);
        setAsked(true);
      }),
    [],
  );
  if (!asked) return null;
  const end = async (send: boolean) => {
    setSending(true);
    try {
      // What is still being typed goes to the disk in any case.
      await saveForms();
      if (send) {
        const after = await call('sync_now', {});
        if (after.unacknowledged > 0 && after.failure) {
          setError(after.failure);
          return;
        }
      }
      await keepOverLock();
      await call('program_end', {});
    } catch (why) {
      setError(why as Refusal);
    } finally {
      setSending(false);
    }
  };
  return (
    <Dialog
      open
      onClose={() => setAsked(false)}
      title={t('app.closing.title')}
      foot={
        <>
          <Button onPress={() => setAsked(false)}>{t('app.closing.stay')}</Button>
          <Button disabled={sending} onPress={() => void end(false)}>
            {t('app.closing.leave')}
          </Button>
          <Button primary autoFocus pending={sending} onPress={() => void end(true)}>
            {t('app.closing.send')}
          </Button>
        </>
      }
    >
      <p className="t">{t('sync.state.wait', { n: status.data?.unacknowledged ?? 0 })}</p>
      <p>{t('app.closing.text')}</p>
      <ErrorNote error={error} />
    </Dialog>
  );
}
