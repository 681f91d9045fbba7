// Why a private body may have the name and the phone: consent, or a ground and a reason without it.
import type { Basis } from '../../backend';
import { t } from '../../i18n';
import { Field, PillRadios, TextArea } from '../../kit';

export function basisHolds(basis: Basis | null): boolean {
  if (basis === null) return false;
  if (basis.kind === 'consent') return true;
  return basis.ground.trim() !== '' && basis.reason.trim() !== '';
}

export function BasisFields(props: { basis: Basis | null; onChange: (basis: Basis) => void }) {
  const { basis, onChange } = props;
  return (
    <>
      <PillRadios
        label={t('refer.basis')}
        value={basis?.kind ?? null}
        onChange={(kind) =>
          onChange(kind === 'consent' ? { kind } : { kind: 'override', ground: '', reason: '' })
        }
        options={[
          { id: 'consent', label: t('refer.basis.consent') },
          { id: 'override', label: t('refer.basis.override') },
        ]}
      />
      {basis?.kind === 'override' ? (
        <>
          <Field
            label={t('refer.basis.ground')}
            value={basis.ground}
            onChange={(ground) => onChange({ ...basis, ground })}
          />
          <TextArea
            label={t('refer.basis.reason')}
            rows={2}
            value={basis.reason}
            onChange={(reason) => onChange({ ...basis, reason })}
          />
        </>
      ) : null}
    </>
  );
}
