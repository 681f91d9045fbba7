// The one sentence that matters, the proof of it, and the button.
import type { SyncBoard } from '../../backend';
import { known, t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Button, Card, ErrorNote, LinkButton, Note } from '../../kit';
import { refusalText } from '../../kit/Note';
import { href } from '../../shell/router';
import { sizeText } from '../files/words';
import { DecisionSays } from './DecisionSays';
import type { Contact } from './useContact';

export function StateCard(props: { board: SyncBoard; contact: Contact }) {
  const { status, proof } = props.board;
  const { contact } = props;
  if (!status.enrolled) {
    return (
      <Card padded title={t('sync.state')} className="sync-state">
        <p className="sync-says">{t('sync.state.alone')}</p>
        <LinkButton href={href({ screen: 'settings' })}>{t('sync.state.join')}</LinkButton>
      </Card>
    );
  }
  const waits = status.unacknowledged > 0;
  const advice = status.failure ? `error.${status.failure.code}.do` : '';
  return (
    <Card
      padded
      title={t('sync.state')}
      aside={t(status.online ? 'sync.state.online' : 'sync.state.offline')}
      className="sync-state"
    >
      <div aria-live="polite">
        <p className={waits ? 'sync-says' : 'sync-says sync-all'}>
          {waits ? t('sync.state.wait', { n: status.unacknowledged }) : t('sync.state.all')}
        </p>
        {waits && !status.failure ? <p className="m">{t('sync.state.safe')}</p> : null}
      </div>
      {status.failure && status.failure.code !== 'region_fork' ? (
        <Note tone="warn">
          <p className="t">{refusalText(status.failure)}</p>
          <p>{known(advice) ? t(advice) : t('error.safe')}</p>
        </Note>
      ) : null}
      {props.board.branch ? <DecisionSays decision={props.board.branch} /> : null}
      <dl className="sync-facts">
        <div>
          <dt>{t('sync.success')}</dt>
          <dd>{status.last_success ? moment(status.last_success) : t('sync.success.none')}</dd>
        </div>
        {status.files_waiting > 0 ? (
          <div>
            <dt>{t('sync.files')}</dt>
            <dd>
              {t('sync.files.wait', {
                n: status.files_waiting,
                size: sizeText(status.files_bytes),
              })}
            </dd>
          </div>
        ) : null}
        <div>
          <dt>{t('sync.proof')}</dt>
          <dd>
            {proof ? (
              <>
                <span className="num t">
                  {proof.pos} · {proof.hash}
                </span>
                {proof.recorded_at ? (
                  <span className="m">
                    {' '}
                    {t('sync.proof.at', { at: moment(proof.recorded_at) })}
                  </span>
                ) : null}
                <span className="m sync-means">{t('sync.proof.means')}</span>
              </>
            ) : (
              t('sync.proof.none')
            )}
          </dd>
        </div>
        {status.tree_silent ? (
          <div>
            <dt>{t('sync.tree')}</dt>
            <dd>
              {t('sync.tree.silent', { at: moment(status.tree_silent.since) })}
              <span className="m sync-means">{t('sync.tree.means')}</span>
            </dd>
          </div>
        ) : null}
      </dl>
      <div className="fx wrap">
        <Button primary kbd="Ctrl+Enter" pending={contact.running} onPress={contact.start}>
          {t('sync.now')}
        </Button>
        <span className="m" role="status">
          {contact.says}
        </span>
      </div>
      <ErrorNote error={contact.error} />
    </Card>
  );
}
