// What a visit came to, in words; a file of addresses as text.
import type { RoundPlace, VisitCounts, VisitResult } from '../../backend';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';

export const RESULTS: readonly VisitResult[] = ['talked', 'nobody_home', 'refused', 'again'];

export function lastSays(place: RoundPlace): string {
  const { last } = place;
  if (!last) return t('round.never');
  const said = `${moment(last.at)}: ${t(`round.result.${last.result}`)}`;
  return last.note ? `${said}. ${last.note}` : said;
}

/** «2 файла», or nothing. */
export function filesSay(n: number): string {
  return n > 0 ? t('round.files', { n }) : '';
}

export function countsSay(counts: VisitCounts): string {
  const parts = RESULTS.filter((result) => counts[result] > 0).map(
    (result) => `${t(`round.result.${result}`)}: ${counts[result]}`,
  );
  return parts.join(' · ');
}

/** UTF-8 as it should be; else as the office's older programs write: Windows-1251. */
export function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1251').decode(bytes);
  }
}
