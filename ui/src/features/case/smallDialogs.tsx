// The short windows of a case: note, reminder, change of theme.
import type { ReferralView } from '../../backend';
import { useAction } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { Combo, Note, TextArea, toast } from '../../kit';
import { refusalText } from '../../kit/Note';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import { bodyName, useThemes } from '../intake/useBook';
import { Blind } from './ByHandDialogs';
import type { DialogProps } from './CaseDialogs';
import { FormDialog } from './FormDialog';

export function NoteDialog(props: DialogProps) {
  const { view, onClose } = props;
  const add = useAction('note_add');
  const [text, setText] = useKept('note.text', '');
  return (
    <FormDialog
      title={t('case.note.title')}
      save={t('case.note.save')}
      pending={add.isPending}
      error={add.error}
      disabled={text.trim() === ''}
      onClose={onClose}
      onSave={() =>
        add.mutate(
          { case: view.id, text: text.trim() },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('case.saved.note'), undo);
              onClose();
            },
          },
        )
      }
    >
      <TextArea label={t('case.note.text')} rows={3} autoFocus value={text} onChange={setText} />
    </FormDialog>
  );
}

/** A reminder leaves the station: it is looked at before it goes. */
export function RemindDialog(props: DialogProps & { referral: ReferralView }) {
  const { view, book, referral, onClose } = props;
  const remind = useAction('referral_remind');
  return (
    <FormDialog
      title={t('case.remind.title')}
      save={t('case.remind.yes')}
      pending={remind.isPending}
      error={remind.error}
      onClose={onClose}
      onSave={() =>
        remind.mutate(
          { referrals: [{ case: view.id, referral: referral.id }] },
          {
            onSuccess: ({ passed_over: [not] }) => {
              toast(not ? refusalText({ code: not.code, params: {} }) : t('case.remind.done'));
              onClose();
            },
          },
        )
      }
    >
      <p>
        {t('case.remind.text', {
          agency: bodyName(book, referral.agency),
          number: referral.incoming_number
            ? `${view.number ?? ''} (${t('control.column.incoming')} ${referral.incoming_number})`
            : (view.number ?? ''),
        })}
      </p>
      <Blind referral={referral} />
    </FormDialog>
  );
}

export function CategoryDialog(props: DialogProps & { issue: string }) {
  const { view, book, issue, onClose } = props;
  const change = useAction('category_change');
  const before = view.issues.find((i) => i.id === issue)?.category ?? null;
  const [category, setCategory] = useKept<string | null>('category.category', before);
  const themes = useThemes(book);
  const circle = book.category(category ?? undefined)?.circle;
  return (
    <FormDialog
      title={t('case.category.change_title')}
      save={t('case.category.save')}
      pending={change.isPending}
      error={change.error}
      disabled={category === null || category === before}
      onClose={onClose}
      onSave={() => {
        if (category === null) return;
        change.mutate(
          { case: view.id, issue, category },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('case.saved.category'), undo);
              onClose();
            },
          },
        );
      }}
    >
      <Combo
        name="category.code"
        label={t('intake.category.label')}
        aside={t('case.category.history')}
        items={themes}
        value={category}
        placeholder={t('intake.category.placeholder')}
        onChange={setCategory}
        autoFocus
      />
      {circle && view.circle === 'open' ? (
        <Note tone="warn">
          {t('case.restrict.by_category', { circle: tCode(`circle.${circle}`, circle) })}
        </Note>
      ) : null}
    </FormDialog>
  );
}
