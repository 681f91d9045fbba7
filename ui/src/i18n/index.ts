// Words in three languages: explicit ids, ICU messages in JSON, one file a feature.
import { setupI18n } from '@lingui/core';
import { type CompiledMessage, compileMessage } from '@lingui/message-utils/compileMessage';
import type { Lang } from '../backend';
import type { MessageId } from './ids';

export type { MessageId } from './ids';

/** BCP 47 names: the first is what React Aria and Intl are given. */
export const LOCALES: Record<Lang, string> = { kk: 'kk-KZ', ru: 'ru-RU', en: 'en-GB' };

/** What Intl is asked for, best first: some builds of it have no Kazakh. */
const FALLBACK: Record<Lang, string[]> = { kk: ['kk-KZ', 'ru-RU'], ru: ['ru-RU'], en: ['en-GB'] };

/** Order of the language switch. */
export const LANGUAGES: readonly Lang[] = ['kk', 'ru', 'en'];

export const i18n = setupI18n();

/** Messages once read: the library would read a text anew each time it is shown. */
const read = new Map<string, CompiledMessage>();

i18n.setMessagesCompiler((text) => {
  let message = read.get(text);
  if (message === undefined) {
    message = compileMessage(text);
    read.set(text, message);
  }
  return message;
});

let current: Lang = 'kk';

/** The language the texts are in now. */
export function language(): Lang {
  return current;
}

/** Loads one language, all features of it, and makes it the current one. */
export async function speak(lang: Lang): Promise<void> {
  const { default: texts } =
    lang === 'kk'
      ? await import('./kk')
      : lang === 'ru'
        ? await import('./ru')
        : await import('./en');
  current = lang;
  read.clear();
  i18n.loadAndActivate({ locale: lang, locales: FALLBACK[lang], messages: texts });
  if (typeof document !== 'undefined') document.documentElement.lang = lang;
}

export type Values = Record<string, string | number>;

const foreign = new Intl.NumberFormat('en-GB');
const own = new Intl.NumberFormat('ru-RU');

/**
 * Kazakh groups figures as Russian does. Intl of Debian's Chromium says it knows Kazakh and writes 93,825,
 * which reads as a fraction: what it made of these values is written anew.
 */
export function grouped(text: string, values: Values): string {
  return Object.values(values).reduce<string>(
    (done, value) =>
      typeof value === 'number' && Math.abs(value) >= 1000
        ? done.replaceAll(foreign.format(value), own.format(value))
        : done,
    text,
  );
}

/** The text of an id with its values. */
export function t(id: MessageId, values?: Values): string {
  const text = i18n._(id, values);
  return current === 'kk' && values ? grouped(text, values) : text;
}

/** A number as the language writes it: the same beside a text and within one. */
export function amount(n: number, how: Intl.NumberFormatOptions = {}): string {
  // Kazakh has the comma that Russian has: Debian's Chromium would write 1.7.
  if (current !== 'kk') return i18n.number(n, how);
  return Object.keys(how).length === 0 ? own.format(n) : n.toLocaleString('ru-RU', how);
}

/** Is there a text of this id? For ids made of codes: `error.<code>`. */
export function known(id: string): id is MessageId {
  return id in i18n.messages;
}

/** The text of an id made of a code, or `other` when the catalogue has none. */
export function tCode(id: string, other: string, values?: Values): string {
  return known(id) ? t(id, values) : other;
}

/** The name in the current language: data of the catalogue carry all three. */
export function name(text: { kk: string; ru: string; en: string }): string {
  return text[current] || text.ru || text.kk || text.en;
}
