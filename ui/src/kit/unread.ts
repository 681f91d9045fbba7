// Fields whose text cannot be read: what stands in them is not what would be saved, so nothing is saved
// until somebody looked at them.
import { createContext, useCallback, useContext, useEffect, useRef } from 'react';

type Show = () => void;

const Unread = createContext<Set<Show> | undefined>(undefined);

/** Put this around the fields of one form. */
export const UnreadFields = Unread.Provider;

/** The fields of one form, and the question before it is saved: true = a field was shown instead. */
export function useUnread(): { fields: Set<Show>; stops: () => boolean } {
  const fields = useRef(new Set<Show>()).current;
  const stops = useCallback(() => {
    const [first] = fields;
    first?.();
    return first !== undefined;
  }, [fields]);
  return { fields, stops };
}

/** Holds the form back while `wrong`; `show` brings the field and its error before the officer. */
export function useHoldBack(wrong: boolean, show: Show): void {
  const fields = useContext(Unread);
  const now = useRef(show);
  now.current = show;
  useEffect(() => {
    if (!wrong || !fields) return;
    const one = () => now.current();
    fields.add(one);
    return () => {
      fields.delete(one);
    };
  }, [wrong, fields]);
}
