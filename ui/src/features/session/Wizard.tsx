// First run: the language, the first officer, and, if the region gave a code, joining it.
import { type FormEvent, useState } from 'react';
import { type AppState, call, type Lang, type Refusal } from '../../backend';
import { LANGUAGES, language, speak, t } from '../../i18n';
import { Button } from '../../kit/Button';
import { ErrorNote } from '../../kit/Note';
import { PillRadios } from '../../kit/Pill';
import { Mark } from '../../shell/Mark';
import { enterPractice } from '../../shell/practice';
import { page } from '../../shell/reload';
import { takeState } from '../../shell/state';
import { EnrollForm } from './EnrollForm';
import { NOBODY, OfficerFields, type OfficerForm, officerProblems } from './OfficerFields';

export function Wizard(props: { state: AppState }) {
  const [lang, setLang] = useState<Lang>(language());
  const [form, setForm] = useState<OfficerForm>(NOBODY);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Refusal>();
  /** The state after the profile is made, kept until the second step is done or put off. */
  const [made, setMade] = useState<AppState>();

  const choose = (next: Lang) => {
    void speak(next).then(() => setLang(next));
  };
  const create = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (busy || Object.keys(officerProblems(form)).length > 0) return;
    setBusy(true);
    setError(undefined);
    call('profile_create', { officer: { ...form, role: null, circles: [] }, language: lang })
      .then(setMade, setError)
      .finally(() => setBusy(false));
  };
  const finish = (state: AppState) => {
    takeState(state);
    // The hidden labels were taken in the language the window began with.
    page.reload();
  };

  return (
    <div className="gate">
      <main className="gate-card card stack" id="main">
        <div className="gate-top">
          <span className="mark">
            <Mark /> {t('app.name')}
          </span>
          <span className="s">{t('wizard.step', { n: made ? 2 : 1, all: 2 })}</span>
        </div>
        {made ? (
          <>
            <h1>{t('wizard.enroll')}</h1>
            <p className="m prose">{t('wizard.enroll.sub')}</p>
            <EnrollForm onDone={finish} autoFocus>
              <Button onPress={() => finish(made)}>{t('wizard.later')}</Button>
            </EnrollForm>
          </>
        ) : (
          <form className="stack" onSubmit={create}>
            <h1>{t('wizard.title')}</h1>
            <PillRadios
              label={t('wizard.language')}
              options={LANGUAGES.map((id) => ({ id, label: t(`app.language.${id}`) }))}
              value={lang}
              onChange={(id) => choose(id as Lang)}
            />
            <div>
              <h2 className="t">{t('wizard.officer')}</h2>
              <p className="m">{t('wizard.officer.sub')}</p>
            </div>
            <OfficerFields
              form={form}
              onChange={setForm}
              problems={tried ? officerProblems(form) : {}}
              passwordLabel={t('session.password')}
              autoFocus
            />
            <ErrorNote error={error} />
            <div className="acts">
              <Button primary type="submit" pending={busy}>
                {busy ? t('wizard.creating') : t('wizard.create')}
              </Button>
              <span className="s">{t('settings.version', { version: props.state.version })}</span>
            </div>
            <div className="gate-foot">
              <Button quiet small onPress={() => void enterPractice()}>
                {t('training.try')}
              </Button>
            </div>
          </form>
        )}
      </main>
    </div>
  );
}
