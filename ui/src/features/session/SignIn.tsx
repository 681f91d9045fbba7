// The shift's officers as tiles, and a password. Enter on a tile, type, Enter: three moves.
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { AppState, Refusal } from '../../backend';
import { name, t } from '../../i18n';
import { ownPost } from '../../i18n/post';
import { roleName } from '../../i18n/role';
import { Button } from '../../kit/Button';
import { Kbd, Tag } from '../../kit/basics';
import { ErrorNote, Note, refusalText } from '../../kit/Note';
import { toast } from '../../kit/Toast';
import { bindKeys } from '../../shell/keys';
import { changeLanguage, nextLanguage } from '../../shell/language';
import { Mark } from '../../shell/Mark';
import { enterPractice } from '../../shell/practice';
import { useStateAction } from '../../shell/state';
import { OwedLine } from './OwedLine';
import { PasswordField } from './PasswordField';

const LAST = 'esik-last-officer';
/** Officers that have a key of their own: the digits. */
const KEYED = 9;

/** What is mended by the same button. */
const DAMAGED = ['corrupt', 'set_back'] as const;

/** Of a damaged database the one who signs in is told, with the way out of it. */
const isTold = (warning: Refusal) => !['database_damaged', 'set_back'].includes(warning.code);

export function SignIn(props: { state: AppState; idle: boolean }) {
  const { state } = props;
  const only = state.officers.length === 1 ? state.officers[0]?.id : undefined;
  const last = state.officers.find((officer) => officer.id === sessionStorage.getItem(LAST))?.id;
  const [chosen, setChosen] = useState<string | undefined>(only ?? last);
  const [password, setPassword] = useState('');
  const open = useStateAction('session_open');
  const mend = useStateAction('desk_mend');
  // Whoever is refused for that has shown that the password is right.
  const damaged = DAMAGED.find((code) => code === open.error?.code);
  const officer = state.officers.find((one) => one.id === chosen);
  const box = useRef<HTMLFormElement>(null);
  const tiles = useRef<HTMLDivElement>(null);
  const told = useRef<HTMLDivElement>(null);
  // Enlarged, the way out stands below the edge of the window.
  useEffect(() => {
    if (damaged) told.current?.scrollIntoView({ block: 'nearest' });
  }, [damaged]);

  // The hand begins on the tiles, or on the password when there is nobody to choose.
  useEffect(() => {
    if (!document.activeElement || document.activeElement === document.body) {
      tiles.current?.querySelector('button')?.focus();
    }
  }, []);

  const choose = (id: string) => {
    setChosen(id);
    setPassword('');
    open.reset();
    mend.reset();
    requestAnimationFrame(() => box.current?.querySelector('input')?.focus());
  };
  const byKey = useRef(choose);
  byKey.current = choose;
  const ids = state.officers.map((one) => one.id).join(' ');
  useEffect(
    () =>
      // The n-th officer of the shift, also out of the password of another one.
      bindKeys(
        Object.fromEntries(
          ids
            .split(' ')
            .slice(0, KEYED)
            .map((id, index) => [`Alt+Digit${index + 1}`, () => byKey.current(id)]),
        ),
      ),
    [ids],
  );
  useEffect(
    () =>
      bindKeys({
        F2: () => void changeLanguage(nextLanguage()).catch((error) => toast(refusalText(error))),
      }),
    [],
  );
  useEffect(() => {
    if (open.error) box.current?.querySelector('input')?.select();
  }, [open.error]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!officer || open.isPending || mend.isPending || password === '') return;
    mend.reset();
    const remember = () => sessionStorage.setItem(LAST, officer.id);
    // A refusal is shown by the form.
    void open.mutateAsync({ officer: officer.id, password }).then(remember, () => {});
  };

  const repair = () => {
    if (!officer || mend.isPending) return;
    mend.mutate(
      { officer: officer.id, password },
      {
        onSuccess: () => {
          sessionStorage.setItem(LAST, officer.id);
          toast(t('session.mend.done', { screen: t('sync.title') }));
        },
      },
    );
  };

  return (
    <div className="gate">
      <main className="gate-card card stack" id="main">
        <div className="gate-top">
          <span className="mark">
            <Mark /> {t('app.name')}
          </span>
          <Button
            quiet
            small
            label={`${t('app.language.next', { name: t(`app.language.${nextLanguage()}`) })} F2`}
            onPress={() =>
              void changeLanguage(nextLanguage()).catch((error) => toast(refusalText(error)))
            }
          >
            {t(`app.language.${nextLanguage()}`)} <Kbd keys="F2" />
          </Button>
        </div>
        <div>
          <h1>{t('session.sign_in')}</h1>
          <p className="m">
            {state.station
              ? name({ ...state.station, en: state.station.ru })
              : t('session.sign_in.sub')}
          </p>
        </div>
        {state.warnings.filter(isTold).map((warning) => (
          <ErrorNote key={warning.code} error={warning} />
        ))}
        {props.idle ? (
          <Note>{t('session.idle_locked', { n: state.lock_after_minutes })}</Note>
        ) : null}
        <OwedLine state={state} />
        <div className="tiles" ref={tiles}>
          {state.officers.map((one, index) => (
            <button
              type="button"
              className="tile"
              key={one.id}
              aria-pressed={one.id === chosen}
              onClick={() => choose(one.id)}
              {...(index < KEYED ? { 'aria-keyshortcuts': `Alt+${index + 1}` } : {})}
            >
              <span className="t tile-name">
                {one.name}
                {index < KEYED && state.officers.length > 1 ? (
                  <Kbd keys={`Alt+${index + 1}`} />
                ) : null}
              </span>
              <span className="m">{ownPost(one.post) || roleName(one.role)}</span>
              {one.drafts > 0 ? (
                <span>
                  <Tag tone="acc">{t('session.drafts', { n: one.drafts })}</Tag>
                </span>
              ) : null}
            </button>
          ))}
        </div>
        {officer ? (
          <form className="stack" onSubmit={submit} ref={box} key={officer.id}>
            <PasswordField
              label={t('session.password.of', { name: officer.name })}
              value={password}
              onChange={setPassword}
              autoFocus
            />
            {damaged ? (
              <div ref={told}>
                <Note tone="late" live>
                  <p className="t">{t(`error.${damaged}`)}</p>
                  <p>{t(damaged === 'set_back' ? 'session.set_back.what' : 'session.mend.what')}</p>
                  <div className="note-act">
                    <Button primary pending={mend.isPending} onPress={repair}>
                      {mend.isPending ? t('session.mend.acting') : t('session.mend.act')}
                    </Button>
                  </div>
                  {mend.isPending ? <p>{t('session.mend.wait')}</p> : null}
                </Note>
              </div>
            ) : (
              <ErrorNote error={open.error} safe={t('session.locked_safe')} />
            )}
            <ErrorNote
              error={mend.error}
              safe={t(damaged === 'set_back' ? 'session.set_back.safe' : 'session.mend.safe')}
            />
            {damaged ? null : (
              <div className="acts">
                <Button primary type="submit" pending={open.isPending} kbd="Enter">
                  {open.isPending ? t('session.entering') : t('session.enter')}
                </Button>
              </div>
            )}
          </form>
        ) : (
          <p className="m">{t('session.sign_in.sub')}</p>
        )}
        <div className="gate-foot">
          <Button quiet small onPress={() => void enterPractice()}>
            {t('training.enter')}
          </Button>
        </div>
      </main>
    </div>
  );
}
