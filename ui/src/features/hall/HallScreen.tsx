// The hall: the consultant's minute on the left, who waits on the right.
import type { AppState } from '../../backend';
import { useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { Button, Card, EmptyState, ErrorNote, Note, Skeleton } from '../../kit';
import { Screen } from '../../shell/Screen';
import { callIn } from './call';
import { JoinForm } from './JoinForm';
import { QueueRows, useHall } from './QueueRows';
import '../case/shared.css';
import './hall.css';

export function HallScreen(props: { state: AppState }) {
  const hall = useHall();
  const sync = useCommand('sync_status', {}).data;
  const mayCall = props.state.session?.role !== 'consultant';
  const waiting = hall.data?.waiting ?? 0;
  return (
    <Screen
      title={t('hall.title')}
      sub={waiting > 0 ? t('hall.waiting', { n: waiting }) : null}
      action={
        mayCall ? (
          <Button kbd="Alt+N" onPress={() => void callIn(null)} disabled={waiting === 0}>
            {t('hall.next')}
          </Button>
        ) : null
      }
    >
      <div className="hall">
        <JoinForm />
        <Card title={t('hall.list')} className="hall-list">
          {sync?.enrolled && !sync.online ? <Note>{t('hall.own')}</Note> : null}
          {hall.error ? (
            <ErrorNote error={hall.error} onRetry={() => void hall.refetch()} />
          ) : hall.data === undefined ? (
            <Skeleton rows={4} two />
          ) : hall.data.lines.length === 0 ? (
            <EmptyState>{t('hall.empty.list')}</EmptyState>
          ) : (
            <QueueRows lines={hall.data.lines} mayCall={mayCall} />
          )}
        </Card>
      </div>
    </Screen>
  );
}
