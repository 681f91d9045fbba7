// Buttons. One primary a screen; it shows the key that does the same.
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { Kbd } from './basics';

interface Look {
  children: ReactNode;
  primary?: boolean;
  quiet?: boolean;
  danger?: boolean;
  small?: boolean;
  /** Only an icon inside: `label` says what it does. */
  icon?: boolean;
  /** The key that does the same, as shown: `Ctrl+Enter`. */
  kbd?: string;
  className?: string;
}

function look(props: Look): string {
  const names = ['btn'];
  if (props.primary) names.push('pri');
  if (props.quiet) names.push('quiet');
  if (props.danger) names.push('danger');
  if (props.small) names.push('small');
  if (props.icon) names.push('icon');
  if (props.className) names.push(props.className);
  return names.join(' ');
}

export function Button(
  props: Look & {
    onPress?: () => void;
    type?: 'button' | 'submit';
    disabled?: boolean;
    /** The work is under way: keeps the focus, takes no second press. */
    pending?: boolean;
    label?: string;
    describedBy?: string;
    autoFocus?: boolean;
    slot?: string;
  },
) {
  return (
    <AriaButton
      className={look(props)}
      type={props.type ?? 'button'}
      isDisabled={props.disabled ?? false}
      isPending={props.pending ?? false}
      {...(props.onPress ? { onPress: props.onPress } : {})}
      {...(props.label ? { 'aria-label': props.label } : {})}
      {...(props.describedBy ? { 'aria-describedby': props.describedBy } : {})}
      {...(props.autoFocus ? { autoFocus: true } : {})}
      {...(props.slot ? { slot: props.slot } : {})}
      {...(props.kbd ? { 'aria-keyshortcuts': ariaKeys(props.kbd) } : {})}
    >
      {props.children}
      {props.kbd ? <Kbd keys={props.kbd} /> : null}
    </AriaButton>
  );
}

/** A way to another screen that looks like a button. */
export function LinkButton(props: Look & { href: string }) {
  return (
    <a className={look(props)} href={props.href}>
      {props.children}
      {props.kbd ? <Kbd keys={props.kbd} /> : null}
    </a>
  );
}

/** `Ctrl+Enter` as `aria-keyshortcuts` wants it. */
function ariaKeys(keys: string): string {
  return keys.replace('Ctrl', 'Control').replace('Esc', 'Escape');
}
