// Asks again a moment after something changed; only the newest answer counts, the old one stays in
// sight until it is there.
import { useEffect, useRef, useState } from 'react';

export interface Latest<A, R> {
  answer: R | undefined;
  /** What the answer belongs to. */
  of: A | undefined;
  error: unknown;
  /** The answer shown is not of the present question. */
  stale: boolean;
}

export function useLatest<A, R>(
  ask: (args: A) => Promise<R>,
  args: A,
  delay: number,
  enabled = true,
): Latest<A, R> {
  const [held, setHeld] = useState<{ key: string; of: A; answer: R }>();
  const [error, setError] = useState<unknown>();
  const asked = useRef(0);
  const asking = useRef(ask);
  asking.current = ask;
  const key = JSON.stringify(args);
  const known = useRef(args);
  known.current = args;
  useEffect(() => {
    if (!enabled) return;
    const mine = ++asked.current;
    const timer = setTimeout(
      () => {
        const of = known.current;
        asking.current(of).then(
          (answer) => {
            if (mine !== asked.current) return;
            setHeld({ key, of, answer });
            setError(undefined);
          },
          (failure: unknown) => {
            if (mine === asked.current) setError(failure);
          },
        );
      },
      mine === 1 ? 0 : delay,
    );
    return () => clearTimeout(timer);
  }, [key, delay, enabled]);
  return { answer: held?.answer, of: held?.of, error, stale: held?.key !== key };
}
