// A letter that was scanned and read by a machine comes with a break at the end of each line of the paper. Pasted, its lines
// become sentences again; paragraphs, lists and verses of short lines stay as they were. No word is changed.
import type { ClipboardEvent } from 'react';
import { insertTyped } from './typing';

/** A paper's line is longer than this; addresses, names and lists are shorter. */
const LINE_MIN = 35;
/** A line that ends much before the others ends its paragraph, if its sentence ends too. */
const SHORT = 0.8;
/** Words that keep their hyphen when it falls on the end of a line: what stands before it, what after. */
const KEEP: readonly [before: RegExp, after: RegExp][] = [
  [/./u, /^(то|либо|нибудь|таки|ау|ақ|мыс)(?!\p{L})/u],
  [/(^|\P{L})(кое|кой)$/iu, /./u],
  [/(^|\P{L})по$/iu, /^(?!этому|тому)\p{L}+(ому|ему|ски|цки|ьи)(?!\p{L})/u],
  [/(^|\P{L})во$/iu, /^(первых|вторых|третьих)(?!\p{L})/u],
  [/(^|\P{L})из$/iu, /^(за|под)(?!\p{L})/u],
  [/(^|\P{L})(бір|екі|үш|төрт)$/iu, /^(бір|екі|үш|төрт|бес)/u],
];
/** The beginning of a point of a list. */
const POINT = /^([–—•*-]|\d{1,3}[.)]|[а-яәіңғүұқөһ]\))\s/u;
const ENDS = /[.!?:;…]["»)]?$/u;

/** The text with the lines of a paper joined; the same text when they are no such lines. */
export function joinLines(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const filled = lines.map((line) => line.trim()).filter((line) => line !== '');
  const longest = Math.max(0, ...filled.map((line) => line.length));
  const whole = filled.filter((line) => line.length >= longest * SHORT).length;
  // Lines of one paper are nearly of one length; a few may be the ends of paragraphs.
  if (filled.length < 3 || longest < LINE_MIN || whole * 2 < filled.length) return text;
  const out: string[] = [];
  let open = false;
  for (const raw of lines) {
    const line = raw.trim();
    const last = out.at(-1);
    if (line === '' || last === undefined || !open || POINT.test(line)) {
      if (line !== '' || last !== '') out.push(line);
    } else {
      out[out.length - 1] = joined(last, line);
    }
    open = line !== '' && !(ENDS.test(line) && line.length < longest * SHORT);
  }
  return out.join('\n').trim();
}

/** Two halves of a line: a word torn at a hyphen is one word again. */
function joined(before: string, after: string): string {
  const soft = before.endsWith('\u00ad');
  const torn = soft || (/\p{L}-$/u.test(before) && /^\p{Ll}/u.test(after));
  if (!torn) return `${before} ${after}`;
  const stem = before.slice(0, -1);
  const keeps = !soft && KEEP.some(([left, right]) => left.test(stem) && right.test(after));
  return (keeps ? before : stem) + after;
}

/** For a box of several lines: what is pasted comes with its lines joined. Ctrl+Z takes it back like any paste. */
export function pasteJoined(event: ClipboardEvent<HTMLTextAreaElement>): void {
  const text = event.clipboardData.getData('text/plain');
  const put = joinLines(text);
  if (put === text) return;
  event.preventDefault();
  const box = event.currentTarget;
  // The old way is the only one that the window's own Ctrl+Z knows of.
  if (insertTyped(put)) return;
  box.setRangeText(put, box.selectionStart, box.selectionEnd, 'end');
  box.dispatchEvent(new Event('input', { bubbles: true }));
}
