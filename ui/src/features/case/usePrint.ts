// Printing a paper: once at a time, and said when it went.
import { useCallback } from 'react';
import type { PaperOf } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { toast } from '../../kit';

export interface Print {
  run: (of: PaperOf) => void;
  running: boolean;
  error: unknown;
}

export function couponOf(id: string): PaperOf {
  return { of: 'case', case: id, paper: 'coupon', part: null };
}

export function usePrint(): Print {
  const { mutate, isPending, error } = useAction('paper_print');
  const run = useCallback(
    (of: PaperOf) => {
      if (isPending) return;
      mutate(of, { onSuccess: () => toast(t('paper.went')) });
    },
    [mutate, isPending],
  );
  return { run, running: isPending, error };
}
