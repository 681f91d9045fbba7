// An open case goes into a restricted circle, for good.
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { Field, Note, PillRadios, toast } from '../../kit';
import { useKept } from '../../shell/kept';
import { CIRCLES } from '../circles';
import type { DialogProps } from './CaseDialogs';
import { FormDialog } from './FormDialog';

export function RestrictDialog(props: DialogProps) {
  const { view, onClose } = props;
  const restrict = useAction('case_restrict');
  const [circle, setCircle] = useKept<string | null>('restrict.circle', null);
  const [reason, setReason] = useKept('restrict.reason', '');
  return (
    <FormDialog
      title={t('case.restrict.title')}
      save={t('case.restrict.save')}
      pending={restrict.isPending}
      error={restrict.error}
      disabled={circle === null}
      onClose={onClose}
      onSave={() => {
        if (circle === null) return;
        restrict.mutate(
          { case: view.id, circle, reason: reason.trim() },
          {
            onSuccess: () => {
              toast(t('case.restrict.saved'));
              onClose();
            },
          },
        );
      }}
    >
      <PillRadios
        label={t('case.restrict.circle')}
        options={CIRCLES.map((id) => ({ id, label: t(`circle.${id}`) }))}
        value={circle}
        onChange={setCircle}
        autoFocus
      />
      <Field label={t('case.restrict.reason')} value={reason} onChange={setReason} />
      <Note tone="warn">{t('case.restrict.note')}</Note>
    </FormDialog>
  );
}
