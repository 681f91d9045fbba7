// Where the focus goes when an answer comes late.

/**
 * Gives `target` the focus if the officer has not gone elsewhere meanwhile: the focus is still within `home`, or nowhere
 * (what had it is gone or disabled).
 */
export function focusWithin(home: Element | null | undefined, target: HTMLElement | null): void {
  const now = document.activeElement;
  if (now === null || now === document.body || home?.contains(now)) target?.focus();
}
