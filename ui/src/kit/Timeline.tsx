// How it went: points on a line, newest first.
import type { ReactNode } from 'react';
import type { Tone } from '../backend';

export interface TimelineEntry {
  key: string;
  title: ReactNode;
  /** When, already in words. */
  at: ReactNode;
  text?: ReactNode;
  tone: Tone;
}

export function Timeline(props: { entries: readonly TimelineEntry[] }) {
  return (
    <ol className="tl">
      {props.entries.map((entry) => (
        <li key={entry.key} className={entry.tone}>
          <span className="t">{entry.title}</span> <span className="s">{entry.at}</span>
          {entry.text ? <div className="m">{entry.text}</div> : null}
        </li>
      ))}
    </ol>
  );
}
