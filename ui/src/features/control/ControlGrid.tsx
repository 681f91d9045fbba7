// The grid: only the rows in sight exist, one of them has the focus, any number are selected.
// biome-ignore-all lint/a11y/useSemanticElements: a table needs all its rows, here only those in sight exist
// biome-ignore-all lint/a11y/useFocusableInteractive: in a grid only the active row takes the focus
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { Check } from 'lucide-react';
import {
  type KeyboardEvent,
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { ControlRow } from '../../backend';
import { t } from '../../i18n';
import { day, fullDay } from '../../i18n/dates';
import { Stamps, Tag } from '../../kit';
import { navigate } from '../../shell/router';
import type { Book } from '../intake/form';
import { bodyName, themeName } from '../intake/useBook';
import { PriorityMark } from '../priority';
import { alsoSays, dueTag, takenUpBy } from './due';
import { useMedia } from './useMedia';
import type { Items } from './useRows';

export const ROW_PX = 41;
/** Two lines a row where the window is narrow or zoomed. */
export const FOLDED_ROW_PX = 86;

/** Rows below the last one in sight at which the next page is asked for: a second of fast scrolling. */
const AHEAD = 150;

const FIRST = { key: '', index: 0 };

type Selected = ReadonlyMap<string, ControlRow>;

export function ControlGrid(props: {
  items: Items;
  /** Place of the rows that are not loaded, among the items; -1 = none. */
  gap: number;
  /** The last item is the last row of the queue. */
  whole: boolean;
  /** The day before and the day now stand in every row. */
  moved?: boolean;
  /** All rows of the queue, loaded or not; -1 = not known. */
  total: number;
  today: string;
  book: Book;
  selected: Selected;
  onSelect: (selected: Selected) => void;
  onRemind: (rows: readonly ControlRow[]) => void;
  /** Asks for more from the beginning on, before those of the end, and for the end; none while it is asked. */
  onward: (() => void) | undefined;
  backward: (() => void) | undefined;
  onEnd: () => void;
  waiting: boolean;
}) {
  const { items, gap, selected, onward, backward, whole } = props;
  const folded = useMedia('(max-width: 860px)');
  const box = useRef<HTMLDivElement>(null);
  // The active row is known by its key: rows that come before it do not take the focus from it.
  const [active, setActive] = useState(FIRST);
  const places = useMemo(() => placesOf(items), [items]);
  const at = places.get(active.key) ?? Math.min(active.index, items.length - 1);
  // The focus follows the active row only while it is in the grid.
  const wanted = useRef(false);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => (folded ? FOLDED_ROW_PX : ROW_PX),
    getItemKey: (index) => items[index]?.key ?? 'gap',
    overscan: 10,
    // The active row stays where it is in the page, also out of sight: the focus is in it.
    rangeExtractor: (range) => {
      const rows = defaultRangeExtractor(range);
      if (at < 0 || rows.includes(at)) return rows;
      return at < range.startIndex ? [at, ...rows] : [...rows, at];
    },
  });
  const shown = virtual.getVirtualItems();
  const top = virtual.range?.startIndex ?? 0;
  const bottom = virtual.range?.endIndex ?? 0;
  const nearHead = (gap < 0 || top < gap) && bottom >= (gap < 0 ? items.length : gap) - AHEAD;
  const nearTail = gap >= 0 && bottom > gap && top <= gap + AHEAD;
  // The End key means the end of the queue, not of what happens to be loaded.
  const toEnd = useRef(false);
  useEffect(() => {
    if (nearHead) onward?.();
    if (nearTail) backward?.();
    if (!toEnd.current || !whole || props.waiting) return;
    toEnd.current = false;
    wanted.current = true;
    setActive(placed(items, items.length - 1));
  }, [nearHead, nearTail, onward, backward, whole, props.waiting, items]);
  // What comes before the rows in sight moves them down: the eye stays where it was.
  const was = useRef({ items, gap, top });
  useLayoutEffect(() => {
    const old = was.current;
    was.current = { items, gap, top };
    if (old.items === items || old.gap < 0 || old.top <= old.gap || !box.current) return;
    const now = places.get(old.items[old.top]?.key ?? '');
    if (now === undefined) return;
    box.current.scrollTop += (now - old.top) * (folded ? FOLDED_ROW_PX : ROW_PX);
  }, [items, gap, top, folded, places]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height of all rows changed
  useLayoutEffect(() => virtual.measure(), [folded]);
  // Columns of the head stand over those of the body, whatever the scroll bar takes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the bar comes and goes with the rows
  useLayoutEffect(() => {
    const body = box.current;
    const head = body?.previousElementSibling;
    if (body && head instanceof HTMLElement) {
      head.style.paddingRight = `${16 + body.offsetWidth - body.clientWidth}px`;
    }
  }, [items.length, folded]);
  useEffect(() => {
    if (!wanted.current) return;
    virtual.scrollToIndex(at);
    // The row may only exist after the scroll.
    const frame = requestAnimationFrame(() => {
      box.current
        ?.querySelector<HTMLElement>(`[data-index="${at}"]`)
        ?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [at, virtual]);

  function go(index: number): void {
    const to = Math.max(0, Math.min(items.length - 1, index));
    // Over what is not loaded nobody steps: it is asked for, and comes.
    const crosses = gap >= 0 && at < gap !== to < gap && index !== 0;
    wanted.current = true;
    setActive(placed(items, to === gap || crosses ? (at < gap ? gap - 1 : gap + 1) : to));
  }

  // One function for the life of the grid: a row that is drawn once stays as it is while others come.
  const choose = useRef({ selected, onSelect: props.onSelect });
  choose.current = { selected, onSelect: props.onSelect };
  const toggle = useCallback((row: ControlRow): void => {
    const next = new Map(choose.current.selected);
    if (!next.delete(row.key)) next.set(row.key, row);
    choose.current.onSelect(next);
  }, []);
  const focused = useCallback((key: string, index: number): void => {
    wanted.current = false;
    setActive({ key, index });
  }, []);

  function press(event: KeyboardEvent<HTMLDivElement>): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const row = items[at];
    if (!row) return;
    toEnd.current = false;
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 400) / ROW_PX) - 1);
    const act: Record<string, () => void> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      PageDown: () => go(at + page),
      PageUp: () => go(at - page),
      Home: () => go(0),
      End: () => {
        toEnd.current = true;
        props.onEnd();
      },
      Enter: () => navigate({ screen: 'case', id: row.case }),
      Space: () => toggle(row),
      KeyR: () => props.onRemind(selected.size > 0 ? [...selected.values()] : [row]),
      ...(selected.size > 0 ? { Escape: () => props.onSelect(new Map()) } : {}),
    };
    const run = act[event.code];
    if (!run) return;
    event.preventDefault();
    run();
  }

  return (
    <div
      className={folded ? 'card grid folded' : 'card grid'}
      role="grid"
      aria-label={t('control.grid.label')}
      aria-describedby="control-keys"
      aria-rowcount={props.total < 0 ? -1 : props.total + 1}
      aria-colcount={7}
      aria-multiselectable="true"
      aria-busy={props.waiting}
      onKeyDown={press}
    >
      <p id="control-keys" className="sr">
        {t('control.grid.help')}
      </p>
      <div className="grid-head" role="row" aria-rowindex={1}>
        <span role="columnheader">
          <span className="sr">{t('control.column.select')}</span>
        </span>
        <span role="columnheader">{t('control.column.number')}</span>
        <span role="columnheader">{t('control.column.essence')}</span>
        <span role="columnheader">{t('control.column.with_whom')}</span>
        <span role="columnheader">{t('control.column.stamps')}</span>
        <span role="columnheader">{t('control.column.incoming')}</span>
        <span role="columnheader">{t('control.column.due')}</span>
      </div>
      <div className="grid-body" ref={box} role="presentation">
        <div role="presentation" style={{ height: virtual.getTotalSize() }}>
          {shown.map(({ index, start, key }) => {
            const row = items[index];
            if (!row) {
              return (
                <p key={key} className="grid-gap m" style={{ transform: `translateY(${start}px)` }}>
                  {t('control.grid.between')}
                </p>
              );
            }
            return (
              <Line
                key={key}
                row={row}
                index={index}
                place={placeOf(index, gap, items.length, props.total)}
                start={start}
                today={props.today}
                moved={props.moved ?? false}
                book={props.book}
                active={index === at}
                selected={selected.has(row.key)}
                onFocus={focused}
                onToggle={toggle}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** A row in sight. Scrolling draws the three that come, not the forty that are there. */
const Line = memo(function Line(props: {
  row: ControlRow;
  index: number;
  /** Place in the whole queue, from 0; -1 = not known. */
  place: number;
  start: number;
  today: string;
  moved: boolean;
  book: Book;
  active: boolean;
  selected: boolean;
  onFocus: (key: string, index: number) => void;
  onToggle: (row: ControlRow) => void;
}) {
  const { row, book } = props;
  const tag = dueTag(row, props.today);
  const up = takenUpBy(row.rung);
  const also = alsoSays(row);
  const { title, more } = essenceOf(row, book);
  const whole = [title, row.address, row.category ? row.title : ''].filter(Boolean).join('. ');
  const whom = withWhom(row, book);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys
    <div
      className="grid-row"
      role="row"
      {...(props.place < 0 ? {} : { 'aria-rowindex': props.place + 2 })}
      aria-selected={props.selected}
      data-index={props.index}
      tabIndex={props.active ? 0 : -1}
      style={{ transform: `translateY(${props.start}px)` }}
      onFocus={() => props.onFocus(row.key, props.index)}
      onClick={() => navigate({ screen: 'case', id: row.case })}
    >
      <span role="gridcell" className="cell-select">
        {/* Space does the same from the row; this is for the mouse. */}
        <button
          type="button"
          tabIndex={-1}
          className="check"
          aria-pressed={props.selected}
          aria-label={t('control.row.select', { number: row.number })}
          onClick={(event) => {
            event.stopPropagation();
            props.onToggle(row);
          }}
        >
          {props.selected ? <Check aria-hidden="true" /> : null}
        </button>
      </span>
      <span role="gridcell" className="m num cell-number">
        {row.number}
      </span>
      <span role="gridcell" className="el cell-essence" title={whole}>
        <PriorityMark priority={row.priority} />{' '}
        {row.caution ? <Tag tone="late">{t('case.caution.tag')}</Tag> : null}{' '}
        {row.restricted ? <Tag tone="calm">{t('control.row.restricted')}</Tag> : null}{' '}
        <span className="t">{title}</span> <span className="m">{more}</span>
      </span>
      <span role="gridcell" className="el m cell-whom" title={whom}>
        {whom}
      </span>
      <span role="gridcell" className="cell-stamps">
        {row.referral ? <Stamps stamps={row.stamps} /> : null}
      </span>
      <span role="gridcell" className="s el cell-incoming" title={row.incoming_number ?? undefined}>
        {row.incoming_number}
      </span>
      <span role="gridcell" className={also ? 'cell-due also' : 'cell-due'}>
        {props.moved && row.moved_from && row.due ? (
          <span className="s moved">
            <b>{t('control.row.moved_now', { date: day(row.due, props.today) })}</b>
            <span>{t('control.row.moved_before', { date: day(row.moved_from, props.today) })}</span>
          </span>
        ) : (
          <Tag
            tone={tag.tone}
            title={tag.long ?? (row.due ? fullDay(row.due) : undefined) ?? tag.text}
          >
            {tag.text}
          </Tag>
        )}
        {also ? (
          <span className="s el" title={also}>
            {also}
          </span>
        ) : null}
        {up ? (
          <span className="s rung" title={t('ladder.up', { who: up })}>
            <span aria-hidden="true">↑ </span>
            <span className="sr">{t('ladder.up', { who: '' })}</span>
            {up}
          </span>
        ) : null}
        {row.reminders > 0 ? (
          <span className="sr"> {t('control.row.reminded', { n: row.reminders })}</span>
        ) : null}
      </span>
    </div>
  );
});

/** Place of an item in the whole queue: those behind the gap are counted from its end. */
function placeOf(index: number, gap: number, items: number, total: number): number {
  if (gap < 0 || index < gap) return index;
  return total < 0 ? -1 : total - (items - index);
}

/** An item by its key and, should it go, by its place. */
function placed(items: Items, index: number): typeof FIRST {
  return { key: items[index]?.key ?? '', index };
}

function placesOf(items: Items): Map<string, number> {
  return new Map(items.flatMap((row, index) => (row ? [[row.key, index]] : [])));
}

/** What it is about at a glance: the theme and the place; first words where one of them is missing. */
export function essenceOf(
  row: Pick<ControlRow, 'title' | 'address' | 'category'>,
  book: Book,
): { title: string; more: string } {
  const theme = themeName(book, row.category);
  return theme
    ? { title: theme, more: row.address || row.title }
    : { title: row.title, more: row.address };
}

/** Who has to move: a body, a unit of ours, ourselves. */
export function withWhom(row: Pick<ControlRow, 'agency' | 'waiting_on'>, book: Book): string {
  if (row.agency) return bodyName(book, row.agency);
  return row.waiting_on === 'region' ? t('control.row.region') : t('control.row.ours');
}
