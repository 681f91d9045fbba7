// A post is written once for papers in two languages; a screen shows one half of it.
import { afterAll, expect, it } from 'vitest';
import { speak } from '../src/i18n';
import { ownPost } from '../src/i18n/post';

afterAll(() => speak('ru'));

it('a post has one half for each language, or is the same in all', async () => {
  await speak('kk');
  expect(ownPost('Бөлімше бастығы / начальник отделения')).toBe('Бөлімше бастығы');
  await speak('ru');
  expect(ownPost('Бөлімше бастығы / начальник отделения')).toBe('начальник отделения');
  expect(ownPost('инспектор')).toBe('инспектор');
  expect(ownPost('')).toBe('');
});
