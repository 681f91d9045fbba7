// Settings: language and look, the region, the officers of the desk.
import type { AppState, Lang, Theme } from '../../backend';
import { LANGUAGES, language, name, t } from '../../i18n';
import { ownPost } from '../../i18n/post';
import { roleName } from '../../i18n/role';
import { Button } from '../../kit/Button';
import { Card, Row } from '../../kit/basics';
import { PillRadios } from '../../kit/Pill';
import { toast } from '../../kit/Toast';
import { openKeys } from '../../shell/commands';
import { useKept } from '../../shell/kept';
import { changeLanguage, changeTheme } from '../../shell/language';
import { Screen } from '../../shell/Screen';
import { may } from '../../shell/state';
import { tell } from '../../shell/visit';
import { EnrollForm } from '../session';
import { AddOfficer } from './AddOfficer';
import { LooksCard } from './LooksCard';
import { Published } from './Published';
import { ScanFolderCard } from './ScanFolderCard';
import { StationCard } from './StationCard';
import { StickCard } from './StickCard';
import { Unvouched } from './Unvouched';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export function SettingsScreen(props: { state: AppState }) {
  const { state } = props;
  const [adding, setAdding] = useKept('settings.adding', false);
  const admin = may(state, 'administer');
  return (
    <Screen title={t('settings.title')}>
      <div className="stack settings">
        <Card title={t('settings.view')} padded>
          <div className="stack">
            <PillRadios
              label={t('app.language')}
              options={LANGUAGES.map((id) => ({ id, label: t(`app.language.${id}`) }))}
              value={language()}
              onChange={(id) => void changeLanguage(id as Lang).catch(tell)}
            />
            <PillRadios
              label={t('app.theme')}
              options={THEMES.map((id) => ({ id, label: t(`app.theme.${id}`) }))}
              value={state.theme}
              onChange={(id) => void changeTheme(id as Theme).catch(tell)}
            />
          </div>
        </Card>
        <Card title={t('settings.region')} padded>
          {state.enrolled ? (
            <p>
              {t('settings.region.joined')}
              {state.station ? (
                <>
                  . {t('settings.region.station')}:{' '}
                  <b>{name({ ...state.station, en: state.station.ru })}</b>
                </>
              ) : null}
            </p>
          ) : admin ? (
            <div className="stack">
              <p className="m prose">{t('wizard.enroll.sub')}</p>
              <EnrollForm onDone={() => toast(t('settings.region.done'))} />
            </div>
          ) : (
            <p className="m">
              {t('app.sync.alone')} {t('settings.region.admin')}
            </p>
          )}
        </Card>
        <Card
          title={t('settings.officers')}
          aside={
            admin && !adding ? (
              <Button quiet small onPress={() => setAdding(true)}>
                {t('settings.officers.add')}
              </Button>
            ) : null
          }
        >
          <ul className="rows">
            {state.officers.map((officer) => (
              <li key={officer.id}>
                <Row>
                  <span className="t">{officer.name}</span>
                  <span className="m">{roleName(officer.role)}</span>
                  <span className="m">{ownPost(officer.post)}</span>
                </Row>
              </li>
            ))}
          </ul>
          {adding ? <AddOfficer state={state} onClose={() => setAdding(false)} /> : null}
        </Card>
        {admin && state.enrolled && !state.practice ? <Unvouched /> : null}
        {admin && !state.practice ? <StationCard /> : null}
        {state.practice ? null : <ScanFolderCard />}
        {state.enrolled && !state.practice ? <StickCard /> : null}
        {state.practice ? null : <LooksCard />}
        <Published />
        <Card title={t('settings.about')} padded>
          <div className="stack">
            <p className="m">
              {t('app.name')}. {t('settings.version', { version: state.version })}.{' '}
              {t('settings.lock', { n: state.lock_after_minutes })}.
            </p>
            <div className="acts">
              <Button kbd="F1" onPress={openKeys}>
                {t('settings.keys')}
              </Button>
            </div>
          </div>
        </Card>
      </div>
    </Screen>
  );
}
