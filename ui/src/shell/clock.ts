// How far the clock is off, in the unit people would say it in.
import { t } from '../i18n';

/** «Спешат на 26 часов»; seconds of this computer's clock minus the region's. */
export function clockSays(off: number): string {
  const seconds = Math.abs(off);
  const amount =
    seconds < 2 * 3600
      ? t('sync.clock.minutes', { n: Math.round(seconds / 60) })
      : seconds < 48 * 3600
        ? t('sync.clock.hours', { n: Math.round(seconds / 3600) })
        : t('sync.clock.days', { n: Math.round(seconds / 86_400) });
  return t(off > 0 ? 'sync.clock.ahead' : 'sync.clock.behind', { off: amount });
}
