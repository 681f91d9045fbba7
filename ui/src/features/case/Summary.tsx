// What the case is: theme, circumstances, the person's words, who they are and how to reach them safely.
import { type ReactNode, useState } from 'react';
import type { CaseParty, CaseView } from '../../backend';
import { t, tCode } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Button, Card, Tag } from '../../kit';
import type { Book } from '../intake/form';
import { themeName } from '../intake/useBook';
import { PriorityTag } from '../priority';
import { Cautions, languageName } from './Cautions';
import { PriorityLine } from './PriorityDialog';
import { useLinkedCautions } from './person';

export function Summary(props: {
  view: CaseView;
  book: Book;
  onCategory: ((issue: string) => void) | undefined;
  onController: (() => void) | undefined;
  onPriority: (() => void) | undefined;
  /** What may be added to the case. */
  adds?: ReactNode;
}) {
  const { view, book, onCategory, onController } = props;
  return (
    <Card padded className="summary">
      <Cautions view={view} />
      <div className="tags">
        {view.number !== null && view.closed === null ? (
          <PriorityTag priority={view.priority.now} />
        ) : null}
        {view.circle !== 'open' ? (
          <Tag tone="calm">
            {t('case.tag.restricted', { circle: tCode(`circle.${view.circle}`, view.circle) })}
          </Tag>
        ) : null}
        {view.issues.map((issue) => (
          <IssueTag key={issue.id} code={issue.category} book={book} />
        ))}
        {view.issues.length === 0 && view.crime === null ? (
          <Tag>{t('case.tag.no_category')}</Tag>
        ) : null}
        {view.circumstances.map((code) => (
          <Tag key={code} tone="warn">
            {tCode(`intake.circumstance.${code}`, code)}
          </Tag>
        ))}
        {view.language ? (
          <Tag>{t('case.tag.language', { language: languageName(view.language) })}</Tag>
        ) : null}
        {view.visits > 1 ? <Tag>{t('case.tag.nth', { n: view.visits })}</Tag> : null}
        {view.reopened > 0 ? <Tag>{t('case.tag.reopened', { n: view.reopened })}</Tag> : null}
        {view.waits_for_region > 0 ? (
          <Tag tone="calm">{t('case.tag.waits', { n: view.waits_for_region })}</Tag>
        ) : null}
      </div>
      <p className="narrative prose">
        {view.narrative || t(view.crime ? 'case.crime.note' : 'case.narrative.none')}
      </p>
      <p className="m">
        {[
          view.opened_at ? t('case.opened', { date: moment(view.opened_at) }) : '',
          view.address?.text ?? '',
          view.ext_number ? t('case.ext_number', { number: view.ext_number }) : '',
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <Parties view={view} />
      {view.number !== null ? (
        <p className="m controller">
          {t('case.controller', { name: view.controller.name || '–' })}
          {onController && view.closed === null ? (
            <Button quiet small onPress={onController}>
              {t('case.controller.change')}
            </Button>
          ) : null}
        </p>
      ) : null}
      {view.number !== null && view.closed === null ? (
        <PriorityLine view={view} book={book} onChange={props.onPriority} />
      ) : null}
      {onCategory && view.issues[0] && view.closed === null ? (
        <div className="summary-acts">
          {view.issues.map((issue) => (
            <Button quiet small key={issue.id} onPress={() => onCategory(issue.id)}>
              {view.issues.length > 1
                ? `${t('case.category.change')}: ${themeName(book, issue.category)}`
                : t('case.category.change')}
            </Button>
          ))}
        </div>
      ) : null}
      {props.adds}
    </Card>
  );
}

function IssueTag(props: { code: string; book: Book }) {
  const { code, book } = props;
  const group = book.category(book.category(code)?.parent);
  return (
    <Tag tone="acc">
      {group ? `${themeName(book, group.code)} · ` : ''}
      {themeName(book, code)}
    </Tag>
  );
}

function Parties(props: { view: CaseView }) {
  const { view } = props;
  const linked = useLinkedCautions(view);
  // Who asked not to be called, or could not speak, in another case is not called from this one unread.
  const barred =
    view.cautions.some((c) => c.kind === 'unsafe') || linked.some((c) => c.kind !== 'afraid');
  if (view.parties.length === 0) return <p className="m">{t('case.party.none')}</p>;
  return (
    <ul className="parties" aria-label={t('case.parties.title')}>
      {view.parties.map((party) => (
        <Party key={party.id} party={party} barred={barred} />
      ))}
    </ul>
  );
}

/** The warning stands before the number: one reads it first, then calls. */
function Party(props: { party: CaseParty; barred: boolean }) {
  const { party: p } = props.party;
  const [shown, setShown] = useState(false);
  const name =
    [p.surname, p.given, p.patronymic].filter(Boolean).join(' ') ||
    p.organisation ||
    (p.phone ? t('case.party.phone_only') : t('case.party.nameless'));
  const hidden = (Boolean(p.do_not_call) || props.barred) && !shown;
  return (
    <li>
      <span className="t">{name}</span> <span className="s">{t(`case.party.${p.role}`)}</span>
      {p.do_not_call ? <Tag tone="late">{t('case.party.do_not_call')}</Tag> : null}
      {p.call_note ? (
        <Tag tone="warn">{t('case.party.call_note', { note: p.call_note })}</Tag>
      ) : null}
      {p.phone ? (
        hidden ? (
          <Button quiet small onPress={() => setShown(true)}>
            {t('case.party.show_phone')}
          </Button>
        ) : (
          <span className="num m">{phoneShown(p.phone)}</span>
        )
      ) : null}
      {p.iin ? <span className="num s">{t('case.party.iin', { iin: p.iin })}</span> : null}
    </li>
  );
}

/** A Kazakh number in groups; others as they are kept. */
export function phoneShown(phone: string): string {
  const match = /^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(phone);
  return match ? `+7 ${match[1]} ${match[2]} ${match[3]} ${match[4]}` : phone;
}
