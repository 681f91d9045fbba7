// The frame of one screen: head (where, what, search, the one primary action), body, foot.
import { Search } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useLandmark } from 'react-aria/useLandmark';
import { t } from '../i18n';
import { Kbd } from '../kit/basics';
import { openSearch } from './commands';

export function Screen(props: {
  title: ReactNode;
  sub?: ReactNode;
  /** The one primary action of the screen. */
  action?: ReactNode;
  children: ReactNode;
  /** Under the body, always in sight: what will happen, and the keys. */
  foot?: ReactNode;
  /** The body fills the height and scrolls inside (long lists). */
  fill?: boolean;
}) {
  const head = useRef<HTMLElement>(null);
  const main = useRef<HTMLElement>(null);
  const banner = useLandmark({ role: 'banner', 'aria-label': t('app.region.head') }, head);
  const content = useLandmark({ role: 'main', 'aria-label': t('app.region.main') }, main);
  return (
    <>
      <header className="bar" ref={head} {...banner.landmarkProps}>
        <div className="bar-where">
          <h1>{props.title}</h1>
          {props.sub ? <span className="sub">{props.sub}</span> : null}
        </div>
        <button
          type="button"
          className="search"
          onClick={openSearch}
          aria-keyshortcuts="Control+K"
          aria-haspopup="dialog"
        >
          <Search aria-hidden="true" />
          <span className="el">{t('app.search')}</span>
          <Kbd keys="Ctrl+K" />
        </button>
        {props.action}
      </header>
      <main
        id="main"
        ref={main}
        className={props.fill ? 'body fill' : 'body'}
        {...content.landmarkProps}
        tabIndex={-1}
      >
        {props.children}
      </main>
      {props.foot ? <footer className="screen-foot">{props.foot}</footer> : null}
    </>
  );
}
