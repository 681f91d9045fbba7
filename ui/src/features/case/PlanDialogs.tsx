// The windows of the plan: a new step, what became of one, a person of the household.
import type { CaseDone } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { Combo, Field, PillChecks, PillRadios, TextArea } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import { bodyName } from '../intake/useBook';
import type { DialogProps } from './CaseDialogs';
import { FormDialog } from './FormDialog';

/** Working days as typed; nothing when it is no number of days. */
export function daysOf(typed: string): number | null {
  const days = /^\s*(\d{1,3})\s*$/.exec(typed)?.[1];
  const n = days === undefined ? 0 : Number(days);
  return n >= 1 && n <= 250 ? n : null;
}

export function PlanAddDialog(props: DialogProps) {
  const { view, book, onClose } = props;
  const add = useAction('plan_step_add');
  const [text, setText] = useKept('planAdd.text', '');
  const [agency, setAgency] = useKept<string | null>('planAdd.agency', null);
  const [typed, setTyped] = useKept('planAdd.typed', '5');
  const [after, setAfter] = useKept<string[]>('planAdd.after', []);
  const [is, setIs] = useKept<string | null>('planAdd.is', null);
  const days = daysOf(typed);
  const bodies = book.agencies.map((a) => ({
    id: a.code,
    label: bodyName(book, a.code),
    also: `${a.name.kk} ${a.name.ru} ${a.name.en} ${a.code}`,
  }));
  // Requests and actions of the case that are no step yet.
  const own = [
    ...view.referrals
      .filter((r) => r.circle === view.circle && !r.withdrawn && !r.checked?.good)
      .filter((r) => view.plan.every((s) => s.referral !== r.id))
      .map((r) => ({
        id: `r:${r.id}`,
        label: t('plan.is_referral', { agency: bodyName(book, r.agency) }),
        agency: r.agency,
        text: '',
      })),
    ...view.tasks
      .filter((task) => !task.done && view.plan.every((s) => s.task !== task.id))
      .map((task) => ({
        id: `t:${task.id}`,
        label: t('plan.is_task', { text: task.text }),
        agency: task.unit,
        text: task.text,
      })),
  ];
  const chosen = own.find((o) => o.id === is);
  const open = view.plan.filter((s) => s.state === 'now' || s.state === 'waits');
  return (
    <FormDialog
      title={t('plan.add_title')}
      save={t('plan.save')}
      pending={add.isPending}
      error={add.error}
      disabled={text.trim() === '' || (chosen === undefined && days === null)}
      onClose={onClose}
      onSave={() =>
        add.mutate(
          {
            case: view.id,
            text: text.trim(),
            agency: chosen?.agency ?? agency,
            after,
            working_days: days ?? 1,
            referral: is?.startsWith('r:') ? is.slice(2) : null,
            task: is?.startsWith('t:') ? is.slice(2) : null,
          },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('plan.saved'), undo);
              onClose();
            },
          },
        )
      }
    >
      <TextArea label={t('plan.what')} rows={2} autoFocus value={text} onChange={setText} />
      {own.length > 0 ? (
        <Combo
          name="planAdd.is"
          label={t('plan.is')}
          items={own}
          value={is}
          placeholder={t('plan.is_none')}
          onChange={(id) => {
            setIs(id);
            const picked = own.find((o) => o.id === id);
            if (picked?.text && text.trim() === '') setText(picked.text);
          }}
        />
      ) : null}
      {chosen ? (
        <p className="s">{t('plan.is_own_day')}</p>
      ) : (
        <>
          <Combo
            name="planAdd.who"
            label={t('plan.who')}
            items={bodies}
            value={agency}
            placeholder={t('plan.family')}
            onChange={setAgency}
          />
          <Field
            label={t('plan.days')}
            value={typed}
            onChange={setTyped}
            {...(days === null ? { error: t('plan.days_wrong') } : {})}
          />
        </>
      )}
      {open.length > 0 ? (
        <PillChecks
          label={t('plan.after_label')}
          options={open.map((s) => ({
            id: s.id,
            label: `${view.plan.indexOf(s) + 1}. ${s.text}`,
          }))}
          value={after}
          onChange={setAfter}
        />
      ) : null}
    </FormDialog>
  );
}

type End = 'done' | 'move' | 'drop';

export function PlanStepDialog(props: DialogProps & { step: string }) {
  const { view, onClose } = props;
  const step = view.plan.find((s) => s.id === props.step);
  const end = useAction('plan_step_end');
  const move = useAction('plan_step_move');
  // A request and an action end by themselves; their day is theirs.
  const own = Boolean(step?.referral || step?.task);
  const [how, setHow] = useKept<End>('planStep.how', step?.state === 'now' ? 'done' : 'move');
  const [text, setText] = useKept('planStep.text', '');
  const [typed, setTyped] = useKept('planStep.typed', String(step?.working_days ?? ''));
  const days = daysOf(typed);
  if (!step) return null;
  const ways: End[] = own ? ['done', 'drop'] : ['done', 'move', 'drop'];
  const onSuccess = ({ undo }: CaseDone) => {
    toastDone(t('plan.saved'), undo);
    onClose();
  };
  return (
    <FormDialog
      title={t('plan.step_title', { n: view.plan.indexOf(step) + 1 })}
      save={t('plan.save')}
      pending={end.isPending || move.isPending}
      error={end.error ?? move.error}
      disabled={how === 'move' ? days === null : how === 'drop' && text.trim() === ''}
      onClose={onClose}
      onSave={() => {
        const of = { case: view.id, step: step.id };
        if (how === 'move') {
          move.mutate({ ...of, working_days: days ?? 1, reason: text.trim() }, { onSuccess });
        } else {
          end.mutate({ ...of, done: how === 'done', text: text.trim() }, { onSuccess });
        }
      }}
    >
      <p>{step.text}</p>
      <PillRadios
        label={t('plan.how')}
        options={ways.map((id) => ({ id, label: t(`plan.how_${id}`) }))}
        value={how}
        onChange={(id) => setHow(id as End)}
      />
      {how === 'move' ? (
        <Field
          label={t('plan.days')}
          value={typed}
          onChange={setTyped}
          {...(days === null ? { error: t('plan.days_wrong') } : {})}
        />
      ) : null}
      <TextArea label={t(`plan.text_${how}`)} rows={2} value={text} onChange={setText} />
    </FormDialog>
  );
}

export function MemberDialog(props: DialogProps) {
  const { view, onClose } = props;
  const add = useAction('member_add');
  const [surname, setSurname] = useKept('member.surname', '');
  const [given, setGiven] = useKept('member.given', '');
  const [phone, setPhone] = useKept('member.phone', '');
  const nobody = [surname, given, phone].every((s) => s.trim() === '');
  return (
    <FormDialog
      title={t('plan.member_title')}
      save={t('plan.member_save')}
      pending={add.isPending}
      error={add.error}
      disabled={nobody}
      onClose={onClose}
      onSave={() =>
        add.mutate(
          {
            case: view.id,
            party: {
              role: 'household_member',
              surname,
              given,
              patronymic: '',
              organisation: '',
              iin: '',
              phone,
              call_note: '',
              do_not_call: false,
            },
          },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('plan.member_saved'), undo);
              onClose();
            },
          },
        )
      }
    >
      <Field label={t('plan.member_surname')} value={surname} onChange={setSurname} autoFocus />
      <Field label={t('plan.member_given')} value={given} onChange={setGiven} />
      <Field label={t('plan.member_phone')} value={phone} onChange={setPhone} />
    </FormDialog>
  );
}
