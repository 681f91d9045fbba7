// What was not known at intake: one more theme, and who came or on whose behalf.
import type { CaseView, Party, PartyRole } from '../../backend';
import { useAction } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { Button, Combo, Field, Note, PillRadios, toast } from '../../kit';
import { useKept } from '../../shell/kept';
import { useThemes } from '../intake/useBook';
import { emptyParty, partyOf } from '../intake/who';
import type { DialogProps, Opened } from './CaseDialogs';
import { FormDialog } from './FormDialog';
import { PersonFields } from './PersonFields';
import { mayAdd, unknownRoles } from './unknown';

export function AddButtons(props: { view: CaseView; onOpen: (opened: Opened) => void }) {
  const { view, onOpen } = props;
  if (!mayAdd(view)) return null;
  return (
    <div className="summary-acts">
      <Button quiet small kbd="Alt+I" onPress={() => onOpen({ kind: 'issue_add' })}>
        {t('case.issue.add')}
      </Button>
      {unknownRoles(view).length > 0 ? (
        <Button quiet small kbd="Alt+W" onPress={() => onOpen({ kind: 'party_add' })}>
          {t('case.person.add')}
        </Button>
      ) : null}
    </div>
  );
}

export function IssueAddDialog(props: DialogProps) {
  const { view, book, onClose } = props;
  const add = useAction('issue_add');
  const [category, setCategory] = useKept<string | null>('issue_add.category', null);
  const [text, setText] = useKept('issue_add.text', '');
  const there = new Set(view.issues.map((issue) => issue.category));
  const themes = useThemes(book).filter((theme) => !there.has(theme.id));
  const circle = book.category(category)?.circle;
  return (
    <FormDialog
      title={t('case.issue.title')}
      save={t('case.issue.save')}
      pending={add.isPending}
      error={add.error}
      disabled={category === null}
      onClose={onClose}
      onSave={() => {
        if (category === null) return;
        add.mutate(
          { case: view.id, category, text: text.trim() },
          {
            onSuccess: () => {
              toast(t('case.saved.issue'));
              onClose();
            },
          },
        );
      }}
    >
      <Combo
        name="issue_add.category"
        label={t('intake.category.label')}
        items={themes}
        value={category}
        placeholder={t('intake.category.placeholder')}
        onChange={setCategory}
        autoFocus
      />
      <Field label={t('intake.issue.text')} value={text} onChange={setText} />
      {circle && view.circle === 'open' ? (
        <Note tone="warn">
          {t('case.restrict.by_category', { circle: tCode(`circle.${circle}`, circle) })}
        </Note>
      ) : null}
    </FormDialog>
  );
}

export function PartyAddDialog(props: DialogProps) {
  const { view, onClose } = props;
  const add = useAction('party_add');
  const roles = unknownRoles(view);
  const [typed, setParty] = useKept<Party>('party_add.party', () => emptyParty(roles[0]));
  const edit = (patch: Partial<Party>) => setParty((old) => ({ ...old, ...patch }));
  const nobody = partyOf({ applicant: typed }).blank && typed.organisation.trim() === '';
  return (
    <FormDialog
      wide
      title={t('case.person.title')}
      save={t('case.person.save')}
      pending={add.isPending}
      error={add.error}
      disabled={nobody}
      onClose={onClose}
      onSave={() =>
        add.mutate(
          { case: view.id, party: typed },
          {
            onSuccess: () => {
              toast(t('case.saved.person'));
              onClose();
            },
          },
        )
      }
    >
      {roles.length > 1 ? (
        <PillRadios
          label={t('case.person.role')}
          value={typed.role}
          onChange={(role) => edit({ role: role as PartyRole })}
          options={roles.map((role) => ({ id: role, label: t(`case.party.${role}`) }))}
        />
      ) : null}
      <PersonFields party={typed} edit={edit} autoFocus />
    </FormDialog>
  );
}
