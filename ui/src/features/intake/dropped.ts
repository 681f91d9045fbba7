// A row, an issue, a body, an outcome was taken out of an intake: how it comes back without touching what
// was typed since.
import { useCallback, useEffect, useRef } from 'react';
import type { IntakeForm } from '../../backend';
import { toast } from '../../kit';
import { relinked } from './issues';

/** A change of the form. With `dropped` it took something out: that is said, with its undo. */
export type Change = (edit: (form: IntakeForm) => IntakeForm, dropped?: string) => void;

/**
 * The form with what a change took out put back. A field that nobody touched since is as it was before;
 * in a list that went on, the missing rows come back at its end; a field written anew stays.
 */
export function putBack(before: IntakeForm, after: IntakeForm, now: IntakeForm): IntakeForm {
  const out: Record<string, unknown> = { ...now };
  const old = before as unknown as Record<string, unknown>;
  const cut = after as unknown as Record<string, unknown>;
  for (const key of Object.keys(old)) {
    if (old[key] === cut[key]) continue;
    const current = out[key];
    if (current === cut[key]) out[key] = old[key];
    else if (Array.isArray(old[key]) && Array.isArray(cut[key]) && Array.isArray(current)) {
      const kept: unknown[] = cut[key];
      const there = (row: unknown) =>
        current.includes(row) || current.some((one) => same(one, row));
      const missing = old[key].filter((row) => !kept.includes(row) && !there(row));
      out[key] = [...current, ...missing];
    }
  }
  return relinked(before, now, out as unknown as IntakeForm);
}

/** A body is asked once: one that was added again by hand is there already. */
function same(a: unknown, b: unknown): boolean {
  const of = (row: unknown) => (row as { agency?: string } | null)?.agency;
  return of(a) !== undefined && of(a) === of(b);
}

/** Says what was taken out. What it offers holds as long as the intake is on the screen. */
export function useDropped(put: (edit: (form: IntakeForm) => IntakeForm) => void) {
  const told = useRef<(() => void)[]>([]);
  const forget = useCallback(() => {
    for (const close of told.current.splice(0)) close();
  }, []);
  useEffect(() => forget, [forget]);
  return {
    /** The intake is over: nothing of it comes back. */
    forget,
    tell: (text: string, before: IntakeForm, after: IntakeForm) => {
      told.current.push(toast(text, () => put((now) => putBack(before, after, now))));
    },
  };
}
