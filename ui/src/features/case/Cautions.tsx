// What has to be read before anybody dials or writes: why a contact may do harm, since when, and how it was learnt.
import type { CaseView, CautionView } from '../../backend';
import { t, tCode } from '../../i18n';
import { day, dayOf } from '../../i18n/dates';
import { Note } from '../../kit';
import { caseName, useLinkedCautions } from './person';

export function Cautions(props: { view: CaseView }) {
  const { view } = props;
  const notes = [
    ...new Set(view.parties.map((p) => p.party.call_note?.trim() ?? '').filter(Boolean)),
  ];
  const linked = useLinkedCautions(view);
  const grave = view.cautions.length + linked.length > 0;
  if (!grave && notes.length === 0) return null;
  return (
    <Note tone={grave ? 'late' : 'warn'}>
      {grave ? <p className="t">{t('case.caution.title')}</p> : null}
      {view.cautions.map((caution) => (
        <p key={caution.kind}>{cautionText(caution)}</p>
      ))}
      {linked.map(({ kind, of }) => (
        <p key={of.case + of.party + kind}>
          {t('person.caution', { case: caseName(of), what: t(`intake.caution.${kind}`) })}
        </p>
      ))}
      {notes.map((note) => (
        <p key={note}>{t('case.party.call_note', { note })}</p>
      ))}
    </Note>
  );
}

function cautionText(caution: CautionView): string {
  const today = dayOf(new Date());
  const when = (at: string) => day(dayOf(at), today);
  const learnt = [caution.at ? when(caution.at) : '', caution.who].filter(Boolean).join(', ');
  const how = caution.how ? t(`case.contact.${caution.how}`) : '';
  return [
    t(`case.caution.${caution.kind}`, { how }),
    learnt ? ` (${learnt})` : '',
    caution.text ? `: ${caution.text}` : '',
    caution.spoken_at && caution.spoken_how
      ? `. ${t('case.caution.spoken', {
          date: when(caution.spoken_at),
          how: t(`case.contact.${caution.spoken_how}`),
        })}`
      : '',
  ].join('');
}

/** In which language to begin: nobody is called in one he does not speak. */
export function InLanguage(props: { view: CaseView }) {
  const { language, circumstances } = props.view;
  if (!language && !circumstances.includes('language')) return null;
  return (
    <p className="m">
      {[
        language ? t('case.language.speak', { language: languageName(language) }) : '',
        circumstances.includes('language') ? t('intake.circumstance.language') : '',
      ]
        .filter(Boolean)
        .join(' · ')}
    </p>
  );
}

export function languageName(code: string): string {
  return tCode(`intake.language.${code}`, code);
}

/** The way to begin with: never the one that did harm or was asked not to be used. */
export function safeWay(view: CaseView): 'call' | 'in_person' {
  const person = view.parties.find((p) => p.party.role === 'applicant')?.party;
  const barred = view.cautions.some((c) => c.kind !== 'afraid');
  return barred || !person?.phone ? 'in_person' : 'call';
}
