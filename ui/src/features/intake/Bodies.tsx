// A body beside the question where to send: the reasons of its place, and what a person needs to go there.
import { useId } from 'react';
import type { BodyHelp, ServiceLine } from '../../backend';
import { name, t, tCode } from '../../i18n';
import { Tag } from '../../kit';
import { Age } from '../knowledge';
import type { Book, ProposedBody } from './form';
import { bodyName, themeName } from './useBook';

/** One press chooses it; a reader of the screen hears the reasons with its name. */
export function Proposed(props: { body: ProposedBody; book: Book; onChoose: () => void }) {
  const { body, book } = props;
  const id = useId();
  const stays = body.known?.stays;
  return (
    <li>
      {stays ? (
        <span className="t">{bodyName(book, body.agency)}</span>
      ) : (
        <button type="button" className="pill" aria-describedby={id} onClick={props.onChoose}>
          {bodyName(book, body.agency)}
        </button>
      )}
      <span className="s" id={id}>
        {stays ? tCode(`error.${stays}`, t('bodies.stays')) : reasons(body, book).join(' · ')}
      </span>
      {body.known?.returns ? <Tag tone="warn">{t('bodies.returns')}</Tag> : null}
    </li>
  );
}

/** Why it stands where it stands, in words. */
export function reasons(body: ProposedBody, book: Book): string[] {
  const { known } = body;
  const out = [why(body, book)];
  if (known) out.push(...practice(known));
  if (known?.territory) out.push(t(`bodies.territory.${known.territory}`));
  if (known?.record) out.push(t('bodies.record', { n: known.record.usual_wd }));
  return out;
}

function why(body: ProposedBody, book: Book): string {
  if (body.primary) {
    return t('intake.refer.why_primary', { category: themeName(book, body.theme) });
  }
  return body.known?.why === 'history' ? t('bodies.why_history') : t('intake.refer.why_helper');
}

/** What it did with such requests of this station. */
function practice(known: BodyHelp): string[] {
  const { accepted, rejected } = known;
  if (accepted === 0 && rejected === 0) return [];
  return [t('bodies.practice', { accepted, rejected })];
}

const FACTS = ['papers', 'hours', 'phone', 'address', 'area'] as const;

/** Papers, hours, telephone and address of a body, as the directory has them; what is old says so. */
export function ServiceFacts(props: { line: ServiceLine | null | undefined }) {
  const { line } = props;
  if (!line) return null;
  const known = FACTS.map((fact) => ({ fact, text: name(line[fact]) }));
  return (
    <div className="service-facts">
      <dl className="leaves">
        {known
          .filter(({ text }) => text !== '')
          .map(({ fact, text }) => (
            <div key={fact}>
              <dt>{t(`knowledge.${fact}`)}</dt>
              <dd>{text}</dd>
            </div>
          ))}
      </dl>
      <Age line={line} />
    </div>
  );
}
