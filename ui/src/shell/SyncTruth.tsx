// The truth about sync in words and numbers: only what the region acknowledged counts as sent.

import { useQueryClient } from '@tanstack/react-query';
import type { SyncStatus } from '../backend';
import { useAction, useCommand } from '../backend/query';
import { sizeText } from '../features/files/words';
import { known, t } from '../i18n';
import { moment } from '../i18n/dates';
import { Rich } from '../i18n/Rich';
import { Button } from '../kit/Button';
import { refusalText } from '../kit/Note';
import { clockSays } from './clock';
import { href } from './router';

/** A desk without a line is an ordinary desk: said, but not in the colour of something wrong. */
const ORDINARY = new Set(['region_unreachable', 'region_timeout', 'region_busy']);

/** `vouches`: this officer may vouch for others, in the settings. */
export function SyncTruth(props: { vouches: boolean }) {
  const client = useQueryClient();
  const status = useCommand('sync_status', {}, { refetchInterval: 20_000 });
  const now = useAction('sync_now');
  const sync = status.data;
  if (!sync) return <div className="sync" />;
  const send = () =>
    now.mutate({}, { onSuccess: (answer) => client.setQueryData(['sync_status', {}], answer) });
  const failure = now.error ?? sync.failure;
  return (
    <section className="sync" aria-label={t('app.sync.label')}>
      <div aria-live="polite">
        {sync.enrolled ? <Joined sync={sync} sending={now.isPending || sync.running} /> : <Alone />}
        {sync.enrolled && failure ? (
          <p className={ORDINARY.has(failure.code) ? 'sync-note' : 'sync-bad'}>
            {refusalText(failure)}. {advice(failure.code)}
          </p>
        ) : null}
        {sync.refused > 0 ? (
          <p className="sync-bad">
            <a href={href({ screen: 'sync' })}>{t('app.sync.refused', { n: sync.refused })}</a>
          </p>
        ) : null}
        {sync.set_aside > 0 ? (
          <p className="sync-bad">
            <a href={href({ screen: 'sync' })}>{t('app.sync.set_aside', { n: sync.set_aside })}</a>
          </p>
        ) : null}
        {sync.awaits_voucher > 0 ? (
          <p className="sync-note">
            <a href={href({ screen: props.vouches ? 'settings' : 'sync' })}>
              {t('app.sync.awaits_voucher', { n: sync.awaits_voucher })}
            </a>
          </p>
        ) : null}
        {sync.awaits_author > 0 ? (
          <p className="sync-note">
            <a href={href({ screen: 'sync' })}>
              {t('app.sync.awaits_author', { n: sync.awaits_author })}
            </a>
          </p>
        ) : null}
        {sync.clock_off_s === null ? null : (
          <p className="sync-bad">
            {t('sync.clock')}: {clockSays(sync.clock_off_s).toLocaleLowerCase()}
          </p>
        )}
        {sync.tree_fault ? (
          <p className="sync-bad" role="alert">
            {t('app.sync.tree_fault', { at: moment(sync.tree_fault.at) })}
          </p>
        ) : null}
        {sync.tree_silent?.long ? (
          <p className="sync-bad" role="alert">
            {t('app.sync.tree_silent', { at: moment(sync.tree_silent.since) })}
          </p>
        ) : null}
      </div>
      <a
        className="link"
        href={href({ screen: 'sync' })}
        aria-keyshortcuts="Alt+7"
        title="Alt+7"
        aria-label={t('sync.open')}
      >
        {t('sync.more')}
      </a>
      {sync.enrolled ? (
        <Button quiet small onPress={send} pending={now.isPending || sync.running}>
          {now.isPending || sync.running ? t('app.sync.running') : t('app.sync.now')}
        </Button>
      ) : null}
    </section>
  );
}

function advice(code: string): string {
  const id = `error.${code}.do`;
  return known(id) ? t(id) : t('error.safe');
}

function Joined(props: { sync: SyncStatus; sending: boolean }) {
  const { sync } = props;
  return (
    <>
      {sync.unacknowledged > 0 ? (
        <p>
          <Rich id="app.sync.waiting" values={{ n: sync.unacknowledged }} />
        </p>
      ) : null}
      {sync.files_waiting > 0 ? (
        <p>
          <Rich
            id="app.sync.files"
            values={{ n: sync.files_waiting, size: sizeText(sync.files_bytes) }}
          />
        </p>
      ) : null}
      <p {...(sync.proof === null ? {} : { title: t('app.sync.proof', { n: sync.proof }) })}>
        {sync.last_success === null
          ? t('app.sync.never')
          : t('app.sync.confirmed', { at: moment(sync.last_success) })}
      </p>
    </>
  );
}

function Alone() {
  return (
    <>
      <p>{t('app.sync.alone')}</p>
      <p>
        <a className="link" href="#/settings">
          {t('app.sync.join')}
        </a>
      </p>
    </>
  );
}
