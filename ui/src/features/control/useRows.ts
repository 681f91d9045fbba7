// The rows of one queue, a page at a time by the key of a row; nothing loads a whole table. The list has two ends:
// the End key asks for the last rows at once, and those between come when one goes there.
import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import {
  type ControlPage,
  type ControlRequest,
  type ControlRow,
  call,
  type Queue,
  type Refusal,
} from '../../backend';
import type { Only } from './only';

const PAGE = 100;

type Place = Pick<ControlRequest, 'after' | 'before' | 'end'>;

/** Pages from one end of the board on. */
function usePages(
  queue: Queue,
  only: Only,
  from: Place,
  next: (page: ControlPage) => Place | null,
  enabled: boolean,
) {
  const args = { queue, ...only, limit: PAGE };
  return useInfiniteQuery<
    ControlPage,
    Refusal,
    InfiniteData<ControlPage, Place>,
    readonly ['control', typeof args, Place],
    Place
  >({
    queryKey: ['control', args, from],
    queryFn: ({ pageParam }) => call('control', { ...args, ...pageParam }),
    initialPageParam: from,
    getNextPageParam: (page) => (page.more ? next(page) : null),
    enabled,
    // The list before stays in sight while the next filter is answered.
    placeholderData: (old) => (enabled ? old : undefined),
    // Pages that are there already stay the same objects; comparing every field of every row with each
    // page that comes would cost more than the page.
    structuralSharing: false,
  });
}

const START: Place = { after: null, before: null, end: false };
const END: Place = { ...START, end: true };

/** The rows as they are shown; `null` stands for those between the two ends that are not loaded. */
export type Items = readonly (ControlRow | null)[];

export function useRows(queue: Queue, only: Only) {
  const asked = JSON.stringify([queue, only]);
  const [ended, setEnded] = useState('');
  const head = usePages(queue, only, START, after, true);
  const tail = usePages(queue, only, END, before, ended === asked);
  const first = head.data?.pages[0];
  const headPages = head.data?.pages;
  const tailPages = ended === asked ? tail.data?.pages : undefined;
  const items = useMemo(() => join(headPages ?? [], tailPages ?? []), [headPages, tailPages]);
  const gap = useMemo(() => items.indexOf(null), [items]);
  const open = head.hasNextPage && (gap >= 0 || tailPages === undefined);
  return {
    query: head,
    error: head.error ?? (ended === asked ? tail.error : null),
    items,
    /** Where the rows are that are not loaded; -1 = nowhere between. */
    gap,
    /** The last row is the last one of the queue. */
    whole: !open || gap >= 0,
    /** Asks for the next rows from the beginning on. */
    onward: open && !head.isFetchingNextPage ? () => void head.fetchNextPage() : undefined,
    /** Asks for the rows before those of the end. */
    backward:
      gap >= 0 && tail.hasNextPage && !tail.isFetchingNextPage
        ? () => void tail.fetchNextPage()
        : undefined,
    /** Asks for the last rows, without those between. */
    end: () => setEnded(asked),
    waiting: head.isFetchingNextPage || (ended === asked && tail.isFetching),
    counts: first?.counts,
    today: first?.today,
  };
}

function after(page: ControlPage): Place | null {
  const last = page.rows.at(-1);
  return last ? { ...START, after: last.key } : null;
}

function before(page: ControlPage): Place | null {
  const first = page.rows[0];
  return first ? { ...START, before: first.key } : null;
}

/** Both ends in one list; pages of the end came last first. */
export function join(head: readonly ControlPage[], tail: readonly ControlPage[]): Items {
  const first = distinct(head);
  const last = distinct([...tail].reverse());
  if (head.at(-1)?.more === false || last.length === 0) return first;
  if (tail.at(-1)?.more === false) return last;
  const known = new Set(first.map((row) => row.key));
  const rest = last.filter((row) => !known.has(row.key));
  return rest.length < last.length ? [...first, ...rest] : [...first, null, ...last];
}

/** A row that moved between two pages is shown once. */
function distinct(pages: readonly ControlPage[]): ControlRow[] {
  const seen = new Set<string>();
  return pages.flatMap((page) =>
    page.rows.filter((row) => !seen.has(row.key) && Boolean(seen.add(row.key))),
  );
}

/** Rows for paper: at most `most` of them, and whether that was all. */
export async function rowsToPrint(
  queue: Queue,
  only: Only,
  most: number,
): Promise<{ rows: ControlRow[]; today: string; cut: boolean }> {
  const pages: ControlPage[] = [];
  let place: Place | null = START;
  for (;;) {
    const page: ControlPage = await call('control', { queue, ...only, ...place, limit: 200 });
    pages.push(page);
    place = after(page);
    const rows = distinct(pages);
    if (!page.more || place === null || rows.length >= most) {
      return { rows: rows.slice(0, most), today: page.today, cut: page.more };
    }
  }
}
