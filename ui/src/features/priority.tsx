// How soon a case has to be taken up, as every screen says it.
import type { Priority, Proposed } from '../backend';
import { t, tCode } from '../i18n';
import { Tag } from '../kit';
import type { Book } from './intake/form';
import { themeName } from './intake/useBook';

export const PRIORITIES: readonly Priority[] = ['at_once', 'urgent', 'in_turn', 'can_wait'];

/** Only what cannot wait until tomorrow is marked: a mark on every line marks nothing. */
export function PriorityTag(props: { priority: Priority; why?: string }) {
  const { priority, why } = props;
  if (priority !== 'at_once' && priority !== 'urgent') return null;
  return (
    <Tag tone={priority === 'at_once' ? 'late' : 'warn'} {...(why ? { title: why } : {})}>
      {t(`priority.${priority}`)}
    </Tag>
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
