// The region's word on what was written here, as a sentence; and on a hand-over, as a receipt.
import type { AtRegion, ShiftLine } from '../../backend';
import { t, tCode } from '../../i18n';
import { moment } from '../../i18n/dates';

/** “3 records are not with the region yet, the oldest of 18:02. Reason: …” or that all are. */
export function regionSays(region: AtRegion): string {
  if (region.unsent === 0) return t('shift.region.all');
  const left = region.oldest
    ? t('shift.region.left', { n: region.unsent, since: moment(region.oldest) })
    : t('shift.region.left_some', { n: region.unsent });
  return `${left} ${whySays(region)}`;
}

/** Why not everything has arrived; nothing when everything had. */
export function whySays(region: AtRegion): string {
  return region.why ? tCode(`shift.why.${region.why}`, t('shift.why.line')) : '';
}

/** Number and the beginning of the hash; nothing before the first acknowledgement. */
export function proofOf(region: AtRegion): string | null {
  if (region.proof === null || region.proof === undefined) return null;
  const head = (region.hash ?? '').slice(0, 8);
  return head ? `${region.proof} · ${head}` : String(region.proof);
}

export function receiptSays(line: ShiftLine): string {
  return line.receipt === null
    ? t('shift.receipt.none', { n: line.region.unsent + 1 })
    : t('shift.receipt', { n: line.receipt });
}

export function takenSays(line: ShiftLine): string {
  if (line.taken_by !== null && line.taken_at !== null) {
    return t('shift.taken', { name: line.taken_by, at: moment(line.taken_at) });
  }
  return line.to === null ? t('shift.waits.anybody') : t('shift.waits', { name: line.to });
}
