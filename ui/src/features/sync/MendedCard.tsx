// The database was damaged and mended: what was read, where the rest comes from, and what is left to do.
import type { MendedDesk } from '../../backend';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Card } from '../../kit';

const DAMAGED = {
  what: 'sync.mended.what',
  whole: 'sync.mended.whole',
  kept: 'sync.mended.kept',
} as const;
const SET_BACK = {
  what: 'sync.set_back.what',
  whole: 'sync.set_back.since',
  kept: 'sync.set_back.kept',
} as const;

export function MendedCard(props: { mended: MendedDesk }) {
  const { at, kept_as, records, whole, set_back } = props.mended;
  const said = set_back ? SET_BACK : DAMAGED;
  return (
    <Card padded title={t('sync.mended')} className="sync-state sync-copy">
      <p>{t(said.what, { at: moment(at), n: records })}</p>
      <p className="sync-says">{t(whole ? said.whole : 'sync.mended.part')}</p>
      {kept_as === '' ? null : <p>{t(said.kept, { name: kept_as })}</p>}
    </Card>
  );
}
