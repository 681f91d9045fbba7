// What the region did not take was dealt with: the officer says how, and it leaves the list of work.
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { TextArea } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import { FormDialog } from './FormDialog';

export function RefusalDialog(props: {
  /** The stream of the records, and the records. */
  of: { case: string; events: string[] };
  /** What they are and why the region did not take them. */
  what: string;
  onClose: () => void;
}) {
  const settle = useAction('refusal_settle');
  const [text, setText] = useKept('refusal.text', '');
  return (
    <FormDialog
      title={t('sync.settle.title')}
      save={t('sync.settle')}
      pending={settle.isPending}
      error={settle.error}
      disabled={text.trim() === ''}
      onClose={props.onClose}
      onSave={() =>
        settle.mutate(
          { ...props.of, text: text.trim() },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('sync.settle.done'), undo);
              props.onClose();
            },
          },
        )
      }
    >
      <p>{props.what}</p>
      <TextArea
        label={t('sync.settle.word')}
        aside={t('sync.settle.word.aside')}
        rows={2}
        autoFocus
        value={text}
        onChange={setText}
      />
    </FormDialog>
  );
}
