// The sentences of expectations: one for each kind, filled with names and words for codes.
import type { PracticeWant } from '../../backend';
import { name, t, tCode } from '../../i18n';

/** Codes that have words somewhere in the catalogues, by kind. */
const WORDS: Record<string, (code: string) => string> = {
  circumstance: (code) => tCode(`intake.circumstance.${code}`, code),
  circle: (code) => tCode(`circle.${code}`, code),
  shown: (code) => tCode(`intake.leaving.${code}`, code),
  hidden: (code) => tCode(`intake.leaving.${code}`, code),
  closed: (code) => tCode(`case.word.${code}`, code),
};

/** What is to be done: “Направить: …”. */
export function wantText(want: PracticeWant): string {
  const word = WORDS[want.kind];
  return tCode(`training.want.${want.kind}`, t('training.want.other'), {
    names: want.names.map(name).join(' / '),
    codes: want.codes.map((code) => word?.(code) ?? code).join(', '),
    n: Number(want.codes[0] ?? 0) || 0,
  });
}

/** Why it is done. */
export function whyText(want: PracticeWant): string {
  return want.why ? name(want.why) : tCode(`training.why.${want.kind}`, '');
}
