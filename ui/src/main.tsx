// Start: ask the core where it stands, speak its language, then paint.
import './styles/base.css';
import './kit/kit.css';
import './kit/controls.css';
import './kit/over.css';
import './shell/shell.css';
import './features/session/session.css';
import { I18nProvider as Words } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { createRoot } from 'react-dom/client';
import { type AppState, call, type Lang } from './backend';
import { client } from './backend/query';
import { i18n, LANGUAGES, LOCALES, speak } from './i18n';
import { sayHidden } from './i18n/aria';
import { undoTyped } from './kit/typing';
import { App } from './shell/App';

/** The language of the computer, when the core cannot say a better one. */
function systemLanguage(): Lang {
  const asked = navigator.languages.map((tag) => tag.slice(0, 2));
  return LANGUAGES.find((lang) => asked.includes(lang)) ?? 'kk';
}

async function start(): Promise<void> {
  let state: AppState | undefined;
  try {
    state = await call('app_state', {});
    client.setQueryData(['app_state', {}], state);
  } catch {
    // The window opens all the same and says what is wrong; App asks again.
  }
  const lang = state?.language ?? systemLanguage();
  await Promise.all([speak(lang), sayHidden(lang)]);
  const root = document.getElementById('root');
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Words i18n={i18n}>
          <I18nProvider locale={LOCALES[lang]}>
            <App />
          </I18nProvider>
        </Words>
      </QueryClientProvider>
    </StrictMode>,
  );
}

window.addEventListener('keydown', undoTyped);
void start();
