// Keys of the intake, bound to the place on the keyboard, so that they work in every layout.

import { useEffect, useRef } from 'react';
import { isTyping } from '../../kit/typing';

export interface IntakeKeys {
  finish(): void;
  aside(): void;
  take(): void;
  who(): void;
  where(): void;
  text(): void;
  /** One more issue of the same visit. */
  issue(): void;
  /** The first referral's "what leaves". */
  leaves(): void;
  /** Takes the circumstances that the text speaks of. */
  signs(): void;
  /** 1…5 when no text field has the focus; Ctrl+1…5 everywhere. */
  digit(digit: number): void;
}

/** A list or a window is open over the page: Esc and Enter belong to it. A toast is neither. */
export function somethingIsOpen(): boolean {
  return (
    document.querySelector(
      '[role="listbox"], [role="dialog"], [role="alertdialog"]:not(.toast)',
    ) !== null
  );
}

export function useIntakeKeys(keys: IntakeKeys): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      if (event.isComposing || event.repeat || somethingIsOpen()) return;
      const act = actOf(event, now.current);
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    }
    // While the key goes down the tree: a list that closes itself by Esc must not put the draft aside.
    window.addEventListener('keydown', press, true);
    return () => window.removeEventListener('keydown', press, true);
  }, []);
}

/** What a key does here; nothing when it is not ours. */
export function actOf(
  event: Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey' | 'target'>,
  keys: IntakeKeys,
): (() => void) | undefined {
  const { code, ctrlKey, altKey, shiftKey, metaKey } = event;
  if (shiftKey || metaKey) return undefined;
  const enter = code === 'Enter' || code === 'NumpadEnter';
  const digit = /^(?:Digit|Numpad)([1-6])$/.exec(code)?.[1];
  if (ctrlKey && !altKey) {
    if (enter) return keys.finish;
    return digit ? () => keys.digit(Number(digit)) : undefined;
  }
  if (altKey && !ctrlKey) {
    if (enter) return keys.take;
    if (code === 'KeyW') return keys.who;
    if (code === 'KeyA') return keys.where;
    if (code === 'KeyI') return keys.issue;
    if (code === 'KeyL') return keys.leaves;
    if (code === 'KeyS') return keys.signs;
    return code === 'KeyT' ? keys.text : undefined;
  }
  if (ctrlKey || altKey) return undefined;
  if (code === 'Escape') return keys.aside;
  return digit && !isTyping(event.target) ? () => keys.digit(Number(digit)) : undefined;
}
