// Own police actions: giving one, and saying what came of it.
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { Combo, TextArea } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import { DayField } from '../intake/DayField';
import { useBodies } from '../intake/useBook';
import type { DialogProps } from './CaseDialogs';
import { FormDialog } from './FormDialog';

export function TaskDialog(props: DialogProps) {
  const { view, book, onClose } = props;
  const add = useAction('task_add');
  const units = useBodies(book, true);
  const [unit, setUnit] = useKept<string | null>('task.unit', 'P-UIP');
  const [text, setText] = useKept('task.text', '');
  const [due, setDue] = useKept<string | null>('task.due', null);
  return (
    <FormDialog
      title={t('case.taskform.title')}
      save={t('case.taskform.save')}
      pending={add.isPending}
      error={add.error}
      disabled={unit === null || text.trim() === ''}
      onClose={onClose}
      onSave={() => {
        if (unit === null) return;
        add.mutate(
          { case: view.id, unit, text: text.trim(), due },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('case.saved.task'), undo);
              onClose();
            },
          },
        );
      }}
    >
      <TextArea label={t('intake.task.text')} rows={2} autoFocus value={text} onChange={setText} />
      <Combo
        name="task.unit"
        label={t('intake.task.unit')}
        items={units}
        value={unit}
        onChange={setUnit}
      />
      <DayField name="task.day" label={t('intake.task.due')} value={due} onChange={setDue} />
    </FormDialog>
  );
}

export function TaskDoneDialog(props: DialogProps & { task: string }) {
  const { view, task, onClose } = props;
  const finish = useAction('task_finish');
  const [result, setResult] = useKept('task.result', '');
  return (
    <FormDialog
      title={t('case.task.finish_title')}
      save={t('case.task.finish')}
      pending={finish.isPending}
      error={finish.error}
      onClose={onClose}
      onSave={() =>
        finish.mutate(
          { case: view.id, task, result: result.trim() },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('case.saved.task_done'), undo);
              onClose();
            },
          },
        )
      }
    >
      <p>{view.tasks.find((one) => one.id === task)?.text}</p>
      <TextArea
        label={t('case.task.result')}
        rows={2}
        autoFocus
        value={result}
        onChange={setResult}
      />
    </FormDialog>
  );
}
