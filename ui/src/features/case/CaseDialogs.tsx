// Which window is open over the case. One at a time.
import type { CaseView, PersonCaseView } from '../../backend';
import { t } from '../../i18n';
import { Button, Dialog } from '../../kit';
import { FilesLeave } from '../files';
import type { Book } from '../intake/form';
import { bodyName } from '../intake/useBook';
import { IssueAddDialog, PartyAddDialog } from './AddDialogs';
import { AdviceDialog } from './AdviceDialog';
import { HandOverDialog, HearDialog } from './ByHandDialogs';
import { CheckDialog } from './CheckDialog';
import { CloseDialog, ReopenDialog } from './CloseDialog';
import { ContactDialog } from './ContactDialog';
import { ControllerDialog } from './ControllerDialog';
import { CorrectDialog } from './CorrectDialog';
import { BounceDialog, SettleDialog } from './DisputeDialogs';
import { EscalateDialog } from './EscalateDialog';
import { ExtensionAskDialog, ExtensionDecideDialog, NoticeDialog } from './ExtensionDialogs';
import { FileDialog } from './FileDialog';
import { Leaves } from './Leaves';
import { LooksDialog } from './LooksDialog';
import { PaperDialog, type ShownPaper } from './PaperDialog';
import { PersonDialog } from './PersonDialog';
import { MemberDialog, PlanAddDialog, PlanStepDialog } from './PlanDialogs';
import { PriorityDialog } from './PriorityDialog';
import { RedirectDialog, RedirectSignDialog } from './RedirectDialogs';
import { ReferDialog } from './ReferDialog';
import { RestrictDialog } from './RestrictDialog';
import { CategoryDialog, NoteDialog, RemindDialog } from './smallDialogs';
import { TaskDialog, TaskDoneDialog } from './TaskDialogs';
import { WithdrawDialog } from './WithdrawDialog';

export type Opened =
  | { kind: 'advice' | 'contact' | 'note' | 'close' | 'reopen' | 'task_add' | 'controller' }
  | { kind: 'looks' | 'priority' }
  | { kind: 'correct' | 'restrict' | 'issue_add' | 'party_add' }
  | { kind: 'plan_add' | 'member_add' }
  | { kind: 'plan_step'; step: string }
  | { kind: 'paper'; paper: ShownPaper }
  | { kind: 'extension_ask' | 'extension_decide' }
  | { kind: 'notice'; about: string }
  | { kind: 'redirect' }
  | { kind: 'refer'; replaces: string | null; copyOf?: string }
  | {
      kind:
        | 'bounce'
        | 'settle'
        | 'redirect_sign'
        | 'check'
        | 'remind'
        | 'withdraw'
        | 'hand_over'
        | 'hear'
        | 'escalate'
        | 'leaves'
        | 'file';
      referral: string;
    }
  | { kind: 'person'; party: string; of: PersonCaseView }
  | { kind: 'task_done'; task: string }
  | { kind: 'category'; issue: string };

export interface DialogProps {
  view: CaseView;
  book: Book;
  onClose: () => void;
}

export function CaseDialogs(
  props: DialogProps & {
    opened: Opened | undefined;
    onOpen: (opened: Opened) => void;
  },
) {
  const { opened, view } = props;
  if (!opened) return null;
  switch (opened.kind) {
    case 'contact':
      return <ContactDialog {...props} />;
    case 'plan_add':
      return <PlanAddDialog {...props} />;
    case 'plan_step':
      return <PlanStepDialog {...props} step={opened.step} />;
    case 'member_add':
      return <MemberDialog {...props} />;
    case 'controller':
      return <ControllerDialog {...props} />;
    case 'person':
      return <PersonDialog {...props} party={opened.party} of={opened.of} />;
    case 'priority':
      return <PriorityDialog {...props} />;
    case 'advice':
      return <AdviceDialog {...props} />;
    case 'correct':
      return <CorrectDialog {...props} />;
    case 'issue_add':
      return <IssueAddDialog {...props} />;
    case 'party_add':
      return <PartyAddDialog {...props} />;
    case 'restrict':
      return <RestrictDialog {...props} />;
    case 'looks':
      return <LooksDialog id={view.id} onClose={props.onClose} />;
    case 'note':
      return <NoteDialog {...props} />;
    case 'close':
      return <CloseDialog {...props} />;
    case 'reopen':
      return <ReopenDialog {...props} />;
    case 'task_add':
      return <TaskDialog {...props} />;
    case 'task_done':
      return <TaskDoneDialog {...props} task={opened.task} />;
    case 'paper':
      return <PaperDialog paper={opened.paper} onClose={props.onClose} />;
    case 'category':
      return <CategoryDialog {...props} issue={opened.issue} />;
    case 'extension_ask':
      return <ExtensionAskDialog {...props} />;
    case 'extension_decide':
      return <ExtensionDecideDialog {...props} />;
    case 'notice':
      return <NoticeDialog {...props} about={opened.about} />;
    case 'redirect':
      return <RedirectDialog {...props} />;
    case 'refer':
      return <ReferDialog {...props} replaces={opened.replaces} copyOf={opened.copyOf} />;
    default: {
      const referral = view.referrals.find((r) => r.id === opened.referral);
      if (!referral) return null;
      switch (opened.kind) {
        case 'bounce':
          return <BounceDialog {...props} referral={referral} />;
        case 'settle':
          return <SettleDialog {...props} referral={referral} />;
        case 'redirect_sign':
          return <RedirectSignDialog {...props} referral={referral} />;
        case 'check':
          return <CheckDialog {...props} referral={referral} onOpen={props.onOpen} />;
        case 'remind':
          return <RemindDialog {...props} referral={referral} />;
        case 'hand_over':
          return <HandOverDialog {...props} referral={referral} />;
        case 'hear':
          return <HearDialog {...props} referral={referral} />;
        case 'escalate':
          return <EscalateDialog {...props} referral={referral} />;
        case 'withdraw':
          return <WithdrawDialog {...props} referral={referral} />;
        case 'file':
          return <FileDialog {...props} referral={referral} />;
        case 'leaves':
          return (
            <Dialog
              open
              onClose={props.onClose}
              title={`${t('case.referral.leaves')}: ${bodyName(props.book, referral.agency)}`}
              foot={<Button onPress={props.onClose}>{t('kit.close')}</Button>}
            >
              <Leaves fields={referral.leaves} />
              <FilesLeave to={{ to: 'case', id: view.id }} files={referral.files ?? []} />
            </Dialog>
          );
      }
    }
  }
}
