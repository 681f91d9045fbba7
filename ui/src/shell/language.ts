// Change of language and look. React Aria keeps its hidden labels for the life of a page, so a new
// language is a reload; before it every form saves, what is saved nowhere is put down
// for the next page, and the address keeps the place.
import { type AppState, call, type Lang, type Theme } from '../backend';
import { LANGUAGES, language } from '../i18n';
import { keepTyped } from './kept';
import { saveForms } from './leave';
import { page } from './reload';
import { takeState } from './state';

export async function changeLanguage(lang: Lang): Promise<void> {
  if (lang === language()) return;
  await saveForms();
  await call('settings_set', { language: lang, theme: null });
  keepTyped();
  page.reload();
}

/** The language after the current one. */
export function nextLanguage(): Lang {
  return LANGUAGES[(LANGUAGES.indexOf(language()) + 1) % LANGUAGES.length] ?? 'kk';
}

export async function changeTheme(theme: Theme): Promise<void> {
  takeState(await call('settings_set', { language: null, theme }));
}

const darkSystem = () => window.matchMedia('(prefers-color-scheme: dark)');

/** Is the look dark now? */
export function isDark(theme: Theme): boolean {
  return theme === 'dark' || (theme === 'system' && darkSystem().matches);
}

/** Puts the look on the page and follows the system when it is left to it. */
export function applyTheme(state: Pick<AppState, 'theme'>): () => void {
  const apply = () => {
    document.documentElement.dataset.theme = isDark(state.theme) ? 'dark' : 'light';
  };
  apply();
  const system = darkSystem();
  system.addEventListener('change', apply);
  return () => system.removeEventListener('change', apply);
}
