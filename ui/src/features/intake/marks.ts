// The text cut into pieces, so that the words a suggestion rests on can be marked where they stand.
import type { WhyWord } from '../../backend';

export interface Piece {
  text: string;
  marked: boolean;
}

/**
 * Cuts a text at the found words; neighbours become one mark. Ranges are UTF-16 units of the text
 * they were found in: where the text has changed since, a word that no longer stands at its place
 * is not marked.
 */
export function pieces(text: string, words: readonly WhyWord[]): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const [start, end] of phrases(text, words)) {
    if (start > at) out.push({ text: text.slice(at, start), marked: false });
    out.push({ text: text.slice(start, end), marked: true });
    at = end;
  }
  if (at < text.length || out.length === 0) out.push({ text: text.slice(at), marked: false });
  return out;
}

/** What was found, as it was written, each phrase once, at most `most`; the longest say most. */
export function foundWords(text: string, words: readonly WhyWord[], most = 3): string[] {
  const seen = new Set<string>();
  const found: { text: string; at: number }[] = [];
  for (const [start, end] of phrases(text, words)) {
    const phrase = text.slice(start, end);
    if (seen.has(phrase.toLowerCase())) continue;
    seen.add(phrase.toLowerCase());
    found.push({ text: phrase, at: start });
  }
  return found
    .sort((a, b) => b.text.length - a.text.length || a.at - b.at)
    .slice(0, most)
    .sort((a, b) => a.at - b.at)
    .map((f) => f.text);
}

/** Ranges of found words, sorted, without overlaps; those with only a space between are joined. */
function phrases(text: string, words: readonly WhyWord[]): [number, number][] {
  const ranges = words
    .filter((w) => w.word !== '' && text.slice(w.start_utf16, w.end_utf16) === w.word)
    .map((w): [number, number] => [w.start_utf16, w.end_utf16])
    .sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [start, end] of ranges) {
    const last = out.at(-1);
    if (last && (start < last[1] || /^\s*$/.test(text.slice(last[1], start)))) {
      last[1] = Math.max(last[1], end);
    } else {
      out.push([start, end]);
    }
  }
  return out;
}
