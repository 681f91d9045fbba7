// The one primary action of a case: the next thing to do, in words.
import type { CaseView } from '../../backend';
import { t } from '../../i18n';
import { Button } from '../../kit';
import type { Opened } from './CaseDialogs';
import type { Next } from './next';

export function NextStep(props: { next: Next; view: CaseView; onOpen: (opened: Opened) => void }) {
  const { next, view, onOpen } = props;
  const opened = opens(next, view);
  if (next.act === 'none' || !opened) return null;
  return (
    <Button primary kbd="Alt+Enter" onPress={() => onOpen(opened)}>
      {t(`case.next.${next.act}`)}
    </Button>
  );
}

/** What the next step opens; nothing when there is none for this officer. */
export function opens(next: Next, view: CaseView): Opened | undefined {
  // Closing needs a right of its own; without it the officer records and the controller closes.
  if (next.act === 'none' || (next.act === 'close' && !view.may_close)) return undefined;
  return openedBy(next);
}

function openedBy(next: Exclude<Next, { act: 'none' }>): Opened {
  switch (next.act) {
    case 'escalate':
      return { kind: 'escalate', referral: next.referral };
    case 'hand_over':
      return { kind: 'hand_over', referral: next.referral };
    case 'check_answer':
      return { kind: 'check', referral: next.referral };
    case 'find_another':
      return { kind: 'refer', replaces: next.referral };
    case 'remind':
      return { kind: 'remind', referral: next.referral };
    case 'decide_extension':
      return { kind: 'extension_decide' };
    case 'second_bounce':
      return { kind: 'bounce', referral: next.referral };
    case 'settle_dispute':
      return { kind: 'settle', referral: next.referral };
    case 'confirm_closing':
      return { kind: 'close' };
    case 'sign_redirect':
      return { kind: 'redirect_sign', referral: next.referral };
    case 'give_notice':
      return { kind: 'notice', about: next.about };
    case 'do_task':
      return { kind: 'task_done', task: next.task };
    case 'plan_step':
      return { kind: 'plan_step', step: next.step };
    case 'tell_applicant':
      return { kind: 'contact' };
    case 'close':
      return { kind: 'close' };
    case 'name_theme':
      return { kind: 'issue_add' };
    case 'decide':
      return { kind: 'refer', replaces: null };
  }
}
