// A local act was done: says it, and for ten seconds how to take it back – the core's own way, or none.
import { call, type Undo } from '../backend';
import { refresh } from '../backend/query';
import { t } from '../i18n';
import { toast } from '../kit/Toast';
import { saveForms } from './leave';
import { tell } from './visit';

/** `after` runs when it was taken back, before anything else is shown. */
export function toastDone(text: string, undo: Undo | null | undefined, after?: () => void): void {
  toast(text, undo ? () => void takeBack(undo, after) : undefined);
}

async function takeBack(undo: Undo, after?: () => void): Promise<void> {
  try {
    // What was typed since stays: the core looks at it before it takes anything away.
    await saveForms();
    const { changed } = await call('undo', undo);
    after?.();
    refresh(changed);
    toast(t('kit.undone'));
  } catch (error) {
    tell(error);
  }
}
