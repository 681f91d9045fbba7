// Found words are marked where they stand, never where they no longer stand.
import { describe, expect, it } from 'vitest';
import { foundWords, pieces } from '../marks';

const word = (text: string, found: string) => {
  const start = text.indexOf(found);
  const end = start + found.length;
  return { word: found, start: 0, end: 0, start_utf16: start, end_utf16: end };
};

describe('marks', () => {
  it('cut the text without changing it', () => {
    const text = 'Второй день 🥶 холодные батареи, греемся плитой';
    const parts = pieces(text, [
      word(text, 'плитой'),
      word(text, 'холодные'),
      word(text, 'батареи'),
    ]);
    expect(parts.map((p) => p.text).join('')).toBe(text);
    expect(parts.filter((p) => p.marked).map((p) => p.text)).toEqual([
      'холодные батареи',
      'плитой',
    ]);
  });

  it('leave out words that moved while the answer was under way', () => {
    const old = 'нет тепла';
    const parts = pieces(`опять ${old}`, [word(old, 'тепла')]);
    expect(parts.some((p) => p.marked)).toBe(false);
  });

  it('an empty text is one empty piece', () => {
    expect(pieces('', [])).toEqual([{ text: '', marked: false }]);
  });

  it('say each word once', () => {
    const text = 'Газ, газ и ещё раз запах';
    expect(foundWords(text, [word(text, 'Газ'), word(text, 'газ'), word(text, 'запах')])).toEqual([
      'Газ',
      'запах',
    ]);
  });
});
