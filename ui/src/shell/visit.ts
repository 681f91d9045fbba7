// Acts of the whole window that may be started from any screen: a new visit, the lock.
import { asRefusal, call } from '../backend';
import { client } from '../backend/query';
import { forgetSending } from '../features/files/sending';
import { refusalText } from '../kit/Note';
import { clearToasts, toast } from '../kit/Toast';
import { keepOverLock } from './kept';
import { saveForms } from './leave';
import { navigate } from './router';
import { takeState } from './state';

/** Says a refusal that has no place of its own on the screen. */
export function tell(error: unknown): void {
  toast(refusalText(asRefusal(error)));
}

let opening = false;

/** Opens an empty draft and goes there; pressing twice opens one. */
export async function newVisit(): Promise<void> {
  if (opening) return;
  opening = true;
  try {
    const draft = await call('draft_open', {});
    client.setQueryData(['draft_get', { id: draft.id }], draft);
    void client.invalidateQueries({ queryKey: ['reception'] });
    navigate({ screen: 'intake', draft: draft.id });
  } catch (error) {
    tell(error);
  } finally {
    opening = false;
  }
}

/** Saves what is typed, then locks. When something cannot be saved the desk stays open and says so. */
export async function lock(): Promise<boolean> {
  try {
    await saveForms();
    await keepOverLock();
    takeState(await call('session_lock', {}));
    clearToasts();
    forgetSending();
    return true;
  } catch (error) {
    tell(error);
    return false;
  }
}
