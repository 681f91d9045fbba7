// Which of the three faces the window has: first run, locked, open.
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { type AppState, asRefusal } from '../backend';
import { followChanges } from '../backend/query';
import { SignIn, Wizard } from '../features/session';
import { PracticeFrame } from '../features/training/Frame';
import { language, t } from '../i18n';
import { ErrorNote } from '../kit/Note';
import { Toasts } from '../kit/Toast';
import { keepTyped } from './kept';
import { forbidReload, markRegions } from './keys';
import { applyTheme } from './language';
import { page } from './reload';
import { Shell } from './Shell';
import { askBefore, forgetSeen, useAppState } from './state';

const AFTER_FIRST_PAINT_MS = 300;

export function App() {
  const answer = useAppState();
  const [idle, setIdle] = useState(false);
  const state = answer.data;
  useEffect(forbidReload, []);
  useEffect(markRegions, []);
  useEffect(followChanges, []);
  const theme = state?.theme ?? 'system';
  useEffect(() => applyTheme({ theme }), [theme]);
  const locked = state?.phase === 'locked';
  const open = state?.phase === 'open';
  const core = state?.phase === 'fresh' ? undefined : state?.language;
  useEffect(() => {
    // Another language was chosen elsewhere (sign-in of an officer with their own): hidden labels
    // of the controls change only with a new page.
    if (core === undefined || core === language()) return;
    if (open) keepTyped();
    page.reload();
  }, [core, open]);
  useEffect(() => {
    if (!locked) return;
    // While somebody types the password: what the open desk has at hand.
    const later = setTimeout(() => {
      askBefore();
      void import('./asks');
    }, AFTER_FIRST_PAINT_MS);
    return () => clearTimeout(later);
  }, [locked]);
  const onIdle = useCallback(() => setIdle(true), []);
  useEffect(() => {
    if (locked) forgetSeen();
    else setIdle(false);
  }, [locked]);
  return (
    <>
      {state ? (
        <Ground practice={state.practice}>
          <Face state={state} idle={idle} onIdle={onIdle} />
        </Ground>
      ) : answer.error ? (
        <div className="gate">
          <main className="gate-card card padded stack">
            <h1>{t('app.start_failed')}</h1>
            <ErrorNote error={asRefusal(answer.error)} onRetry={() => void answer.refetch()} />
          </main>
        </div>
      ) : null}
      <Toasts />
    </>
  );
}

/** The practice desk stands in a frame; the real one stands by itself. */
function Ground(props: { practice: boolean; children: ReactNode }) {
  return props.practice ? <PracticeFrame>{props.children}</PracticeFrame> : props.children;
}

function Face(props: { state: AppState; idle: boolean; onIdle: () => void }) {
  switch (props.state.phase) {
    case 'fresh':
      return <Wizard state={props.state} />;
    case 'locked':
      return <SignIn state={props.state} idle={props.idle} />;
    case 'open':
      return <Shell state={props.state} onIdle={props.onIdle} />;
  }
}
