// One button and one key make contact; what happens is told while it happens.
import { useEffect, useState } from 'react';
import type { SyncProgress } from '../../backend';
import { client, useAction, useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { time } from '../../i18n/dates';
import { bindKeys } from '../../shell/keys';

export interface Contact {
  running: boolean;
  error: unknown;
  /** What is going on, in words; empty when nothing is. */
  says: string;
  start: () => void;
}

export function useContact(): Contact {
  const now = useAction('sync_now');
  const status = useCommand('sync_status', {});
  const running = now.isPending || (status.data?.running ?? false);
  const [asked, setAsked] = useState(false);
  const start = () => {
    setAsked(true);
    // One that goes on by itself is the one that was asked for.
    if (running) return;
    now.mutate(
      {},
      { onSettled: () => void client.invalidateQueries({ queryKey: ['sync_board'] }) },
    );
  };
  // What became of it is said as it is: a line that is down is no contact.
  const over = status.data?.failure ? 'sync.not_done' : 'sync.done';
  useEffect(() => bindKeys({ 'Control+Enter': start }));
  return {
    running,
    error: now.error,
    says: running ? progressSays(status.data?.progress ?? null) : asked ? t(over) : '',
    start,
  };
}

function progressSays(progress: SyncProgress | null): string {
  switch (progress?.step) {
    case 'sending':
      return t('sync.step.sending', { done: progress.done, of: progress.of });
    case 'reading':
      return t('sync.step.reading', { n: progress.events });
    case 'waiting':
      return t('sync.step.waiting', { at: time(progress.until) });
    default:
      return t('sync.step.greeting');
  }
}
