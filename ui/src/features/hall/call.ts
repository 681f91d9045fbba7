// Calling somebody in from the hall: the intake opens with what was heard at the door.
import { call } from '../../backend';
import { client, refresh } from '../../backend/query';
import { t } from '../../i18n';
import { href, navigate } from '../../shell/router';
import { toastDone } from '../../shell/undo';
import { tell } from '../../shell/visit';

let calling = false;

/** Calls a ticket, or who is next, and goes to the intake. A second press while it runs is none. */
export async function callIn(id: string | null): Promise<void> {
  if (calling) return;
  calling = true;
  try {
    const { draft, changed, ticket, undo } = await call('queue_call', { id });
    client.setQueryData(['draft_get', { id: draft.id }], draft);
    refresh(changed);
    navigate({ screen: 'intake', draft: draft.id });
    toastDone(t('hall.called.told', { ticket }), undo, () => {
      if (window.location.hash === href({ screen: 'intake', draft: draft.id })) {
        navigate({ screen: 'reception' });
      }
    });
  } catch (error) {
    tell(error);
    void client.invalidateQueries({ queryKey: ['queue'] });
  } finally {
    calling = false;
  }
}
