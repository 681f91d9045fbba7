// The clock against the region's: said from two minutes on.
import type { ClockState } from '../../backend';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Card } from '../../kit';
import { clockSays } from '../../shell/clock';

export function ClockCard(props: { clock: ClockState | null }) {
  const { clock } = props;
  return (
    <Card padded title={t('sync.clock')} className="sync-clock">
      {clock === null ? (
        <p className="m">{t('sync.clock.none')}</p>
      ) : (
        <>
          <p className={clock.wrong ? 't sync-wrong' : 't'}>
            {clock.wrong ? clockSays(clock.off_s) : t('sync.clock.good')}
          </p>
          {clock.wrong ? <p>{t('sync.clock.means')}</p> : null}
          {clock.known_by && clock.known_at ? (
            <p className="m">
              {t('sync.clock.known', { name: clock.known_by, at: moment(clock.known_at) })}
            </p>
          ) : null}
          <p className="s">{t('sync.clock.measured', { at: moment(clock.measured_at) })}</p>
        </>
      )}
    </Card>
  );
}
