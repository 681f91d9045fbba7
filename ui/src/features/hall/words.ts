// A ticket in words: how long it waits, what was heard, what was noticed.
import type { QueueAbout, QueueLine } from '../../backend';
import { t, tCode } from '../../i18n';
import { time } from '../../i18n/dates';
import type { Book } from '../intake/form';
import { themeName } from '../intake/useBook';

/** The core leaves empty fields out. */
export function heard(about: Partial<QueueAbout>): QueueAbout {
  return { words: '', name: '', category: null, flags: [], ...about };
}

/** Whole minutes from one instant to another, never less than none. */
export function minutes(from: string, to: Date): number {
  return Math.max(0, Math.floor((to.getTime() - Date.parse(from)) / 60_000));
}

export function waits(line: QueueLine, now: Date): string {
  const n = minutes(line.joined_at, now);
  return n === 0 ? t('hall.wait.now') : t('hall.wait', { n });
}

export function calledBy(line: QueueLine): string {
  const { called } = line;
  if (!called) return '';
  return called.me
    ? t('hall.called.me', { time: time(called.at) })
    : t('hall.called', { name: called.by, time: time(called.at) });
}

/** First words, else the theme, else what was noticed; and what is left for the small line. */
export function matter(line: QueueLine, book: Book): { head: string; small: string } {
  const about = heard(line.about);
  const parts = [
    about.words,
    about.category ? themeName(book, about.category) : '',
    flagNames(about.flags),
  ].filter(Boolean);
  const [head = '', ...rest] = parts;
  return { head, small: [about.name, ...rest].filter(Boolean).join(' · ') };
}

export function flagNames(flags: readonly string[]): string {
  return flags.map((flag) => tCode(`hall.flag.${flag}`, flag)).join(', ');
}
