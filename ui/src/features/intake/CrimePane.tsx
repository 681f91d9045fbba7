// A sign of crime: the content goes to КУИ, here stay its number and one social sentence.
import { useRef } from 'react';
import type { CrimeForm } from '../../backend';
import { t } from '../../i18n';
import { Field, Note, Pill } from '../../kit';
import { useHoldBack } from '../../kit/unread';
import { useKept } from '../../shell/kept';
import { readTime, typedTime } from './day';
import { CRISIS_CENTRE, toggleCrisisCentre } from './form';
import type { PaneProps } from './OutcomeCard';

export function CrimePane(props: PaneProps) {
  const { form, change } = props;
  const crime = form.crime;
  const [clock, setClock] = useKept('intake.crime.clock', () => typedTime(crime?.kui_at ?? null));
  const at = useRef<HTMLInputElement>(null);
  const badTime = clock.trim() !== '' && readTime(clock, new Date()) === null;
  useHoldBack(badTime && crime !== null, () => at.current?.focus());
  if (!crime) return null;
  const edit = (patch: Partial<CrimeForm>) =>
    change((f) => (f.crime ? { ...f, crime: { ...f.crime, ...patch } } : f));
  return (
    <div className="pane crime">
      <Note tone="late">
        <p className="t">{t('intake.crime.banner')}</p>
      </Note>
      <figure>
        <figcaption className="field-label">
          {t('intake.crime.carry')} <em>{t('intake.crime.carry_hint')}</em>
        </figcaption>
        <blockquote className="carry">
          {form.text.trim() || t('intake.crime.carry_empty')}
        </blockquote>
      </figure>
      <div className="crime-grid">
        <Field
          id="kui"
          label={t('intake.crime.number')}
          value={crime.kui_number}
          onChange={(kui_number) => edit({ kui_number })}
          {...(props.missing.has('kui') ? { error: t('intake.missing.kui') } : {})}
        />
        <Field
          label={t('intake.crime.received_by')}
          value={crime.received_by}
          onChange={(received_by) => edit({ received_by })}
        />
        <Field
          label={t('intake.crime.at')}
          value={clock}
          inputRef={at}
          onChange={(typed) => {
            setClock(typed);
            edit({ kui_at: readTime(typed, new Date()) });
          }}
          {...(badTime ? { error: t('intake.crime.at_bad') } : {})}
        />
      </div>
      <Field
        label={t('intake.crime.social')}
        placeholder={t('intake.crime.social_hint')}
        value={crime.social_sentence}
        onChange={(social_sentence) => edit({ social_sentence })}
      />
      <div className="pills">
        <Pill
          selected={form.referrals.some((r) => r.agency === CRISIS_CENTRE)}
          onChange={() => change((f) => toggleCrisisCentre(f, t('intake.refer.crisis_text')))}
        >
          {t('intake.crime.crisis')}
        </Pill>
      </div>
    </div>
  );
}
