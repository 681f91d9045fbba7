// Fields in which letters are typed, and the keys that take typed letters back.

/** True where typed letters go into a text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLTextAreaElement || target.isContentEditable) return true;
  return (
    target instanceof HTMLInputElement &&
    !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
  );
}

/**
 * Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y) in a field. WebKitGTK knows how to undo what was typed or pasted and has no key for it;
 * where there is one, this does the same.
 */
export function undoTyped(event: KeyboardEvent): void {
  const { code } = event;
  if (!event.ctrlKey || event.altKey || event.metaKey || !isTyping(event.target)) return;
  if (code !== 'KeyZ' && (code !== 'KeyY' || event.shiftKey)) return;
  const again = code === 'KeyY' || event.shiftKey;
  if (document.execCommand(again ? 'redo' : 'undo')) event.preventDefault();
}

/**
 * Puts words where the cursor is, as a step of its own: Ctrl+Z takes them back and leaves what was typed before. False where the engine
 * has no editing commands.
 */
export function insertTyped(text: string): boolean {
  if (typeof document.execCommand !== 'function') return false;
  const box = document.activeElement;
  // WebKit joins what is inserted so with the letters typed before it, until the cursor was set.
  if (box instanceof HTMLTextAreaElement || box instanceof HTMLInputElement) {
    const [from, to] = [box.selectionStart, box.selectionEnd];
    if (from !== null && to !== null) {
      if (from > 0) box.setSelectionRange(from - 1, from - 1);
      box.setSelectionRange(from, to);
    }
  }
  return document.execCommand('insertText', false, text);
}
