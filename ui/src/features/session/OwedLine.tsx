// On a locked desk: what the region does not have yet, and when it last answered (S32). It counts down while what
// waits is sent without a key.
import type { AppState } from '../../backend';
import { useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Note } from '../../kit/Note';

export function OwedLine(props: { state: AppState }) {
  const { enrolled, practice } = props.state;
  const status = useCommand('sync_status', {}, { refetchInterval: 20_000 }).data;
  if (practice) return null;
  if (!enrolled) return <p className="m">{t('session.owed.alone')}</p>;
  if (!status) return null;
  // The program ended without a lock: without the keys nobody can count, and an old number would be wrong.
  if (!status.counted) return <p className="m">{t('session.owed.unknown')}</p>;
  const contact =
    status.last_success === null
      ? t('session.owed.never')
      : t('session.owed.contact', { at: moment(status.last_success) });
  return (
    <div role="status">
      {status.unacknowledged === 0 ? (
        <p className="m">
          {t('session.owed.none')} {contact}
        </p>
      ) : (
        <Note tone="warn">
          <p>
            <b>{t('session.owed.some', { n: status.unacknowledged })}</b> {contact}{' '}
            {t('session.owed.safe')}
          </p>
        </Note>
      )}
    </div>
  );
}
