// The hidden labels of React Aria, given to it before the first paint. It reads them once for the
// life of a page; that is why a change of language reloads the page.
import type { Lang } from '../backend';
import { LOCALES } from './index';

type Strings = Record<string, Record<string, unknown>>;

/** The library's types do not know that its dictionaries are the default export. */
function labels(dictionary: unknown): Strings {
  return (dictionary as { default: Strings }).default;
}

/** All hidden labels of one language. */
export async function hiddenLabels(lang: Lang): Promise<Strings> {
  if (lang === 'en') return labels(await import('react-aria-components/i18n/en-US'));
  const asked = import('react-aria-components/i18n/ru-RU');
  if (lang === 'ru') return labels(await asked);
  const [{ kazakh }, russian] = await Promise.all([import('./aria-kk'), asked]);
  // What Kazakh leaves out belongs to components no screen has (see test/aria.test.ts); a missing
  // package would throw, so it is filled.
  return { ...labels(russian), ...kazakh };
}

/** Hands them over. Must be awaited before the first render. */
export async function sayHidden(lang: Lang): Promise<void> {
  const page = window as unknown as Record<symbol, unknown>;
  page[Symbol.for('react-aria.i18n.strings')] = await hiddenLabels(lang);
  page[Symbol.for('react-aria.i18n.locale')] = LOCALES[lang];
}
