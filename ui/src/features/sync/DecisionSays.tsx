// What a person of the region said of a record that was set aside.
import type { RegionDecision } from '../../backend';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Note } from '../../kit';

export function DecisionSays(props: { decision: RegionDecision }) {
  const { decision } = props;
  return (
    <Note tone={decision.what === 'asked' ? 'warn' : 'calm'}>
      <p className="t">
        {t(decision.what === 'asked' ? 'sync.decided.asked' : 'sync.decided.left')}
      </p>
      <p>{decision.note}</p>
      <p className="s">{t('sync.refused.who', { name: decision.by, at: moment(decision.at) })}</p>
    </Note>
  );
}
