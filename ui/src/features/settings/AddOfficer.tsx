// A new officer of this desk: name, post, role, restricted circles, first password.
import { type FormEvent, useState } from 'react';
import type { AppState, Role } from '../../backend';
import { t } from '../../i18n';
import { Button } from '../../kit/Button';
import { ErrorNote } from '../../kit/Note';
import { PillChecks, PillRadios } from '../../kit/Pill';
import { toast } from '../../kit/Toast';
import { useKept } from '../../shell/kept';
import { useStateAction } from '../../shell/state';
import { CIRCLES } from '../circles';
import { NOBODY, OfficerFields, type OfficerForm, officerProblems } from '../session/OfficerFields';

/** Roles a desk may give; `region` is the region's own. */
const ROLES = [
  'officer',
  'consultant',
  'duty',
  'inspector',
  'controller',
  'head',
] as const satisfies readonly Role[];

export function AddOfficer(props: { state: AppState; onClose: () => void }) {
  const [form, setForm] = useKept<OfficerForm>('officer.form', NOBODY, (now) => ({
    ...now,
    password: '',
  }));
  const [role, setRole] = useKept<Role>('officer.role', 'officer');
  const [circles, setCircles] = useKept<string[]>('officer.circles', []);
  const [tried, setTried] = useState(false);
  const add = useStateAction('officer_add');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (add.isPending || Object.keys(officerProblems(form)).length > 0) return;
    add.mutate(
      { ...form, role, circles },
      {
        onSuccess: () => {
          toast(
            t('settings.officers.added', { name: [form.surname, form.given].join(' ').trim() }),
          );
          props.onClose();
        },
      },
    );
  };
  return (
    <form className="stack add-officer" onSubmit={submit}>
      <OfficerFields
        form={form}
        onChange={setForm}
        problems={tried ? officerProblems(form) : {}}
        passwordLabel={t('settings.officers.password')}
        autoFocus
      />
      <PillRadios
        label={t('settings.officers.role')}
        options={ROLES.map((id) => ({ id, label: t(`role.${id}`) }))}
        value={role}
        onChange={(id) => setRole(id as Role)}
      />
      <PillChecks
        label={t('settings.officers.circles')}
        aside={t('settings.officers.circles.aside')}
        options={CIRCLES.map((id) => ({ id, label: t(`circle.${id}`) }))}
        value={circles}
        onChange={setCircles}
      />
      <ErrorNote error={add.error} />
      <div className="acts">
        <Button primary type="submit" pending={add.isPending}>
          {t('settings.officers.add')}
        </Button>
        <Button onPress={props.onClose}>{t('kit.cancel')}</Button>
      </div>
    </form>
  );
}
