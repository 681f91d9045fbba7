// The quiet shapes: card, row, tag, key cap, empty state, waiting rows.
import type { ReactNode } from 'react';

/** What a colour says; a word always says it too. */
export type Tone = 'late' | 'warn' | 'ok' | 'acc' | 'calm';

export function Card(props: {
  children: ReactNode;
  title?: ReactNode;
  /** Beside the title: a count, a link. */
  aside?: ReactNode;
  padded?: boolean;
  className?: string;
  id?: string;
}) {
  const names = ['card', props.padded ? 'padded' : '', props.className ?? ''];
  return (
    <section className={names.filter(Boolean).join(' ')} id={props.id}>
      {props.title ? (
        <div className="card-head">
          <h2>{props.title}</h2>
          {props.aside ? <span className="aside">{props.aside}</span> : null}
        </div>
      ) : null}
      {props.children}
    </section>
  );
}

/** A row of a list: a link with `href`, a button with `onPress`, else plain. Two columns. */
export function Row(props: {
  children: ReactNode;
  href?: string;
  onPress?: () => void;
  selected?: boolean;
  label?: string;
  columns?: string;
  className?: string;
}) {
  const shared = {
    className: ['row', props.selected ? 'sel' : '', props.className ?? '']
      .filter(Boolean)
      .join(' '),
    ...(props.label ? { 'aria-label': props.label } : {}),
    ...(props.columns ? { style: { gridTemplateColumns: props.columns } } : {}),
  };
  if (props.href) {
    return (
      <a {...shared} href={props.href}>
        {props.children}
      </a>
    );
  }
  if (props.onPress) {
    return (
      <button {...shared} type="button" onClick={props.onPress}>
        {props.children}
      </button>
    );
  }
  return <div {...shared}>{props.children}</div>;
}

export function Tag(props: { children: ReactNode; tone?: Tone | undefined; title?: string }) {
  return (
    <span className={props.tone ? `tag ${props.tone}` : 'tag'} title={props.title}>
      {props.children}
    </span>
  );
}

/** A key or a chord as it stands on the keyboard: `Ctrl+K`. Hidden from screen readers, who get
 * `aria-keyshortcuts` of the control itself. */
export function Kbd(props: { keys: string }) {
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a kbd element takes no focus
  return <kbd aria-hidden="true">{props.keys.replaceAll('+', ' ')}</kbd>;
}

/** Says what will appear here and the key that makes the first one. */
export function EmptyState(props: { title?: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      {props.title ? <p className="t">{props.title}</p> : null}
      {props.children ? <div className="m">{props.children}</div> : null}
      {props.action}
    </div>
  );
}

/** Keeps the height of a list while it loads; nothing blinks. */
export function Skeleton(props: { rows: number; two?: boolean }) {
  return (
    <div className={props.two ? 'skeleton two' : 'skeleton'} aria-hidden="true">
      {Array.from({ length: props.rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <i key={index} />
      ))}
    </div>
  );
}
