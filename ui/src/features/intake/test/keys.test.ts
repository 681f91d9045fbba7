// Keys of the intake: by their place on the keyboard, never stealing what is typed.
import { describe, expect, it, vi } from 'vitest';
import { actOf, type IntakeKeys, somethingIsOpen } from '../keys';

function keys(): IntakeKeys {
  return {
    finish: vi.fn(),
    aside: vi.fn(),
    take: vi.fn(),
    who: vi.fn(),
    where: vi.fn(),
    text: vi.fn(),
    issue: vi.fn(),
    leaves: vi.fn(),
    signs: vi.fn(),
    digit: vi.fn(),
  };
}
const press = (code: string, more: object = {}) => ({
  code,
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  metaKey: false,
  target: document.body,
  ...more,
});

describe('intake keys', () => {
  it('finish, put aside, take, and find the fields', () => {
    const k = keys();
    expect(actOf(press('Enter', { ctrlKey: true }), k)).toBe(k.finish);
    expect(actOf(press('NumpadEnter', { ctrlKey: true }), k)).toBe(k.finish);
    expect(actOf(press('Escape'), k)).toBe(k.aside);
    expect(actOf(press('Enter', { altKey: true }), k)).toBe(k.take);
    expect(actOf(press('KeyW', { altKey: true }), k)).toBe(k.who);
    expect(actOf(press('KeyA', { altKey: true }), k)).toBe(k.where);
    expect(actOf(press('KeyT', { altKey: true }), k)).toBe(k.text);
    expect(actOf(press('KeyI', { altKey: true }), k)).toBe(k.issue);
    expect(actOf(press('KeyL', { altKey: true }), k)).toBe(k.leaves);
    expect(actOf(press('KeyS', { altKey: true }), k)).toBe(k.signs);
  });

  it('digits choose outcomes only outside a text', () => {
    const k = keys();
    actOf(press('Digit2'), k)?.();
    actOf(press('Numpad5'), k)?.();
    expect(k.digit).toHaveBeenNthCalledWith(1, 2);
    expect(k.digit).toHaveBeenNthCalledWith(2, 5);
    const area = document.createElement('textarea');
    expect(actOf(press('Digit2', { target: area }), k)).toBeUndefined();
    const line = document.createElement('input');
    expect(actOf(press('Digit2', { target: line }), k)).toBeUndefined();
    // With Ctrl they are chosen in the middle of a sentence.
    actOf(press('Digit3', { ctrlKey: true, target: area }), k)?.();
    expect(k.digit).toHaveBeenLastCalledWith(3);
    const box = document.createElement('input');
    box.type = 'checkbox';
    expect(actOf(press('Digit2', { target: box }), k)).toBeDefined();
  });

  it('leave Alt+digits to the screens and plain Enter to the fields', () => {
    const k = keys();
    expect(actOf(press('Digit1', { altKey: true }), k)).toBeUndefined();
    expect(actOf(press('Enter'), k)).toBeUndefined();
    expect(actOf(press('KeyW'), k)).toBeUndefined();
  });
});

describe('what lies over the page', () => {
  const lay = (html: string) => {
    document.body.innerHTML = html;
  };

  it('a window or a list has the keys, a toast has not', () => {
    lay('<p>ничего</p>');
    expect(somethingIsOpen()).toBe(false);
    lay('<div role="dialog"></div>');
    expect(somethingIsOpen()).toBe(true);
    lay('<div role="listbox"></div>');
    expect(somethingIsOpen()).toBe(true);
    lay('<div role="alertdialog" class="toast"></div>');
    expect(somethingIsOpen()).toBe(false);
    lay('');
  });
});
