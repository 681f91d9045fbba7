// Through the door of the practice desk and back. The page loads anew each time: nothing an officer
// saw or typed on one desk is still in the window of the other.
import { asRefusal, call } from '../backend';
import { refusalText } from '../kit/Note';
import { toast } from '../kit/Toast';
import { saveForms } from './leave';
import { page } from './reload';
import { navigate } from './router';

export async function enterPractice(): Promise<void> {
  try {
    await saveForms();
    await call('practice_enter', {});
    navigate({ screen: 'training' }, true);
    page.reload();
  } catch (error) {
    toast(refusalText(asRefusal(error)));
  }
}

export async function leavePractice(): Promise<void> {
  try {
    await saveForms();
    await call('practice_leave', {});
    navigate({ screen: 'reception' }, true);
    page.reload();
  } catch (error) {
    toast(refusalText(asRefusal(error)));
  }
}
