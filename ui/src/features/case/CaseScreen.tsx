// One case: what it is, what comes next, who owes what, how it went.
import { useCallback, useEffect, useRef } from 'react';
import { asRefusal, type CaseView } from '../../backend';
import { t } from '../../i18n';
import { dayOf } from '../../i18n/dates';
import { EmptyState, ErrorNote, LinkButton, Skeleton } from '../../kit';
import { href } from '../../shell/router';
import { Screen } from '../../shell/Screen';
import { FilesCard } from '../files';
import type { Book } from '../intake/form';
import { somethingIsOpen } from '../intake/keys';
import { bodyName, themeName, useBook } from '../intake/useBook';
import { Actions } from './Actions';
import { AddButtons } from './AddDialogs';
import { AskWhy } from './AskWhy';
import { CaseTimeline } from './CaseTimeline';
import './case.css';
import './shared.css';
import { useKept } from '../../shell/kept';
import { CaseDialogs, type Opened } from './CaseDialogs';
import { Disputes } from './DisputeDialogs';
import { NextStep, opens } from './NextStep';
import { Notices } from './Notices';
import { nextAction, type Wait } from './next';
import { Papers } from './Papers';
import { PersonCards } from './PersonCard';
import { PlanCard } from './PlanCard';
import { Referrals } from './Referrals';
import { Summary } from './Summary';
import { Tasks } from './Tasks';
import { TermNotes } from './TermNotes';
import { mayAdd, unknownRoles } from './unknown';
import { useCase } from './useCase';
import { couponOf, usePrint } from './usePrint';
import { WhyCard } from './WhyCard';

export function CaseScreen(props: { id: string }) {
  const { data, error, refetch, open, isFetching } = useCase(props.id);
  const { book } = useBook();
  // A case that left this officer's circle is not shown a moment longer, whatever the window still has of it.
  const gone = error !== null && ['not_found', 'forbidden'].includes(asRefusal(error).code);
  const code = error === null ? '' : asRefusal(error).code;
  if (code === 'look_reason_needed' || code === 'look_reason_bad') {
    return (
      <AskWhy
        key={props.id}
        pending={isFetching}
        error={code === 'look_reason_bad' ? error : null}
        onOpen={open}
      />
    );
  }
  if (data && !gone) return <Case view={data} book={book} failed={error} />;
  if (!error) {
    return (
      <Screen title={'\u00a0'}>
        <Skeleton rows={6} two />
      </Screen>
    );
  }
  return (
    <Screen title={t('case.visit_only')}>
      {gone ? (
        <EmptyState
          title={t('case.gone')}
          action={
            <LinkButton href={href({ screen: 'control', queue: 'all' })}>
              {t('case.back')}
            </LinkButton>
          }
        >
          {t('case.gone_text')}
        </EmptyState>
      ) : (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      )}
    </Screen>
  );
}

function Case(props: { view: CaseView; book: Book; failed: unknown }) {
  const { view, book } = props;
  const [opened, open] = useKept<Opened>('case.opened');
  const close = useCallback(() => open(undefined), [open]);
  const print = usePrint();
  const today = dayOf(new Date());
  const next = nextAction(view, today);
  const can = !view.read_only;
  const printable = view.coupon_number !== null;
  useWindowKeys(view, opens(next, view), open);
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      if (event.code !== 'KeyP' || !event.ctrlKey || event.altKey || event.shiftKey) return;
      event.preventDefault();
      if (printable && !event.repeat) print.run(couponOf(view.id));
    }
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [printable, print.run, view.id]);

  return (
    <Screen
      title={view.number ?? t('case.visit_only')}
      sub={[themeName(book, view.issues[0]?.category) || view.title, view.address?.text]
        .filter(Boolean)
        .join(', ')}
      action={<NextStep next={next} view={view} onOpen={open} />}
    >
      {props.failed ? <ErrorNote error={props.failed} /> : null}
      <Notices view={view} book={book} />
      <TermNotes view={view} book={book} />
      <Disputes view={view} book={book} />
      <div className="case">
        <div className="stack">
          <Summary
            view={view}
            book={book}
            onController={can && view.may_close ? () => open({ kind: 'controller' }) : undefined}
            onPriority={can && view.may_close ? () => open({ kind: 'priority' }) : undefined}
            adds={<AddButtons view={view} onOpen={open} />}
            onCategory={can ? (id) => open({ kind: 'category', issue: id }) : undefined}
          />
          <Referrals view={view} book={book} next={next} onOpen={open} />
          <Tasks view={view} book={book} next={next} onOpen={open} />
          <PlanCard view={view} book={book} onOpen={open} />
          <PersonCards view={view} book={book} onOpen={open} />
          <WhyCard view={view} book={book} />
          <FilesCard to={{ to: 'case', id: view.id }} open={can} />
          <Papers view={view} book={book} onOpen={open} print={print} />
          <Actions view={view} next={next} onOpen={open} />
        </div>
        <div className="stack">
          {next.act === 'none' ? <WaitLine wait={next.wait} book={book} /> : null}
          <CaseTimeline view={view} book={book} />
        </div>
      </div>
      <CaseDialogs view={view} book={book} opened={opened} onOpen={open} onClose={close} />
    </Screen>
  );
}

/** Alt+Enter, Alt+C, Alt+I, Alt+W, Alt+L: what comes next, what was written down wrongly, one more theme, who came, who looked. */
function useWindowKeys(
  view: CaseView,
  next: Opened | undefined,
  open: (next: (now: Opened | undefined) => Opened | undefined) => void,
): void {
  const mayCorrect = view.may_correct;
  const mayName = mayAdd(view);
  const mayPerson = mayName && unknownRoles(view).length > 0;
  const step = useRef(next);
  step.current = next;
  useEffect(() => {
    const windows: Record<string, Opened | false> = {
      KeyC: mayCorrect && { kind: 'correct' },
      KeyI: mayName && { kind: 'issue_add' },
      KeyW: mayPerson && { kind: 'party_add' },
      KeyL: { kind: 'looks' },
    };
    function press(event: KeyboardEvent): void {
      const enter = event.code === 'Enter' || event.code === 'NumpadEnter';
      const opened = enter ? step.current : windows[event.code];
      if (!opened || !event.altKey || event.ctrlKey || event.shiftKey) return;
      // A window over the case has what was typed into it: none takes its place.
      if (enter && somethingIsOpen()) return;
      event.preventDefault();
      // Nor is the button that happens to have the focus pressed by it.
      event.stopPropagation();
      if (!event.repeat) open((now) => now ?? opened);
    }
    window.addEventListener('keydown', press, true);
    return () => window.removeEventListener('keydown', press, true);
  }, [mayCorrect, mayName, mayPerson, open]);
}

/** Why there is no next step here: said, so that nobody looks for a button. */
function WaitLine(props: { wait: Wait; book: Book }) {
  const { wait, book } = props;
  const one = wait.on === 'agency' && wait.agencies.length === 1 ? wait.agencies[0] : undefined;
  const text =
    wait.on === 'agency'
      ? one
        ? t('case.wait.agency', { agency: bodyName(book, one) })
        : t('case.wait.agencies', { n: wait.agencies.length })
      : t(`case.wait.${wait.on}`);
  return <p className="wait m">{text}</p>;
}
