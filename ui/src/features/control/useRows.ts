// The rows of one queue, a page at a time by the key of the last row; nothing loads a whole table.
import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type ControlPage, type ControlRow, call, type Queue, type Refusal } from '../../backend';
import type { Only } from './only';

const PAGE = 100;

export function useRows(queue: Queue, only: Only) {
  const args = { queue, ...only, limit: PAGE };
  const query = useInfiniteQuery<
    ControlPage,
    Refusal,
    InfiniteData<ControlPage, string | null>,
    readonly ['control', typeof args],
    string | null
  >({
    queryKey: ['control', args],
    queryFn: ({ pageParam }) => call('control', { ...args, after: pageParam }),
    initialPageParam: null,
    getNextPageParam: (page) => (page.more ? (page.rows.at(-1)?.key ?? null) : null),
    // The list before stays in sight while the next filter is answered.
    placeholderData: (old) => old,
    // Pages that are there already stay the same objects; comparing every field of every row with each
    // page that comes would cost more than the page.
    structuralSharing: false,
  });
  const rows = useMemo(() => distinct(query.data?.pages ?? []), [query.data]);
  const first = query.data?.pages[0];
  return { query, rows, counts: first?.counts, today: first?.today };
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
  let after: string | null = null;
  for (;;) {
    const page: ControlPage = await call('control', { queue, ...only, after, limit: 200 });
    pages.push(page);
    after = page.rows.at(-1)?.key ?? null;
    const rows = distinct(pages);
    if (!page.more || after === null || rows.length >= most) {
      return { rows: rows.slice(0, most), today: page.today, cut: page.more };
    }
  }
}
