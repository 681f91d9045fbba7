// The text cut into pieces, so that the words a suggestion rests on can be marked where they stand.
import type { WhyWord } from '../../backend';

export interface Piece {
  text: string;
  marked: boolean;
}

/**
 * Cuts a text at the found words. Ranges are UTF-16 units of the text they were found in: where the
 * text has changed since, a word that no longer stands at its place is not marked.
 */
export function pieces(text: string, words: readonly WhyWord[]): Piece[] {
  const ranges = words
    .filter((w) => text.slice(w.start_utf16, w.end_utf16) === w.word && w.word !== '')
    .map((w) => [w.start_utf16, w.end_utf16] as const)
    .sort((a, b) => a[0] - b[0]);
  const out: Piece[] = [];
  let at = 0;
  for (const [start, end] of ranges) {
    if (start < at) continue;
    if (start > at) out.push({ text: text.slice(at, start), marked: false });
    out.push({ text: text.slice(start, end), marked: true });
    at = end;
  }
  if (at < text.length || out.length === 0) out.push({ text: text.slice(at), marked: false });
  return out;
}

/** The words without repetition, as they were written, at most `most`. */
export function foundWords(words: readonly WhyWord[], most = 4): string[] {
  const seen = new Set<string>();
  const out: string[] = [];
  for (const { word } of words) {
    const key = word.toLowerCase();
    if (seen.has(key)) continue;
    seen.add(key);
    out.push(word);
  }
  return out.slice(0, most);
}
