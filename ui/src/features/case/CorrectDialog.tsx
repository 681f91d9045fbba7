// What was written down wrongly, made good: title, place, people. The old value stays in the history.
import type { CaseCorrect, CaseParty, CaseView, Party } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { Field, Note } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import { emptyParty } from '../intake/who';
import type { DialogProps } from './CaseDialogs';
import { FormDialog } from './FormDialog';
import { PersonFields } from './PersonFields';

interface Typed {
  title: string;
  address: string;
  ext_number: string;
  parties: CaseParty[];
}

function typedOf(view: CaseView): Typed {
  return {
    title: view.title,
    address: view.address?.text ?? '',
    ext_number: view.ext_number ?? '',
    // The core leaves empty fields of a person out.
    parties: view.parties.map(({ id, party }) => ({ id, party: { ...emptyParty(), ...party } })),
  };
}

/** Only what differs is sent, with what the officer saw: a change of somebody else is not run over. */
export function correctionOf(view: CaseView, was: Typed, now: Typed): CaseCorrect | undefined {
  const text = (key: 'title' | 'address' | 'ext_number') =>
    now[key].trim() === was[key].trim() ? null : now[key].trim();
  const parties = now.parties.filter(
    (one, i) => JSON.stringify(one.party) !== JSON.stringify(was.parties[i]?.party),
  );
  const wanted = {
    title: text('title'),
    address: text('address'),
    ext_number: text('ext_number'),
    parties,
  };
  const nothing =
    wanted.title === null &&
    wanted.address === null &&
    wanted.ext_number === null &&
    parties.length === 0;
  return nothing ? undefined : { case: view.id, ...wanted, seen: view.set_by };
}

/** Some body was told a name, a phone or the place: its copy does not change by itself. */
function somebodyWasTold(view: CaseView): boolean {
  return view.referrals.some(
    (r) =>
      r.sent_at !== null &&
      r.withdrawn === null &&
      (r.disclosed.name || r.disclosed.phone || r.disclosed.address),
  );
}

export function CorrectDialog(props: DialogProps) {
  const { view, onClose } = props;
  const correct = useAction('case_correct');
  // As the dialog was opened: news that come meanwhile must not look like the officer's own words.
  const [was] = useKept('correct.was', () => ({ view, typed: typedOf(view) }));
  const [now, setNow] = useKept('correct.now', was.typed);
  const wanted = correctionOf(was.view, was.typed, now);
  const isCase = was.view.number !== null;
  const edit = (id: string, patch: Partial<Party>) =>
    setNow((old) => ({
      ...old,
      parties: old.parties.map((one) =>
        one.id === id ? { ...one, party: { ...one.party, ...patch } } : one,
      ),
    }));
  return (
    <FormDialog
      wide
      title={t('correct.title')}
      save={t('correct.save')}
      pending={correct.isPending}
      error={correct.error}
      disabled={wanted === undefined || now.title.trim() === ''}
      onClose={onClose}
      onSave={() => {
        if (wanted === undefined) return;
        correct.mutate(wanted, {
          onSuccess: ({ undo }) => {
            toastDone(t('correct.saved'), undo);
            onClose();
          },
        });
      }}
    >
      <p className="m">{t('correct.text')}</p>
      {somebodyWasTold(view) ? <Note tone="warn">{t('correct.told')}</Note> : null}
      <Field
        label={t('correct.field.title')}
        value={now.title}
        autoFocus
        onChange={(title) => setNow((old) => ({ ...old, title }))}
        {...(now.title.trim() === '' ? { error: t('error.missing_title') } : {})}
      />
      {isCase ? (
        <div className="field-grid">
          <Field
            label={t('correct.field.address')}
            value={now.address}
            onChange={(address) => setNow((old) => ({ ...old, address }))}
          />
          <Field
            label={t('correct.field.ext_number')}
            value={now.ext_number}
            onChange={(ext_number) => setNow((old) => ({ ...old, ext_number }))}
          />
        </div>
      ) : null}
      {now.parties.map(({ id, party }) => (
        <fieldset key={id} className="correct-party">
          <legend className="field-label">{t(`case.party.${party.role}`)}</legend>
          <PersonFields party={party} edit={(patch) => edit(id, patch)} />
        </fieldset>
      ))}
    </FormDialog>
  );
}
