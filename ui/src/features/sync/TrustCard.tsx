// Whose word this desk goes by: the officer's own code to compare, the region's warrant key, another one it named.
import type { SyncTrust } from '../../backend';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Card, Note } from '../../kit';

export function TrustCard(props: { trust: SyncTrust }) {
  const { mark, vouched, warrant, other } = props.trust;
  return (
    <Card padded title={t('sync.trust')} className="sync-trust">
      {other ? (
        <Note tone="warn">
          <p className="t">{t('sync.trust.other')}</p>
          <p>{t('sync.trust.other.what', { mark: other.mark, at: moment(other.at) })}</p>
        </Note>
      ) : null}
      <dl className="sync-facts">
        <div>
          <dt>{t('sync.trust.mark')}</dt>
          <dd>
            <span className="num t">{mark}</span>
            {warrant ? (
              <span className="m sync-means">
                {t(vouched ? 'sync.trust.vouched' : 'sync.trust.not_vouched')}
              </span>
            ) : null}
          </dd>
        </div>
        <div>
          <dt>{t('sync.trust.warrant')}</dt>
          <dd className={warrant ? 'num' : 'm'}>{warrant ?? t('sync.trust.none')}</dd>
        </div>
      </dl>
    </Card>
  );
}
