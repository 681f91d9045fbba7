// The database was damaged and mended: what was read, where the rest comes from, and what is left to do.
import type { MendedDesk } from '../../backend';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Card } from '../../kit';

export function MendedCard(props: { mended: MendedDesk }) {
  const { at, kept_as, records, whole } = props.mended;
  return (
    <Card padded title={t('sync.mended')} className="sync-state sync-copy">
      <p>{t('sync.mended.what', { at: moment(at), n: records })}</p>
      <p className="sync-says">{t(whole ? 'sync.mended.whole' : 'sync.mended.part')}</p>
      {kept_as === '' ? null : <p>{t('sync.mended.kept', { name: kept_as })}</p>}
    </Card>
  );
}
