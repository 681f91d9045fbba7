// The case goes to another officer, who answers for it from then on.
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { Combo, Field } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import type { DialogProps } from './CaseDialogs';
import { FormDialog } from './FormDialog';
import { useColleagues } from './useColleagues';

export function ControllerDialog(props: DialogProps) {
  const { view, onClose } = props;
  const name = useAction('controller_name');
  const { officers } = useColleagues();
  const [officer, setOfficer] = useKept<string | null>('controller.officer', null);
  const [reason, setReason] = useKept('controller.reason', '');
  return (
    <FormDialog
      title={t('case.controller.title')}
      save={t('case.controller.save')}
      pending={name.isPending}
      error={name.error}
      disabled={officer === null}
      onClose={onClose}
      onSave={() => {
        if (officer === null) return;
        name.mutate(
          { case: view.id, officer, reason: reason.trim() },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('case.controller.saved'), undo);
              onClose();
            },
          },
        );
      }}
    >
      <Combo
        name="controller.whom"
        label={t('case.controller.whom')}
        items={officers.filter((o) => o.id !== view.controller.id)}
        value={officer}
        onChange={setOfficer}
        autoFocus
      />
      <Field label={t('case.controller.reason')} value={reason} onChange={setReason} />
    </FormDialog>
  );
}
