// The words of a screen are read once, however often it is drawn.
import { expect, it, vi } from 'vitest';

const texts: string[] = [];

vi.mock('@lingui/message-utils/compileMessage', async (original) => {
  const library = await original<typeof import('@lingui/message-utils/compileMessage')>();
  const compileMessage = (text: string) => {
    texts.push(text);
    return library.compileMessage(text);
  };
  return { ...library, compileMessage };
});

it('a text is read once a language, and says each time what it is given', async () => {
  const { speak, t } = await import('../src/i18n');
  await speak('ru');
  const one = () => t('app.nav.overdue', { n: 1 });
  const [first, many] = [one(), t('app.nav.overdue', { n: 5 })];
  expect(first).not.toBe(many);
  expect(one()).toBe(first);
  expect(texts).toHaveLength(1);
  await speak('kk');
  expect(t('app.nav.overdue', { n: 1 })).not.toBe(first);
  expect(t('app.nav.overdue', { n: 5 })).not.toBe(many);
  expect(texts).toHaveLength(2);
  await speak('ru');
  expect([one(), t('app.nav.overdue', { n: 5 })]).toEqual([first, many]);
});
