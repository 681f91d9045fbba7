// What the region has of this computer's records: a number that opens nothing but the truth.
import type { AtRegion } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Button, Card, ErrorNote } from '../../kit';
import { proofOf, regionSays } from './words';

export function RegionCard(props: { region: AtRegion; enrolled: boolean; onSent: () => void }) {
  const { region } = props;
  const send = useAction('sync_now');
  const proof = proofOf(region);
  return (
    <Card padded title={t('shift.region')} className="shift-region">
      <p className={region.unsent > 0 ? 't' : 't shift-ok'}>{regionSays(region)}</p>
      {region.unsent > 0 ? <p className="m">{t('shift.region.safe')}</p> : null}
      <dl className="shift-facts">
        <div>
          <dt>{t('shift.region.proof')}</dt>
          <dd className="num">{proof ?? t('shift.region.no_proof')}</dd>
        </div>
        <div>
          <dt>{t('shift.region.contact')}</dt>
          <dd>{region.contact ? moment(region.contact) : t('shift.region.no_contact')}</dd>
        </div>
      </dl>
      {props.enrolled && region.unsent > 0 ? (
        <Button
          small
          pending={send.isPending}
          onPress={() => send.mutate({}, { onSettled: props.onSent })}
        >
          {t('app.sync.now')}
        </Button>
      ) : null}
      <ErrorNote error={send.error} />
    </Card>
  );
}
