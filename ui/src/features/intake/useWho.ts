// Keeps the party in step with the “who” line: at each reading, and once more before finishing.
import { useEffect, useRef } from 'react';
import { call, type WhoRead } from '../../backend';
import type { LiveDraft } from './drafts';
import { emptyParty, mergeWho, partyOf, readingOf } from './who';

export function useWho(draft: LiveDraft, read: WhoRead | undefined, line: string) {
  // What the line gave last; null until the first reading of this screen.
  const last = useRef<ReturnType<typeof readingOf> | null>(null);
  const lineOf = useRef(draft.read().form.who_line);

  function apply(of: string, reading: WhoRead): void {
    const next = readingOf(of, reading);
    if (last.current === null && of === lineOf.current && !partyOf(draft.read().form).blank) {
      // A draft opened again: its party already holds this line, with the officer's corrections.
      last.current = next;
      return;
    }
    const before = last.current;
    last.current = next;
    lineOf.current = of;
    draft.change((f) => {
      const applicant = mergeWho(f.applicant, before, next);
      return sameParty(applicant, f.applicant) ? f : { ...f, applicant };
    });
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new reading is applied
  useEffect(() => {
    if (read) apply(line, read);
  }, [read, line]);

  return {
    /** Another person was taken over: the line now stands for the party as it is. */
    taken(of: string): void {
      last.current = null;
      lineOf.current = of;
    },
    /** Reads the line once more when it was typed too fast to be read. */
    async settle(): Promise<void> {
      const { who_line } = draft.read().form;
      if (lineOf.current === who_line && last.current !== null) return;
      if (who_line.trim() === '' && last.current === null) return;
      try {
        const help = await call('intake_help', {
          text: '',
          address: '',
          who_line,
          person: emptyParty(),
          category: null,
          more: [],
          bodies: [],
        });
        apply(who_line, help.who);
      } catch {
        // Not understood: the line is kept whole as the name.
        const none = { phone: null, iin: null, surname: '', given: '', patronymic: '', known: [] };
        apply(who_line, none);
      }
    },
  };
}

function sameParty(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
