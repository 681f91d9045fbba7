// A part that is shut until somebody wants it; open, it stays open over a change of language.
import type { ReactNode } from 'react';
import { useKept } from '../shell/kept';

export function Fold(props: {
  /** Its name on this screen, the same in every language. */
  name: string;
  summary: ReactNode;
  className?: string;
  /** A function is asked only while it is open. */
  children: ReactNode | (() => ReactNode);
}) {
  const { children } = props;
  const [open, setOpen] = useKept(`fold.${props.name}`, false);
  return (
    <details
      className={props.className}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{props.summary}</summary>
      {typeof children !== 'function' ? children : open ? children() : null}
    </details>
  );
}
