// Words of the sync screen.
import type { KindCount, RecordOf } from '../../backend';
import { t, tCode } from '../../i18n';

/** «ESK-07-2026-431 · Нет отопления» */
export function caseSays(of: RecordOf): string {
  if (!of.opens) return t('sync.beside');
  return [of.number ?? t('sync.visit'), of.title].filter(Boolean).join(' · ');
}

export function kindSays(kind: string): string {
  return tCode(`sync.kind.${kind}`, t('sync.kind.other'));
}

/** «Направление, заметка: 2» */
export function kindsSay(kinds: readonly KindCount[]): string {
  return kinds
    .map(({ kind, n }) => (n === 1 ? kindSays(kind) : t('sync.times', { kind: kindSays(kind), n })))
    .join(' · ');
}

/** Why the region did not take a record. */
export function whySays(code: string): string {
  return tCode(`case.refused.${code}`, t('case.refused.other'));
}
