// We spoke, or tried to: how, whether we reached them, and their own word on whether it is solved.
import type { ContactHow, Reached, Word } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { PillRadios, TextArea } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import type { DialogProps } from './CaseDialogs';
import { Cautions, InLanguage, safeWay } from './Cautions';
import { FormDialog } from './FormDialog';

const HOW: readonly ContactHow[] = ['call', 'in_person', 'message', 'letter'];
const REACHED: readonly Reached[] = ['yes', 'no_answer', 'unsafe'];
const WORDS: readonly Word[] = ['solved', 'partly', 'not_solved', 'not_asked'];

export function ContactDialog(props: DialogProps) {
  const { view, onClose } = props;
  const record = useAction('contact_record');
  const [how, setHow] = useKept<ContactHow>('contact.how', safeWay(view));
  const [reached, setReached] = useKept<Reached>('contact.reached', 'yes');
  const [word, setWord] = useKept<Word | null>('contact.word', null);
  const [text, setText] = useKept('contact.text', '');
  return (
    <FormDialog
      title={t('case.contact.title')}
      save={t('case.contact.save')}
      pending={record.isPending}
      error={record.error}
      onClose={onClose}
      onSave={() =>
        record.mutate(
          {
            case: view.id,
            how,
            reached,
            word: reached === 'yes' ? word : null,
            text: text.trim(),
          },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('case.saved.contact'), undo);
              onClose();
            },
          },
        )
      }
    >
      <Cautions view={view} />
      <InLanguage view={view} />
      <PillRadios
        label={t('case.contact.how')}
        value={how}
        onChange={(id) => setHow(id as ContactHow)}
        options={HOW.map((id) => ({ id, label: t(`case.contact.${id}`) }))}
      />
      <PillRadios
        label={t('case.contact.reached')}
        value={reached}
        onChange={(id) => setReached(id as Reached)}
        options={REACHED.map((id) => ({ id, label: t(`case.contact.${id}`) }))}
      />
      {reached === 'yes' ? (
        <PillRadios
          label={t('case.contact.word')}
          value={word}
          onChange={(id) => setWord(id as Word)}
          options={WORDS.map((id) => ({ id, label: t(`case.word.${id}`) }))}
        />
      ) : null}
      <TextArea label={t('case.contact.text')} rows={2} value={text} onChange={setText} />
    </FormDialog>
  );
}
