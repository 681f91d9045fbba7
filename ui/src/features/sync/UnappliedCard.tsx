// What came from the region and this program cannot show yet.
import type { Unapplied } from '../../backend';
import { known, t, tCode } from '../../i18n';
import { Card } from '../../kit';

export function UnappliedCard(props: { unapplied: readonly Unapplied[] }) {
  return (
    <Card title={t('sync.unapplied')} className="sync-unapplied">
      <ul>
        {props.unapplied.map(({ reason, n }) => {
          const advice = `sync.unapplied.${reason}.do`;
          return (
            <li key={reason} className="sync-record">
              <div>
                <p className="t">
                  {tCode(`sync.unapplied.${reason}`, t('sync.unapplied.other', { n }), { n })}
                </p>
                <p className="m">{known(advice) ? t(advice) : t('sync.unapplied.other.do')}</p>
              </div>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
