// The rail: screens with their counts, the truth about sync, the officer and the lock.
import {
  Armchair,
  ArrowRightFromLine,
  BookOpen,
  DoorOpen,
  GraduationCap,
  Keyboard,
  Lock,
  MapPin,
  Moon,
  Settings,
  Sun,
  Timer,
} from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useLandmark } from 'react-aria/useLandmark';
import type { AppState } from '../backend';
import { useCommand } from '../backend/query';
import { amount, type MessageId, t } from '../i18n';
import { ownPost } from '../i18n/post';
import { Button } from '../kit/Button';
import { Kbd } from '../kit/basics';
import { openKeys } from './commands';
import { changeLanguage, changeTheme, isDark, nextLanguage } from './language';
import { Mark } from './Mark';
import { href, type Route } from './router';
import { SyncTruth } from './SyncTruth';
import { COUNTS, may } from './state';

export function Rail(props: {
  state: AppState;
  route: Route;
  onLock: () => void;
  tell: (error: unknown) => void;
}) {
  const { state, route } = props;
  const ref = useRef<HTMLElement>(null);
  const { landmarkProps } = useLandmark(
    { role: 'navigation', 'aria-label': t('app.region.rail') },
    ref,
  );
  const reception = useCommand('reception', {});
  const hall = useCommand('queue', {});
  const control = useCommand('control', COUNTS);
  const counts = control.data?.counts;
  const owe = reception.data?.we_owe_count ?? 0;
  const here =
    route.screen === 'case' ? 'control' : route.screen === 'intake' ? 'reception' : route.screen;
  const consultant = state.session?.role === 'consultant';
  const dark = isDark(state.theme);
  const safely = (work: Promise<void>) => void work.catch(props.tell);
  return (
    <nav className="rail" ref={ref} {...landmarkProps}>
      <div className="mark">
        <Mark />
        <span>{t('app.name')}</span>
      </div>
      <ul className="nav">
        <Item
          icon={<DoorOpen aria-hidden="true" />}
          id="app.nav.reception"
          href={href({ screen: 'reception' })}
          on={here === 'reception'}
          keys="Alt+1"
          count={owe}
          countHref={href({ screen: 'control', queue: 'waiting_us' })}
          countText={t('app.nav.we_owe', { n: owe })}
        />
        <Item
          icon={<Armchair aria-hidden="true" />}
          id="app.nav.hall"
          href={href({ screen: 'hall' })}
          on={here === 'hall'}
          keys="Alt+H"
          count={hall.data?.waiting ?? 0}
          countHref={href({ screen: 'hall' })}
          countText={t('hall.waiting', { n: hall.data?.waiting ?? 0 })}
        />
        <Item
          icon={<Timer aria-hidden="true" />}
          id="app.nav.control"
          href={href({ screen: 'control', queue: 'all' })}
          on={here === 'control'}
          keys="Alt+2"
          {...(counts && counts.overdue > 0
            ? {
                count: counts.overdue,
                late: true,
                countHref: href({ screen: 'control', queue: 'overdue' }),
                countText: t('app.nav.overdue', { n: counts.overdue }),
              }
            : {
                count: counts?.all ?? 0,
                countHref: href({ screen: 'control', queue: 'all' }),
                countText: t('app.nav.all', { n: counts?.all ?? 0 }),
              })}
        />
        {consultant ? null : (
          <Item
            icon={<MapPin aria-hidden="true" />}
            id="app.nav.round"
            href={href({ screen: 'round' })}
            on={here === 'round'}
            keys="Alt+3"
          />
        )}
        <Item
          icon={<BookOpen aria-hidden="true" />}
          id="app.nav.knowledge"
          href={href({ screen: 'knowledge' })}
          on={here === 'knowledge'}
          keys="Alt+5"
        />
        {consultant ? null : (
          <Item
            icon={<ArrowRightFromLine aria-hidden="true" />}
            id="app.nav.shift"
            href={href({ screen: 'shift' })}
            on={here === 'shift'}
            keys="Alt+6"
          />
        )}
        <Item
          icon={<GraduationCap aria-hidden="true" />}
          id="app.nav.training"
          href={href({ screen: 'training' })}
          on={here === 'training'}
          keys="Alt+9"
        />
        <Item
          icon={<Settings aria-hidden="true" />}
          id="app.nav.settings"
          href={href({ screen: 'settings' })}
          on={here === 'settings'}
          keys="Alt+8"
        />
      </ul>
      <div className="rail-foot">
        {state.practice ? (
          <p className="sync">{t('training.no_sync')}</p>
        ) : (
          <SyncTruth vouches={may(state, 'administer')} />
        )}
        <div className="tools">
          <Button
            quiet
            small
            label={`${t('app.language.next', { name: t(`app.language.${nextLanguage()}`) })} F2`}
            onPress={() => safely(changeLanguage(nextLanguage()))}
          >
            {t(`app.language.${nextLanguage()}`)} <Kbd keys="F2" />
          </Button>
          <Button
            quiet
            small
            icon
            label={dark ? t('app.theme.to_light') : t('app.theme.to_dark')}
            onPress={() => safely(changeTheme(dark ? 'light' : 'dark'))}
          >
            {dark ? <Sun aria-hidden="true" /> : <Moon aria-hidden="true" />}
          </Button>
          <Button quiet small icon label={t('app.keys')} onPress={openKeys}>
            <Keyboard aria-hidden="true" />
          </Button>
        </div>
        <div className="who">
          <div className="grow">
            <div className="t el">{state.session?.name}</div>
            <div>{ownPost(state.session?.post ?? '')}</div>
          </div>
          <Button quiet small icon label={`${t('app.lock')} (Ctrl+L)`} onPress={props.onLock}>
            <Lock aria-hidden="true" />
          </Button>
        </div>
      </div>
    </nav>
  );
}

function Item(props: {
  icon: ReactNode;
  id: MessageId;
  href: string;
  on: boolean;
  keys?: string;
  count?: number;
  countHref?: string;
  countText?: string;
  late?: boolean;
}) {
  return (
    <li className={props.on ? 'on' : ''}>
      <a
        className="nav-to"
        href={props.href}
        {...(props.on ? { 'aria-current': 'page' as const } : {})}
        {...(props.keys ? { 'aria-keyshortcuts': props.keys, title: props.keys } : {})}
      >
        {props.icon}
        <span>{t(props.id)}</span>
      </a>
      {props.count ? (
        <a
          className={props.late ? 'count late' : 'count'}
          href={props.countHref}
          aria-label={props.countText}
          title={props.countText}
        >
          {amount(props.count)}
        </a>
      ) : null}
    </li>
  );
}
