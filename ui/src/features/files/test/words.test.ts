// How large a file is, as each language writes it.
import { expect, it } from 'vitest';
import { speak } from '../../../i18n';
import { sizeText } from '../words';

it('has the comma in Kazakh and Russian, whatever the browser knows of Kazakh', async () => {
  const said = [];
  for (const lang of ['kk', 'ru', 'en'] as const) {
    await speak(lang);
    said.push([sizeText(1_782_579), sizeText(2_048)]);
  }
  expect(said).toEqual([
    ['1,7 МБ', '2 КБ'],
    ['1,7 МБ', '2 КБ'],
    ['1.7 MB', '2 KB'],
  ]);
});
