// Printing the coupon: once at a time, and said when it went.
import { useCallback } from 'react';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { toast } from '../../kit';

export interface Print {
  run: () => void;
  running: boolean;
  error: unknown;
}

export function usePrint(id: string): Print {
  const { mutate, isPending, error } = useAction('coupon_print');
  const run = useCallback(() => {
    if (isPending) return;
    mutate(
      { id },
      {
        onSuccess: ({ opened }) =>
          toast(opened ? t('case.coupon.opened') : t('case.coupon.not_opened')),
      },
    );
  }, [mutate, isPending, id]);
  return { run, running: isPending, error };
}
