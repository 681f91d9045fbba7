// What is written down of a person, field by field: the same when one is added and when one is corrected.
import type { Party } from '../../backend';
import { t } from '../../i18n';
import { Field, Pill } from '../../kit';

export const PERSON_WORDS = [
  'surname',
  'given',
  'patronymic',
  'organisation',
  'iin',
  'phone',
  'call_note',
] as const;

export function PersonFields(props: {
  party: Party;
  edit: (patch: Partial<Party>) => void;
  autoFocus?: boolean;
}) {
  const { party, edit } = props;
  return (
    <>
      <div className="field-grid">
        {PERSON_WORDS.map((key) => (
          <Field
            key={key}
            label={t(`correct.field.${key}`)}
            value={party[key] ?? ''}
            autoFocus={props.autoFocus === true && key === 'surname'}
            onChange={(value) => edit({ [key]: value })}
          />
        ))}
      </div>
      <div className="pills">
        <Pill
          selected={party.do_not_call ?? false}
          onChange={(do_not_call) => edit({ do_not_call })}
        >
          {t('correct.field.do_not_call')}
        </Pill>
      </div>
    </>
  );
}
