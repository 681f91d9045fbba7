// How soon a case has to be taken up, as every screen says it.
import { ChevronsUp, ChevronUp } from 'lucide-react';
import type { Priority, Proposed } from '../backend';
import { t, tCode } from '../i18n';
import { Tag } from '../kit';
import type { Book } from './intake/form';
import { themeName } from './intake/useBook';

export const PRIORITIES: readonly Priority[] = ['at_once', 'urgent', 'in_turn', 'can_wait'];

/** Only what cannot wait until tomorrow is marked: a mark on every line marks nothing. */
export function cannotWait(priority: Priority): boolean {
  return priority === 'at_once' || priority === 'urgent';
}

export function PriorityTag(props: { priority: Priority }) {
  const { priority } = props;
  if (!cannotWait(priority)) return null;
  return <Tag tone={priority === 'at_once' ? 'late' : 'warn'}>{t(`priority.${priority}`)}</Tag>;
}

/** The same where a line has no room for the word: the essence of the case is what the line is for. */
export function PriorityMark(props: { priority: Priority }) {
  const { priority } = props;
  if (!cannotWait(priority)) return null;
  const Sign = priority === 'at_once' ? ChevronsUp : ChevronUp;
  const word = t(`priority.${priority}`);
  return (
    <span className={`tag ${priority === 'at_once' ? 'late' : 'warn'} how-soon-mark`} title={word}>
      <Sign aria-hidden="true" />
      <span className="sr">{word}</span>
    </span>
  );
}

/** «Нет отопления + грудной ребёнок»: what speaks for what the rule proposes. */
export function whyProposed(proposed: Proposed, book: Book): string {
  return proposed.why
    .map(({ theme, circumstance }) =>
      [
        theme ? themeName(book, theme) : '',
        circumstance ? tCode(`intake.circumstance.${circumstance}`, circumstance) : '',
      ]
        .filter(Boolean)
        .join(' + '),
    )
    .join('; ');
}
