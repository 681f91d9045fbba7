// Advice given in a case that exists, taken from a card or said in one's own words.
import type { CardRef } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { TextArea } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import { CardPicks } from '../knowledge/CardPicks';
import type { DialogProps } from './CaseDialogs';
import { FormDialog } from './FormDialog';

export function AdviceDialog(props: DialogProps) {
  const { view, onClose } = props;
  const add = useAction('advice_add');
  const [text, setText] = useKept('advice.text', '');
  const [cards, setCards] = useKept<CardRef[]>('advice.cards', []);
  return (
    <FormDialog
      title={t('knowledge.advise')}
      save={t('knowledge.advise.save')}
      pending={add.isPending}
      error={add.error}
      disabled={text.trim() === ''}
      onClose={onClose}
      onSave={() =>
        add.mutate(
          { case: view.id, text: text.trim(), cards },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('knowledge.advised'), undo);
              onClose();
            },
          },
        )
      }
    >
      <TextArea
        label={t('knowledge.advise.text')}
        rows={4}
        autoFocus
        value={text}
        onChange={setText}
      />
      <CardPicks
        category={view.issues[0]?.category}
        cited={cards}
        onCite={(card, said) => {
          setText(text.trim() === '' ? said : `${text.trim()}\n${said}`);
          setCards([...cards, card]);
        }}
      />
    </FormDialog>
  );
}
