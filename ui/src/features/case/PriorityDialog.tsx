// How soon: what the rule proposes and why, and the officer's word over it.
import type { CaseView, Priority } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { Button, Field, PillRadios } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import type { Book } from '../intake/form';
import { PRIORITIES, whyProposed } from '../priority';
import type { DialogProps } from './CaseDialogs';
import { FormDialog } from './FormDialog';

/** The choice that is no priority: the rule decides. */
const RULE = 'rule';

export function PriorityDialog(props: DialogProps) {
  const { view, book, onClose } = props;
  const { now, proposed, set } = view.priority;
  const act = useAction('priority_set');
  const [chosen, setChosen] = useKept<Priority | typeof RULE>('priority.chosen', now);
  const [reason, setReason] = useKept('priority.reason', '');
  const meant = chosen === RULE ? proposed.priority : chosen;
  const later = PRIORITIES.indexOf(meant) > PRIORITIES.indexOf(proposed.priority);
  const why = whyProposed(proposed, book);
  return (
    <FormDialog
      title={t('priority.title')}
      save={t('priority.save')}
      pending={act.isPending}
      error={act.error}
      disabled={(chosen === now && now === set?.priority) || (later && reason.trim() === '')}
      onClose={onClose}
      onSave={() =>
        act.mutate(
          {
            case: view.id,
            priority: chosen === RULE ? null : chosen,
            reason: chosen === RULE ? '' : reason.trim(),
          },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('priority.saved'), undo);
              onClose();
            },
          },
        )
      }
    >
      <p className="m">
        {t('priority.proposed', { priority: t(`priority.${proposed.priority}`) })}
        {why ? `: ${why}` : ''}
      </p>
      <PillRadios
        label={t('priority.title')}
        options={[
          ...PRIORITIES.map((id) => ({ id: id as string, label: t(`priority.${id}`) })),
          ...(set ? [{ id: RULE as string, label: t('priority.rule') }] : []),
        ]}
        value={chosen}
        onChange={(value) => setChosen(value as Priority | typeof RULE)}
        autoFocus
      />
      <p className="m" aria-live="polite">
        {t(`priority.means.${meant}`)}
      </p>
      {chosen === RULE ? null : (
        <Field
          label={t(later ? 'priority.reason_needed' : 'priority.reason')}
          value={reason}
          onChange={setReason}
        />
      )}
    </FormDialog>
  );
}

/** The line in the case: what holds, on whose word or for what, and what became known since. */
export function PriorityLine(props: {
  view: CaseView;
  book: Book;
  onChange: (() => void) | undefined;
}) {
  const { view, book, onChange } = props;
  const { now, proposed, set } = view.priority;
  const why = whyProposed(proposed, book);
  const said = set
    ? [t('priority.by', { name: set.who || '–' }), set.reason].filter(Boolean).join(': ')
    : why;
  return (
    <p className="m controller how-soon">
      {[t('priority.line', { priority: t(`priority.${now}`) }), said].filter(Boolean).join(' · ')}
      {set && now !== set.priority ? ` · ${t('priority.since', { why })}` : ''}
      {onChange && view.closed === null ? (
        <Button quiet small onPress={onChange}>
          {t('priority.change')}
        </Button>
      ) : null}
    </p>
  );
}
