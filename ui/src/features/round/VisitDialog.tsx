// At the door: what came of the visit, in a few keys.
import { useState } from 'react';
import type { RoundPlace, VisitResult } from '../../backend';
import { useAction } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { Note, PillRadios, TextArea } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import { FormDialog } from '../case/FormDialog';
import { FilesCard } from '../files';
import { settled } from '../files/sending';
import { DayField } from '../intake/DayField';
import { RESULTS } from './words';

const NO_CASE = '-';

export function VisitDialog(props: { place: RoundPlace; onClose: () => void }) {
  const { place, onClose } = props;
  const visit = useAction('round_visit');
  const [result, setResult] = useKept<VisitResult>('visit.result');
  const [note, setNote] = useKept('visit.note', '');
  const [next, setNext] = useKept<string | null>('visit.next', null);
  const [about, setAbout] = useKept('visit.about', place.cases.length === 1 ? '' : NO_CASE);
  const danger = place.cases.filter((one) => one.caution.length > 0);
  const [waits, setWaits] = useState<unknown>();
  const files = { to: 'place', id: place.id } as const;
  const save = async () => {
    if (!result) return;
    setWaits(undefined);
    try {
      // A photograph on its way belongs to this visit.
      await settled(files);
    } catch (why) {
      setWaits(why);
      return;
    }
    visit.mutate(
      { id: place.id, result, note, next, case: about === NO_CASE || about === '' ? null : about },
      {
        onSuccess: ({ undo }) => {
          toastDone(t('round.saved', { address: place.address }), undo);
          onClose();
        },
      },
    );
  };
  return (
    <FormDialog
      title={place.address}
      save={t('round.save')}
      pending={visit.isPending}
      error={waits ?? visit.error}
      disabled={result === undefined || (result === 'again' && next === null) || about === ''}
      onClose={onClose}
      onSave={() => void save()}
    >
      {danger.map((one) => (
        <Note tone="late" key={one.id}>
          <p className="t">
            {one.number}:{' '}
            {one.caution
              .map((code) => tCode(`round.caution.${code}`, t('round.caution')))
              .join('; ')}
          </p>
          {one.call_note ? <p>{one.call_note}</p> : null}
        </Note>
      ))}
      <PillRadios
        label={t('round.result')}
        autoFocus
        value={result ?? null}
        onChange={(value) => setResult(value as VisitResult)}
        options={RESULTS.map((id) => ({ id, label: t(`round.result.${id}`) }))}
      />
      {place.cases.length > 0 ? (
        <PillRadios
          label={t('round.about')}
          value={about || null}
          onChange={setAbout}
          options={[
            ...place.cases.map((one) => ({
              id: one.id,
              label: [one.number, one.title].filter(Boolean).join(' · '),
            })),
            { id: NO_CASE, label: t('round.about.none') },
          ]}
        />
      ) : null}
      <TextArea
        label={t('round.note')}
        aside={about && about !== NO_CASE ? t('round.note.case') : t('round.note.own')}
        rows={2}
        value={note}
        onChange={setNote}
      />
      <FilesCard to={files} open inDialog />
      <DayField
        name="visit.day"
        label={t('round.next')}
        aside={result === 'again' ? t('round.next.needed') : t('round.next.maybe')}
        value={next}
        onChange={setNext}
      />
    </FormDialog>
  );
}
