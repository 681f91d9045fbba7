// What the region has of this computer, what it refused, and what to do about it.
import { useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { Card, ErrorNote, Skeleton } from '../../kit';
import { Screen } from '../../shell/Screen';
import { AgainCard } from './AgainCard';
import { ClockCard } from './ClockCard';
import { ContactsCard } from './ContactsCard';
import { MendedCard } from './MendedCard';
import { RefusedCard } from './RefusedCard';
import { StateCard } from './StateCard';
import { TrustCard } from './TrustCard';
import { UnappliedCard } from './UnappliedCard';
import { useContact } from './useContact';
import { WaitingCard } from './WaitingCard';
import './sync.css';

export function SyncScreen() {
  const board = useCommand('sync_board', {}, { refetchInterval: 20_000 });
  const contact = useContact();
  const view = board.data;
  return (
    <Screen title={t('sync.title')}>
      {board.error ? <ErrorNote error={board.error} onRetry={() => void board.refetch()} /> : null}
      {view === undefined ? (
        board.error ? null : (
          <Card>
            <Skeleton rows={6} two />
          </Card>
        )
      ) : (
        <div className="sync-screen">
          <div className="sync-main">
            {view.status.failure?.code === 'region_fork' ? <AgainCard contact={contact} /> : null}
            {view.mended ? <MendedCard mended={view.mended} /> : null}
            <StateCard board={view} contact={contact} />
            {view.refused.length > 0 ? (
              <RefusedCard refused={view.refused} contact={contact} />
            ) : null}
            <WaitingCard board={view} />
            {view.unapplied.length > 0 ? <UnappliedCard unapplied={view.unapplied} /> : null}
          </div>
          <div className="sync-side">
            <ClockCard clock={view.clock} />
            {view.trust ? <TrustCard trust={view.trust} /> : null}
            <ContactsCard contacts={view.contacts} />
          </div>
        </div>
      )}
    </Screen>
  );
}
