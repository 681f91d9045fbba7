// The keys that take typed letters back ask the engine, and only where letters are typed.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { undoTyped } from '../src/kit/typing';

const ask = vi.fn((_: string) => true);

beforeEach(() => {
  ask.mockClear();
  // jsdom has no editing commands.
  document.execCommand = ask as typeof document.execCommand;
  document.body.innerHTML = '<textarea></textarea><input type="checkbox"><button></button>';
  window.addEventListener('keydown', undoTyped);
});
afterEach(() => window.removeEventListener('keydown', undoTyped));

function press(on: string, code: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', {
    code,
    ctrlKey: true,
    bubbles: true,
    cancelable: true,
    ...more,
  });
  document.querySelector(on)?.dispatchEvent(event);
  return event;
}

it('undoes and does again what was typed, on any layout', () => {
  expect(press('textarea', 'KeyZ', { key: 'я' }).defaultPrevented).toBe(true);
  press('textarea', 'KeyZ', { shiftKey: true });
  press('textarea', 'KeyY');
  expect(ask.mock.calls.map(([what]) => what)).toEqual(['undo', 'redo', 'redo']);
});

it('leaves other keys, other places and an empty history alone', () => {
  press('textarea', 'KeyZ', { ctrlKey: false });
  press('textarea', 'KeyZ', { altKey: true });
  press('textarea', 'KeyX');
  press('input', 'KeyZ');
  press('button', 'KeyZ');
  expect(ask).not.toHaveBeenCalled();
  ask.mockReturnValueOnce(false);
  expect(press('textarea', 'KeyZ').defaultPrevented).toBe(false);
});
