// The open desk: rail, the screen of the address, keys of the window, lock.
import { Component, lazy, type ReactNode, Suspense, useCallback, useEffect } from 'react';
import type { AppState } from '../backend';
import { callIn } from '../features/hall/call';
import { Reception } from '../features/reception';
import { t } from '../i18n';
import { ErrorNote, refusalAdvice, refusalText } from '../kit/Note';
import { undoLast } from '../kit/Toast';
import { isTyping } from '../kit/typing';
import { onAsk } from './commands';
import { useKept } from './kept';
import { bindKeys, watchIdle } from './keys';
import { changeLanguage, nextLanguage } from './language';
import { Rail } from './Rail';
import { navigate, type Route, useRoute } from './router';
import { lock, newVisit, tell } from './visit';

const IntakeScreen = lazy(async () => ({
  default: (await import('../features/intake')).IntakeScreen,
}));
const CaseScreen = lazy(async () => ({ default: (await import('../features/case')).CaseScreen }));
const ControlScreen = lazy(async () => ({
  default: (await import('../features/control')).ControlScreen,
}));
const HallScreen = lazy(async () => ({ default: (await import('../features/hall')).HallScreen }));
const RoundScreen = lazy(async () => ({
  default: (await import('../features/round')).RoundScreen,
}));
const ShiftScreen = lazy(async () => ({
  default: (await import('../features/shift')).ShiftScreen,
}));
const SyncScreen = lazy(async () => ({ default: (await import('../features/sync')).SyncScreen }));
const SettingsScreen = lazy(async () => ({
  default: (await import('../features/settings')).SettingsScreen,
}));
const KnowledgeScreen = lazy(async () => ({
  default: (await import('../features/knowledge')).KnowledgeScreen,
}));
const TrainingScreen = lazy(async () => ({
  default: (await import('../features/training')).TrainingScreen,
}));
const KeysDialog = lazy(async () => ({ default: (await import('./asks')).KeysDialog }));
const ClockAsk = lazy(async () => ({ default: (await import('./asks')).ClockAsk }));
const ClosingAsk = lazy(async () => ({ default: (await import('./asks')).ClosingAsk }));
const SearchDialog = lazy(async () => ({
  default: (await import('../features/search')).SearchDialog,
}));

export function Shell(props: { state: AppState; onIdle: () => void }) {
  const { state, onIdle } = props;
  // A consultant works in the hall: it is their first screen.
  const consultant = state.session?.role === 'consultant';
  const asked = useRoute();
  const route: Route = consultant && asked.screen === 'reception' ? { screen: 'hall' } : asked;
  const [over, setOver] = useKept<'search' | 'keys'>('shell.over');
  const close = useCallback(() => setOver(undefined), [setOver]);

  useEffect(() => onAsk(setOver), [setOver]);
  useEffect(
    () =>
      bindKeys({
        'Control+KeyN': () => void newVisit(),
        'Control+KeyK': () => setOver('search'),
        'Control+KeyL': () => void lock(),
        F1: () => setOver('keys'),
        F2: () => void changeLanguage(nextLanguage()).catch(tell),
        'Alt+KeyN': () => {
          if (!consultant) void callIn(null);
        },
        'Alt+KeyH': () => navigate({ screen: 'hall' }),
        'Alt+Digit1': () => navigate({ screen: 'reception' }),
        'Alt+Digit2': () => navigate({ screen: 'control', queue: 'all' }),
        'Alt+Digit3': () => {
          if (!consultant) navigate({ screen: 'round' });
        },
        'Alt+Digit6': () => {
          if (!consultant) navigate({ screen: 'shift' });
        },
        'Alt+Digit5': () => navigate({ screen: 'knowledge' }),
        'Alt+Digit7': () => navigate({ screen: 'sync' }),
        'Alt+Digit8': () => navigate({ screen: 'settings' }),
        'Alt+Digit9': () => navigate({ screen: 'training' }),
      }),
    [consultant, setOver],
  );
  useEffect(() => {
    // Ctrl+Z belongs to the text while one types; elsewhere it undoes the last act.
    const undo = (event: KeyboardEvent) => {
      if (!event.ctrlKey || event.code !== 'KeyZ' || event.shiftKey) return;
      if (!event.repeat && !isTyping(event.target) && undoLast()) event.preventDefault();
    };
    window.addEventListener('keydown', undo);
    return () => window.removeEventListener('keydown', undo);
  }, []);
  useEffect(
    () =>
      watchIdle(state.lock_after_minutes, () => {
        void lock().then((locked) => {
          if (locked) onIdle();
        });
      }),
    [state.lock_after_minutes, onIdle],
  );

  useEffect(() => {
    window.addEventListener('hashchange', close);
    return () => window.removeEventListener('hashchange', close);
  }, [close]);

  useEffect(() => {
    document.title = `${t(`app.nav.${route.screen === 'case' ? 'control' : route.screen === 'intake' ? 'reception' : route.screen}`)} · Esik`;
  }, [route.screen]);

  return (
    <div className="app">
      <Rail state={state} route={route} onLock={() => void lock()} tell={tell} />
      <div className="main">
        {state.demo ? <p className="demo">{t('app.demo')}</p> : null}
        {state.warnings.map((warning) => (
          <p className="demo warn" key={warning.code} role="status">
            {refusalText(warning)}. {refusalAdvice(warning)}
          </p>
        ))}
        <Guard key={screenOf(route)}>
          <Suspense fallback={<main id="main" className="body" aria-busy="true" />}>
            <Place route={route} state={state} />
            <Arrival place={JSON.stringify(route)} />
          </Suspense>
        </Guard>
      </div>
      <Suspense>
        {over === 'search' ? <SearchDialog consultant={consultant} onClose={close} /> : null}
        {over === 'keys' ? <KeysDialog open onClose={close} /> : null}
      </Suspense>
      <Suspense>
        {state.practice ? null : <ClockAsk />}
        <ClosingAsk />
      </Suspense>
    </div>
  );
}

/** The reader begins at the new content, once it is there: the code of a screen comes when it is first asked for. */
function Arrival(props: { place: string }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is what changes
  useEffect(() => {
    const main = document.getElementById('main');
    const now = document.activeElement;
    // A screen that put the focus itself keeps it, and so does a form that is open again after a change of language or a
    // lock.
    if (main && !main.contains(now) && !now?.closest('[role="dialog"]')) {
      main.focus({ preventScroll: true });
    }
  }, [props.place]);
  return null;
}

/** Queues of the board are one screen: what is filtered stays from one to the next. */
function screenOf(route: Route): string {
  return route.screen === 'control' ? route.screen : JSON.stringify(route);
}

function Place(props: { route: Route; state: AppState }) {
  const { route } = props;
  switch (route.screen) {
    case 'intake':
      return <IntakeScreen key={route.draft} draftId={route.draft} />;
    case 'case':
      return <CaseScreen key={route.id} id={route.id} />;
    case 'control':
      return <ControlScreen queue={route.queue} />;
    case 'knowledge':
      return <KnowledgeScreen state={props.state} />;
    case 'training':
      return <TrainingScreen state={props.state} />;
    case 'round':
      return <RoundScreen />;
    case 'shift':
      return <ShiftScreen />;
    case 'sync':
      return <SyncScreen />;
    case 'hall':
      return <HallScreen state={props.state} />;
    case 'settings':
      return <SettingsScreen state={props.state} />;
    default:
      return <Reception state={props.state} />;
  }
}

/** A mistake in one screen leaves the rest of the window usable. */
class Guard extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <main id="main" className="body" tabIndex={-1}>
        <h1>{t('app.screen_failed')}</h1>
        <ErrorNote error={this.state.error} onRetry={() => this.setState({ error: undefined })} />
      </main>
    );
  }
}
