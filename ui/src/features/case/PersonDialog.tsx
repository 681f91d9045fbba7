// Two cards of one person side by side: they are linked, and what differs is taken over only where somebody says so.
import type { Party, PersonCaseView } from '../../backend';
import { useAction } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { Field, PillRadios, Tag } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import { emptyParty } from '../intake/who';
import type { DialogProps } from './CaseDialogs';
import { FormDialog } from './FormDialog';
import { PERSON_WORDS } from './PersonFields';
import { caseName } from './person';
import { phoneShown } from './Summary';

type Key = (typeof PERSON_WORDS)[number];

export function PersonDialog(props: DialogProps & { party: string; of: PersonCaseView }) {
  const { view, of, onClose } = props;
  const match = useAction('person_match');
  const correct = useAction('case_correct');
  const [reason, setReason] = useKept('person.reason', '');
  const [taken, setTaken] = useKept<Key[]>('person.taken', []);
  // Linked already, and what was to be taken over was refused: a second press does the rest.
  const [linked, setLinked] = useKept('person.linked', false);
  const here: Party = {
    ...emptyParty(),
    ...view.parties.find((p) => p.id === props.party)?.party,
  };
  const there: Party = { ...emptyParty(), ...of.person };
  const differ = PERSON_WORDS.filter(
    (key) => (there[key] ?? '') !== '' && there[key] !== here[key],
  );
  const done = (undo: Parameters<typeof toastDone>[1]) => {
    toastDone(t('person.saved_same'), undo);
    onClose();
  };
  const take = (undo: Parameters<typeof toastDone>[1]) => {
    const keys = taken.filter((key) => differ.includes(key));
    if (keys.length === 0) {
      done(undo);
      return;
    }
    const party = { ...here };
    for (const key of keys) party[key] = there[key] ?? '';
    correct.mutate(
      {
        case: view.id,
        title: null,
        address: null,
        ext_number: null,
        parties: [{ id: props.party, party }],
        seen: view.set_by,
      },
      // Two steps of one decision are not half undone.
      { onSuccess: () => done(null) },
    );
  };
  function save(): void {
    if (linked) {
      take(null);
      return;
    }
    match.mutate(
      {
        case: view.id,
        party: props.party,
        other_case: of.case,
        other_party: of.party,
        same: true,
        reason: reason.trim(),
      },
      {
        onSuccess: ({ undo }) => {
          setLinked(true);
          take(undo);
        },
      },
    );
  }
  return (
    <FormDialog
      wide
      title={t('person.dialog.title')}
      save={t('person.dialog.save')}
      pending={match.isPending || correct.isPending}
      error={match.error ?? correct.error}
      onClose={onClose}
      onSave={save}
    >
      <p className="m">{t('person.dialog.text')}</p>
      {of.cautions.map((caution) => (
        <p key={caution}>
          <Tag tone="late">{tCode(`intake.caution.${caution}`, caution)}</Tag>
        </p>
      ))}
      <div className="person-two">
        <CardOf title={t('person.dialog.here')} person={here} differ={differ} />
        <CardOf
          title={t('person.dialog.there', { case: caseName(of) })}
          person={there}
          differ={differ}
        />
      </div>
      {differ.length > 0 ? (
        <fieldset className="person-take">
          <legend className="field-label">{t('person.dialog.keep')}</legend>
          {differ.map((key, n) => (
            <PillRadios
              key={key}
              autoFocus={n === 0}
              label={t(`correct.field.${key}`)}
              value={taken.includes(key) ? 'there' : 'here'}
              options={[
                {
                  id: 'here',
                  label: t('person.dialog.stays', {
                    value: shownOf(key, here) || t('correct.none'),
                  }),
                },
                { id: 'there', label: t('person.dialog.takes', { value: shownOf(key, there) }) },
              ]}
              onChange={(value) =>
                setTaken((old) =>
                  value === 'there' ? [...old, key] : old.filter((one) => one !== key),
                )
              }
            />
          ))}
        </fieldset>
      ) : null}
      <Field
        label={t('person.dialog.reason')}
        value={reason}
        onChange={setReason}
        autoFocus={differ.length === 0}
      />
    </FormDialog>
  );
}

function CardOf(props: { title: string; person: Party; differ: Key[] }) {
  const { title, person, differ } = props;
  const told = PERSON_WORDS.filter((key) => (person[key] ?? '') !== '');
  return (
    <section className="person-one" aria-label={title}>
      <h3>{title}</h3>
      <dl className="leaves">
        {told.map((key) => (
          <div key={key} className={differ.includes(key) ? 'differs' : ''}>
            <dt>{t(`correct.field.${key}`)}</dt>
            <dd>{shownOf(key, person)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function shownOf(key: Key, person: Party): string {
  const value = person[key] ?? '';
  return key === 'phone' ? phoneShown(value) : value;
}
