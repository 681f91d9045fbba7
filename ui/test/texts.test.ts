// The catalogues are complete, written in their own language, and know every refusal of the core.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CompiledMessage, compileMessage } from '@lingui/message-utils/compileMessage';
import { beforeAll, describe, expect, it } from 'vitest';
import { i18n, speak } from '../src/i18n';

const LANGS = ['kk', 'ru', 'en'] as const;
type Catalogue = Record<string, string>;

const root = join(import.meta.dirname, '../src/i18n');
const features = readdirSync(join(root, 'en')).filter((file) => file.endsWith('.json'));

function read(lang: string, file: string): Catalogue {
  return JSON.parse(readFileSync(join(root, lang, file), 'utf8')) as Catalogue;
}

const all = Object.fromEntries(
  LANGS.map((lang) => [
    lang,
    Object.assign({}, ...features.map((file) => read(lang, file))) as Catalogue,
  ]),
) as Record<(typeof LANGS)[number], Catalogue>;

/** What a person reads of a message: no names of values, no tags. */
function words(message: string): string {
  const collect = (part: CompiledMessage | unknown): string => {
    if (typeof part === 'string') return part;
    if (!Array.isArray(part)) return '';
    return part
      .map((token) => {
        if (typeof token === 'string') return token;
        const options = Array.isArray(token) ? token[2] : undefined;
        if (typeof options !== 'object' || options === null) return '';
        return Object.entries(options as Record<string, unknown>)
          .filter(([key]) => key !== 'offset')
          .map(([, form]) => ` ${collect(form)} `)
          .join('');
      })
      .join('');
  };
  return collect(compileMessage(message)).replace(/<\/?\w+\/?>/g, '');
}

/** Latin letters that are the same in every language. */
const LATIN = new Set([
  'Esik', // the name
  'English', // a language calls itself by its own name
  'PDF',
  'QR',
  'https', // beginning of an address, as typed
  ...['Ctrl', 'Alt', 'Enter', 'Esc', 'Space', 'Caps', 'Lock', 'Delete', 'Tab', 'Shift'], // caps of keys
  ...['A', 'T', 'W', 'R', 'F', 'H', 'I', 'S', 'N', 'K', 'L', 'P', 'V', 'Z', 'F1', 'F2', 'F6'],
]);

/** Words that really are the same in Kazakh and Russian. */
const SAME_WORDS = new Set([
  'КБ',
  'МБ',
  'телефон',
  'талон',
  'номер',
  'адрес',
  'регион',
  'инспектор',
  'файл',
  'КУИ',
]);

/** Texts that are the same on purpose, each with its reason. */
const SAME: Record<string, string> = {
  'app.language.kk': 'a language calls itself by its own name',
  'app.language.ru': 'a language calls itself by its own name',
  'app.language.en': 'a language calls itself by its own name',
  'app.name': 'the name',
};

describe('catalogues', () => {
  for (const file of features) {
    it(`${file}: the same ids in kk, ru and en`, () => {
      const ids = Object.keys(read('en', file)).sort();
      expect(Object.keys(read('kk', file)).sort()).toEqual(ids);
      expect(Object.keys(read('ru', file)).sort()).toEqual(ids);
    });
  }

  it('no id stands in two files', () => {
    const seen = features.flatMap((file) => Object.keys(read('en', file)));
    expect(seen.filter((id, index) => seen.indexOf(id) !== index)).toEqual([]);
  });

  it('no text is empty', () => {
    for (const lang of LANGS) {
      const empty = Object.entries(all[lang]).filter(([, text]) => text.trim() === '');
      expect(empty, lang).toEqual([]);
    }
  });

  it('the same values stand in all three languages', () => {
    const values = (message: string) =>
      [...message.matchAll(/\{(\w+)[,}]/g)]
        .map(([, value]) => value)
        .filter(uniq)
        .sort();
    const differ = Object.keys(all.en).filter((id) => {
      const en = values(all.en[id] ?? '').join();
      return values(all.kk[id] ?? '').join() !== en || values(all.ru[id] ?? '').join() !== en;
    });
    expect(differ).toEqual([]);
  });

  it('Kazakh is written, not copied from Russian', () => {
    const copied = Object.entries(all.kk).filter(([id, text]) => {
      if (text !== all.ru[id] || id in SAME) return false;
      const letters = words(text).match(/\p{L}+/gu) ?? [];
      return letters.some(
        (word) => !SAME_WORDS.has(word) && !SAME_WORDS.has(word.toLowerCase()) && !LATIN.has(word),
      );
    });
    expect(copied).toEqual([]);
  });

  it('no Latin letters in Kazakh and Russian texts', () => {
    for (const lang of ['kk', 'ru'] as const) {
      const latin = Object.entries(all[lang]).filter(([, text]) =>
        (words(text).match(/[A-Za-z]\w*/g) ?? []).some((word) => !LATIN.has(word)),
      );
      expect(latin, lang).toEqual([]);
    }
  });

  it('Kazakh letters are Kazakh, not look-alikes from other alphabets', () => {
    const odd = Object.entries(all.kk).filter(([, text]) => /[\u0370-\u03ff]/.test(text));
    expect(odd).toEqual([]);
  });
});

describe('plural forms', () => {
  const COUNTS = [0, 1, 2, 5, 11, 21, 101];
  const FORMS = { kk: ['one', 'other'], ru: ['one', 'few', 'many', 'other'], en: ['one', 'other'] };
  const plural = Object.keys(all.en).filter((id) => /\{n, plural,/.test(all.en[id] ?? ''));

  for (const lang of LANGS) {
    it(`${lang}: every form is there and every number is said`, async () => {
      await speak(lang);
      expect(plural.length).toBeGreaterThan(5);
      for (const id of plural) {
        const text = all[lang][id] ?? '';
        for (const form of FORMS[lang]) expect(text, `${id} ${form}`).toContain(`${form} {`);
        for (const n of COUNTS) {
          const said = i18n._(id, { n });
          // A number that has words of its own (`=0 {nothing …}`) need not be a figure.
          if (!text.includes(`=${n} {`)) expect(said, id).toContain(String(n));
          expect(said, id).not.toMatch(/[{}#]/);
        }
      }
    });
  }

  it('Russian numbers agree with their nouns', async () => {
    await speak('ru');
    const said = COUNTS.map((n) => i18n._('reception.matters', { n }));
    expect(said).toEqual(['0 дел', '1 дело', '2 дела', '5 дел', '11 дел', '21 дело', '101 дело']);
  });
});

describe('refusals', () => {
  beforeAll(() => speak('ru'));

  it('every code of the core has a text', () => {
    const codes = refusalCodes(join(import.meta.dirname, '../../crates/app/src'));
    // The scan is alive: it finds the codes everybody knows.
    expect(codes).toEqual(
      expect.arrayContaining(['wrong_password', 'disk_full', 'region_unreachable', 'missing_kui']),
    );
    expect(codes.filter((code) => !(`error.${code}` in all.en))).toEqual([]);
  });

  it('an unknown code falls back to words, its code only in the details', () => {
    expect(all.en['error.unknown']).toBeTruthy();
    expect(all.en['error.unknown']).not.toMatch(/[{}]/);
  });

  it('texts of refusals need no values: a core that sends none still speaks', () => {
    const needy = Object.entries(all.en).filter(
      ([id, text]) => id.startsWith('error.') && /\{/.test(text),
    );
    expect(needy).toEqual([]);
  });
});

function uniq<T>(value: T, index: number, list: T[]): boolean {
  return list.indexOf(value) === index;
}

/** Codes in the Rust sources: `refusal("code")`, `refused("code")`, and the arms `=> "code"` of the
 * functions that answer with a code. */
function refusalCodes(folder: string): string[] {
  const codes = new Set<string>();
  const walk = (at: string) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.name.endsWith('.rs')) {
        const [source = ''] = readFileSync(path, 'utf8').split('#[cfg(test)]');
        for (const [, code] of source.matchAll(/refus(?:al|ed)\(\s*"([a-z_]+)"/g)) {
          if (code) codes.add(code);
        }
        if (entry.name === 'error.rs') {
          for (const [, code] of source.matchAll(/=> "([a-z_]+)"/g)) if (code) codes.add(code);
        }
      }
    }
  };
  walk(folder);
  return [...codes].sort();
}

describe('figures', () => {
  it('are grouped in Kazakh as people write them, whatever Intl of the browser knows', async () => {
    const { grouped } = await import('../src/i18n');
    const values = { n: 93825, of: 1171981, few: 999, name: '93,825' };
    expect(grouped('93,825 жазба, 1,171,981-ден; 999', values)).toBe(
      '93\u00a0825 жазба, 1\u00a0171\u00a0981-ден; 999',
    );
    expect(grouped('3,5 × 4,5', { n: 2 })).toBe('3,5 × 4,5');
  });
});
