// The case on the screen. Each time a screen opens one the core is asked anew, so that it is known who looked; what the screen
// reads again of the case it shows is said to be that. The core believes it of the case it showed last and of no other.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { type CaseView, call, type LookReason, type Refusal } from '../../backend';

/** Which case is on the screen, for the page that comes after a change of language: that shows it again and nobody opened it. */
const PLACE = 'esik-shown';

export function useCase(id: string) {
  const shown = useRef<string | null>(sessionStorage.getItem(PLACE));
  // Whoever goes to another screen is done with it; a page that is loaded anew does not come by here.
  useEffect(() => () => sessionStorage.removeItem(PLACE), []);
  const why = useRef<LookReason | null>(null);
  const query = useQuery<CaseView, Refusal>({
    queryKey: ['case_get', { id }],
    // What the window still has of an earlier visit is shown while the core answers, and never instead of it.
    staleTime: 0,
    queryFn: () => {
      const again = shown.current === id;
      shown.current = id;
      sessionStorage.setItem(PLACE, id);
      const given = why.current;
      why.current = null;
      return call('case_get', given ? { id, again, why: given } : { id, again });
    },
  });
  const { refetch } = query;
  return {
    ...query,
    /** Opens it with a reason. */
    open(reason: LookReason): void {
      why.current = reason;
      void refetch();
    },
  };
}
