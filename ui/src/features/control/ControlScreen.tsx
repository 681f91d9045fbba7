// The control board: who owes what, by when; dense rows of one height, everything by keys.
import { BookOpen, Funnel, Printer } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import type { ControlRow, MovedDays, Queue, QueueCounts, SavedQueue } from '../../backend';
import { useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { dayOf } from '../../i18n/dates';
import { Button, EmptyState, ErrorNote, Field, Kbd, Pill, Skeleton } from '../../kit';
import { isTyping } from '../../kit/typing';
import { useSettled } from '../../kit/useSettled';
import { navigate } from '../../shell/router';
import { Screen } from '../../shell/Screen';
import { PaperDialog } from '../case/PaperDialog';
import { useColleagues } from '../case/useColleagues';
import { somethingIsOpen } from '../intake/keys';
import { useBook } from '../intake/useBook';
import { BodiesOwe } from './BodiesOwe';
import './control.css';
import { useKept } from '../../shell/kept';
import { ControlGrid } from './ControlGrid';
import { FilterDialog } from './FilterDialog';
import { MovedNote, useMoved } from './MovedNote';
import { OnlyChips } from './OnlyChips';
import { OwedListsDialog, OwedListsNote, owedPaper, useOwedLists } from './OwedLists';
import { EVERYTHING, isThis, narrows, type Only } from './only';
import { PrintedRows } from './PrintedRows';
import { RegisterDialog } from './RegisterDialog';
import { RemindDialog } from './RemindDialog';
import { usePrintout } from './usePrintout';
import { useRows } from './useRows';

const QUEUES: readonly Queue[] = [
  'all',
  'first',
  'overdue',
  'today',
  'week',
  'waiting_agency',
  'waiting_us',
  'to_sign',
  'second_bounce',
  'moved',
];

/** Queues of the head take room only when something waits in them. */
function shows(
  id: Queue,
  now: Queue,
  counts: QueueCounts | undefined,
  moved: MovedDays | undefined,
): boolean {
  if (id === 'moved') return moved !== undefined || id === now;
  const special = id === 'to_sign' || id === 'second_bounce';
  return !(special && id !== now && counts?.[id] === 0);
}

function countOf(
  id: Queue,
  counts: QueueCounts | undefined,
  moved: MovedDays | undefined,
): { count?: number } {
  if (id === 'moved') return moved ? { count: moved.count } : {};
  return counts ? { count: counts[id] } : {};
}

export function ControlScreen(props: { queue: Queue }) {
  const { queue } = props;
  const { book } = useBook();
  const [typed, setTyped] = useKept('board.typed', '');
  const [chosen, setChosen] = useKept<Only>('board.chosen', EVERYTHING);
  // Words are looked for row by row: not for every letter of them.
  const filter = useSettled(typed.trim(), 150);
  const only = useMemo(() => ({ ...chosen, filter }), [chosen, filter]);
  // What is chosen beside the words keeps them as they are typed, also before they are looked for.
  const asked = { ...chosen, filter: typed };
  const { query, items, gap, counts, today, ...list } = useRows(queue, only);
  const [selected, setSelected] = useKept<ReadonlyMap<string, ControlRow>>(
    'board.selected',
    new Map(),
  );
  const [reminding, setReminding] = useKept<readonly ControlRow[]>('board.reminding');
  const [register, setRegister] = useKept('board.register', false);
  const [filtering, setFiltering] = useKept('board.filtering', false);
  const [byBody, setByBody] = useKept('board.byBody', false);
  const search = useRef<HTMLInputElement>(null);
  const printout = usePrintout(queue, only);
  const saved = useCommand('queues_saved', {}).data?.queues ?? [];
  const { me } = useColleagues();
  const own = saved.find((kept) => isThis(kept, queue, only));
  const mine = me !== null && chosen.officer === me;
  const grouped = byBody && queue === 'waiting_agency';
  const now = today ?? dayOf(new Date());
  const moved = useMoved();
  const lists = useOwedLists();
  const [handing, setHanding] = useKept('board.lists', false);
  const [owedOf, setOwedOf] = useKept<string>('board.owedOf');

  function show(next: Only): void {
    setChosen(next);
    setTyped(next.filter);
    setSelected(new Map());
  }

  function use(kept: SavedQueue): void {
    const { name: _, queue: where, ...all } = kept;
    show(all);
    setByBody(false);
    if (where !== queue) navigate({ screen: 'control', queue: where });
  }

  const toggleMine = () => show({ ...asked, officer: mine ? null : me });
  const clear = () => {
    show(EVERYTHING);
    search.current?.focus();
  };
  // Esc takes the filter away where nothing was found by it.
  const nothing = useRef<(() => void) | undefined>(undefined);
  nothing.current = narrows(only) && items.length === 0 && !query.isPending ? clear : undefined;
  const act = useRef(toggleMine);
  act.current = toggleMine;

  useEffect(() => {
    function press(event: KeyboardEvent): void {
      if (event.altKey || event.metaKey || somethingIsOpen()) return;
      if (event.code === 'Escape' && nothing.current) {
        event.preventDefault();
        nothing.current();
        return;
      }
      if (event.ctrlKey) {
        if (event.code === 'KeyP' && !event.shiftKey) {
          event.preventDefault();
          printout.run();
        }
        return;
      }
      // From the screen as one comes to it, and from the words looked for, ↓ goes to the rows.
      const from = document.activeElement;
      const outside = from === document.body || from?.id === 'main' || from === search.current;
      if (event.code === 'ArrowDown' && outside && !event.shiftKey) {
        const row = document.querySelector<HTMLElement>('[role="grid"] [role="row"][tabindex="0"]');
        if (row) event.preventDefault();
        row?.focus();
        return;
      }
      // By its place, or the sign itself where a layout has it elsewhere.
      const slash = (event.code === 'Slash' && !event.shiftKey) || event.key === '/';
      if (slash && !isTyping(event.target)) {
        event.preventDefault();
        search.current?.focus();
        return;
      }
      if (isTyping(event.target) || event.ctrlKey || event.shiftKey) return;
      const keys: Record<string, () => void> = {
        KeyF: () => setFiltering(true),
        KeyM: () => act.current(),
        ...(lists ? { KeyL: () => setHanding(true) } : {}),
        ...(queue === 'waiting_agency' ? { KeyG: () => setByBody((on) => !on) } : {}),
      };
      const run = keys[event.code];
      if (!run) return;
      event.preventDefault();
      run();
    }
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [printout.run, queue, lists, setFiltering, setByBody, setHanding]);

  const total = useMemo(() => {
    // Words are looked for row by row: how many hold them is known at the end.
    const known = gap < 0 && list.whole;
    if (filter !== '' || queue === 'moved') return known ? items.length : -1;
    return counts?.[queue] ?? items.length;
  }, [filter, gap, list.whole, items.length, counts, queue]);

  return (
    <Screen
      fill
      title={t('control.title')}
      sub={counts ? t('control.count', { n: counts.all }) : undefined}
      action={
        <Button
          primary={selected.size > 0}
          disabled={selected.size === 0}
          onPress={() => setReminding([...selected.values()])}
        >
          {selected.size > 0
            ? t('control.remind.selected_n', { n: selected.size })
            : t('control.remind.selected')}
        </Button>
      }
    >
      {moved ? <MovedNote moved={moved} here={queue === 'moved'} /> : null}
      {lists && lists.due.length > 0 ? (
        <OwedListsNote lists={lists} onOpen={() => setHanding(true)} />
      ) : null}
      <div className="control-top">
        <fieldset className="pills">
          <legend className="sr">{t('control.queues')}</legend>
          {QUEUES.filter((id) => shows(id, queue, counts, moved)).map((id) => (
            <Pill
              key={id}
              selected={id === queue && !own}
              {...countOf(id, counts, moved)}
              onChange={() => navigate({ screen: 'control', queue: id })}
            >
              {t(`control.queue.${id}`)}
            </Pill>
          ))}
          {saved.map((kept) => (
            <Pill key={kept.name} selected={kept === own} onChange={() => use(kept)}>
              {kept.name}
            </Pill>
          ))}
        </fieldset>
        <OnlyChips only={asked} book={book} onChange={show} />
        <div className="control-tools">
          {queue === 'waiting_agency' ? (
            <Pill selected={byBody} kbd="G" onChange={setByBody}>
              {t('control.owe.by_body')}
            </Pill>
          ) : null}
          <Pill selected={mine} kbd="M" disabled={me === null} onChange={toggleMine}>
            {t('control.only.mine')}
          </Pill>
          <Button
            quiet
            icon
            label={`${t('control.only.title')} (F)`}
            onPress={() => setFiltering(true)}
          >
            <Funnel aria-hidden="true" />
          </Button>
          <div className="control-filter">
            <Field
              label={<span className="sr">{t('control.filter.label')}</span>}
              type="search"
              placeholder={t('control.filter.placeholder')}
              value={typed}
              onChange={setTyped}
              inputRef={search}
              keys="/"
              inside={<Kbd keys="/" />}
            />
          </div>
          <Button
            quiet
            icon
            className="register"
            label={t('paper.register.title')}
            onPress={() => setRegister(true)}
          >
            <BookOpen aria-hidden="true" />
          </Button>
          <Button
            quiet
            icon
            label={`${t('control.print')} (Ctrl+P)`}
            pending={printout.preparing}
            onPress={() => printout.run()}
          >
            <Printer aria-hidden="true" />
          </Button>
        </div>
      </div>
      {list.error ? <ErrorNote error={list.error} onRetry={() => void query.refetch()} /> : null}
      <ErrorNote error={printout.error} onRetry={() => printout.run()} />
      {grouped ? (
        <BodiesOwe
          only={only}
          book={book}
          onOpen={(agency) => {
            show({ ...asked, agency });
            setByBody(false);
          }}
          onPrint={setOwedOf}
          onRemind={setReminding}
        />
      ) : items.length > 0 ? (
        <ControlGrid
          key={queue}
          items={items}
          gap={gap}
          whole={list.whole}
          moved={queue === 'moved'}
          total={total}
          today={now}
          book={book}
          selected={selected}
          onSelect={setSelected}
          onRemind={setReminding}
          onward={list.onward}
          backward={list.backward}
          onEnd={list.end}
          waiting={list.waiting}
        />
      ) : query.isPending ? (
        <section className="card">
          <Skeleton rows={10} />
        </section>
      ) : query.error ? null : (
        <section className="card control-nothing">
          <Nothing queue={queue} filtered={narrows(only)} words={only.filter} onClear={clear} />
        </section>
      )}
      {reminding ? (
        <RemindDialog
          rows={reminding}
          book={book}
          onClose={() => setReminding(undefined)}
          onSent={() => {
            setReminding(undefined);
            setSelected(new Map());
          }}
        />
      ) : null}
      {filtering ? (
        <FilterDialog
          queue={queue}
          today={now}
          only={{ ...asked, filter: typed.trim() }}
          book={book}
          saved={saved}
          onUse={(next) => {
            show(next);
            setFiltering(false);
          }}
          onClose={() => setFiltering(false)}
        />
      ) : null}
      {handing && lists ? (
        <OwedListsDialog lists={lists} book={book} onClose={() => setHanding(false)} />
      ) : null}
      {owedOf ? (
        <PaperDialog paper={owedPaper(owedOf, book)} onClose={() => setOwedOf(undefined)} />
      ) : null}
      {register ? <RegisterDialog today={now} onClose={() => setRegister(false)} /> : null}
      {printout.pages ? <PrintedRows {...printout.pages} queue={queue} book={book} /> : null}
    </Screen>
  );
}

function Nothing(props: { queue: Queue; filtered: boolean; words: string; onClear: () => void }) {
  if (props.filtered) {
    // Said to who does not see it too: the list went away under the hand that types.
    return (
      <div role="status">
        <EmptyState
          title={
            props.words === ''
              ? t('control.empty.filter')
              : t('control.empty.words', { words: props.words })
          }
          action={
            <Button kbd="Esc" onPress={props.onClear}>
              {t('control.filter.clear')}
            </Button>
          }
        />
      </div>
    );
  }
  return (
    <EmptyState title={t(`control.empty.${props.queue}`)}>
      {props.queue === 'all' ? (
        <>
          {t('control.empty.all_text')} <Kbd keys="Ctrl+N" />
        </>
      ) : null}
    </EmptyState>
  );
}
