// Name, post and password of an officer: the first one and every other.
import type { NewOfficer } from '../../backend';
import { t } from '../../i18n';
import { Field } from '../../kit/Field';
import { PasswordField } from './PasswordField';

export type OfficerForm = Pick<
  NewOfficer,
  'surname' | 'given' | 'patronymic' | 'post' | 'password'
>;

export const NOBODY: OfficerForm = {
  surname: '',
  given: '',
  patronymic: '',
  post: '',
  password: '',
};

/** Shortest password the core takes (it asks again); `error.password_short` says the number. */
export const PASSWORD_MIN = 8;

/** What must be mended before the core is asked, by field. */
export function officerProblems(form: OfficerForm): Partial<Record<keyof OfficerForm, string>> {
  const problems: Partial<Record<keyof OfficerForm, string>> = {};
  if (form.surname.trim() === '') problems.surname = t('error.surname_missing');
  if ([...form.password].length < PASSWORD_MIN) {
    problems.password = t('error.password_short');
  }
  return problems;
}

export function OfficerFields(props: {
  form: OfficerForm;
  onChange: (form: OfficerForm) => void;
  problems: Partial<Record<keyof OfficerForm, string>>;
  passwordLabel: string;
  autoFocus?: boolean;
}) {
  const { form, problems } = props;
  const set = (key: keyof OfficerForm) => (value: string) =>
    props.onChange({ ...form, [key]: value });
  return (
    <>
      <div className="two">
        <Field
          label={t('wizard.surname')}
          value={form.surname}
          onChange={set('surname')}
          error={problems.surname}
          autoFocus={props.autoFocus ?? false}
        />
        <Field label={t('wizard.given')} value={form.given} onChange={set('given')} />
        <Field
          label={t('wizard.patronymic')}
          aside={t('wizard.patronymic.aside')}
          value={form.patronymic}
          onChange={set('patronymic')}
        />
        <Field
          label={t('wizard.post')}
          aside={t('wizard.post.aside')}
          value={form.post}
          onChange={set('post')}
        />
      </div>
      <PasswordField
        label={props.passwordLabel}
        hint={t('wizard.password.hint')}
        value={form.password}
        onChange={set('password')}
        error={problems.password}
      />
    </>
  );
}
