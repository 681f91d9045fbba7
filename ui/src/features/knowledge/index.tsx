// Knowledge: what to say, which papers, who helps whom – offline, and honest about its age.
import { useDeferredValue } from 'react';
import type { AppState, CardLine, ServiceLine } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { name, t } from '../../i18n';
import { day, dayOf } from '../../i18n/dates';
import { Button, Card, EmptyState, ErrorNote, Field, Fold, Skeleton, Tag } from '../../kit';
import { Screen } from '../../shell/Screen';
import { may } from '../../shell/state';
import './knowledge.css';
import { useKept } from '../../shell/kept';

export function KnowledgeScreen(props: { state: AppState }) {
  const [typed, setTyped] = useKept('knowledge.typed', '');
  const query = useDeferredValue(typed);
  const found = useCommand('knowledge', { query, category: null }, { keep: true });
  const confirms = may(props.state, 'administer');
  const data = found.data;
  return (
    <Screen title={t('knowledge.title')} sub={t('knowledge.sub')}>
      <div className="stack knowledge">
        <Field label={t('knowledge.search')} value={typed} onChange={setTyped} autoFocus />
        <ErrorNote error={found.error} />
        {data ? (
          data.cards.length + data.services.length === 0 ? (
            <EmptyState title={t('knowledge.none')}>{t('knowledge.none.text')}</EmptyState>
          ) : (
            <>
              {data.cards.length > 0 ? (
                <Card title={t('knowledge.cards')} aside={data.cards.length}>
                  {data.cards.map((line) => (
                    <AdviceCard key={line.code} line={line} confirms={confirms} />
                  ))}
                </Card>
              ) : null}
              {data.services.length > 0 ? (
                <Card title={t('knowledge.services')} aside={data.services.length}>
                  {data.services.map((line) => (
                    <Service key={line.agency} line={line} confirms={confirms} />
                  ))}
                </Card>
              ) : null}
            </>
          )
        ) : (
          <Skeleton rows={8} two />
        )}
      </div>
    </Screen>
  );
}

/** When it was last confirmed; a word where it is too old or never was. */
export function Age(props: { line: { stale: boolean; confirmed_on: string | null } }) {
  const { stale, confirmed_on: on } = props.line;
  if (on === null) return <Tag tone="warn">{t('knowledge.unconfirmed')}</Tag>;
  const date = day(on, dayOf(new Date()));
  return stale ? (
    <Tag tone="warn">{t('knowledge.stale', { date })}</Tag>
  ) : (
    <Tag tone="ok">{t('knowledge.confirmed', { date })}</Tag>
  );
}

function AdviceCard(props: { line: CardLine; confirms: boolean }) {
  const { line } = props;
  return (
    <Fold
      name={`knowledge.${line.code}`}
      className="entry"
      summary={
        <>
          <span className="t grow">{name(line.title)}</span>
          <Age line={line} />
        </>
      }
    >
      <div className="entry-body">
        <p className="prose">{name(line.say)}</p>
        <ul>
          {line.steps.map((step) => (
            <li key={step.ru}>{name(step)}</li>
          ))}
        </ul>
        <Fact label={t('knowledge.papers')} text={name(line.papers)} />
        <Fact label={t('knowledge.ground')} text={name(line.ground)} />
        <p className="s">{t('knowledge.version', { n: line.version })}</p>
        {props.confirms ? <Confirm code={line.code} /> : null}
      </div>
    </Fold>
  );
}

function Service(props: { line: ServiceLine; confirms: boolean }) {
  const { line } = props;
  return (
    <Fold
      name={`knowledge.${line.agency}`}
      className="entry"
      summary={
        <>
          <span className="t grow">{name(line.name)}</span>
          <Age line={line} />
        </>
      }
    >
      <div className="entry-body">
        <Fact label={t('knowledge.eligibility')} text={name(line.eligibility)} always />
        <Fact label={t('knowledge.papers')} text={name(line.papers)} always />
        <Fact label={t('knowledge.hours')} text={name(line.hours)} always />
        <Fact label={t('knowledge.area')} text={name(line.area)} always />
        <Fact label={t('knowledge.phone')} text={name(line.phone)} always />
        <Fact label={t('knowledge.address')} text={name(line.address)} always />
        {props.confirms ? <Confirm code={line.agency} /> : null}
      </div>
    </Fold>
  );
}

/** A fact that is not known is said to be unknown, never guessed. */
function Fact(props: { label: string; text: string; always?: boolean }) {
  if (props.text === '' && !props.always) return null;
  return (
    <p>
      <b>{props.label}:</b> {props.text || t('knowledge.unknown')}
    </p>
  );
}

function Confirm(props: { code: string }) {
  const confirm = useAction('knowledge_confirm');
  return (
    <div>
      <Button
        small
        pending={confirm.isPending}
        onPress={() => confirm.mutate({ code: props.code })}
      >
        {t('knowledge.confirm')}
      </Button>
      <ErrorNote error={confirm.error} />
    </div>
  );
}
