// The list on paper: all rows of the queue, not only those in sight, then the print window.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ControlRow, Queue } from '../../backend';
import type { Only } from './only';
import { rowsToPrint } from './useRows';

/** More than this is no list for paper. */
export const PRINTED_ROWS_MAX = 1000;

export interface Printed {
  rows: readonly ControlRow[];
  today: string;
  cut: boolean;
}

export function usePrintout(queue: Queue, only: Only) {
  const [pages, setPages] = useState<Printed>();
  const [preparing, setPreparing] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const running = useRef(false);
  // The latest question, whichever key or button asks for it.
  const asked = useRef({ queue, only });
  asked.current = { queue, only };
  const run = useCallback(() => {
    if (running.current) return;
    running.current = true;
    setPreparing(true);
    setError(null);
    const now = asked.current;
    rowsToPrint(now.queue, now.only, PRINTED_ROWS_MAX)
      .then(setPages, setError)
      .finally(() => {
        running.current = false;
        setPreparing(false);
      });
  }, []);
  useEffect(() => {
    if (!pages) return;
    const done = () => setPages(undefined);
    window.addEventListener('afterprint', done, { once: true });
    // Once it is drawn.
    const frame = requestAnimationFrame(() => window.print());
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('afterprint', done);
    };
  }, [pages]);
  return { pages, preparing, error, run };
}
