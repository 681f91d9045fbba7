// Home: what waits for us, who owes us an answer, drafts, what was taken in today.
import type { Reception as Answer, AppState, ControlRow } from '../../backend';
import { useCommand } from '../../backend/query';
import { name, t, tCode } from '../../i18n';
import { moment, weekday } from '../../i18n/dates';
import { Button } from '../../kit/Button';
import { Card, EmptyState, Row, Skeleton, Tag } from '../../kit/basics';
import { Due } from '../../kit/DateText';
import { ErrorNote } from '../../kit/Note';
import { Stamps } from '../../kit/Stamps';
import { href } from '../../shell/router';
import { Screen } from '../../shell/Screen';
import { newVisit } from '../../shell/visit';
import { alsoSays } from '../control/due';
import { HallCard } from '../hall/HallCard';
import { PriorityTag } from '../priority';
import { ShiftNotice } from '../shift/ShiftNotice';
import './reception.css';

export function Reception(props: { state: AppState }) {
  const reception = useCommand('reception', {});
  const answer = reception.data;
  return (
    <Screen
      title={t('reception.title')}
      sub={answer ? weekday(answer.today) : null}
      action={
        <Button primary kbd="Ctrl+N" onPress={() => void newVisit()}>
          {t('app.new_visit')}
        </Button>
      }
    >
      {reception.error ? (
        <ErrorNote error={reception.error} onRetry={() => void reception.refetch()} />
      ) : null}
      <ShiftNotice state={props.state} />
      {answer?.empty && answer.drafts.length === 0 ? <Welcome /> : null}
      <div className="home">
        <HallCard />
        <WeOwe answer={answer} />
        <Drafts answer={answer} />
        <TakeUp answer={answer} />
        <TheyOwe answer={answer} />
        <Taken answer={answer} />
      </div>
    </Screen>
  );
}

/** Nothing here yet: says what to try, not what is missing. */
function Welcome() {
  return (
    <Card padded className="welcome">
      <h2 className="t">{t('reception.empty.title')}</h2>
      <p className="prose">{t('reception.empty.text')}</p>
      <p className="m prose">{t('reception.empty.try')}</p>
    </Card>
  );
}

function agencyName(code: string | null, agencies: Map<string, string>): string {
  return code === null ? '' : (agencies.get(code) ?? code);
}

function useAgencies(): Map<string, string> {
  const reference = useCommand('reference', {});
  return new Map(
    (reference.data?.agencies ?? []).map((agency) => [agency.code, name(agency.name)]),
  );
}

function place(row: ControlRow): string {
  return [row.title, row.address].filter(Boolean).join(', ');
}

/** Due, or what is wrong with it. */
function DueTag(props: { row: ControlRow; today: string }) {
  const { row } = props;
  if (row.no_receipt && row.late_wd <= 0) {
    return <Tag tone="warn">{t('reception.no_incoming')}</Tag>;
  }
  if (row.due === null) return <span />;
  return <Due date={row.due} today={props.today} lateWd={row.late_wd} />;
}

function WeOwe(props: { answer: Answer | undefined }) {
  const { answer } = props;
  return (
    <Card
      title={t('reception.we_owe')}
      aside={
        answer && answer.we_owe_count > 0 ? (
          <a href={href({ screen: 'control', queue: 'waiting_us' })}>
            {t('reception.matters', { n: answer.we_owe_count })}
          </a>
        ) : null
      }
    >
      {answer === undefined ? (
        <Skeleton rows={4} two />
      ) : answer.we_owe.length === 0 ? (
        <EmptyState>{t('reception.empty.we_owe')}</EmptyState>
      ) : (
        <ul className="rows">
          {answer.we_owe.map((row) => (
            <li key={row.key}>
              <Row href={href({ screen: 'case', id: row.case })}>
                <span className="el">
                  <span className="t">{t(`owe.${row.what}`)}</span>
                  {row.title ? <span>: {row.title}</span> : null}
                </span>
                <DueTag row={row} today={answer.today} />
                <span className="el m">
                  {[alsoSays(row), row.number, row.address].filter(Boolean).join(' · ')}
                </span>
                <span className="end">
                  <PriorityTag priority={row.priority} />{' '}
                  {row.caution ? <Tag tone="late">{t('case.caution.tag')}</Tag> : null}{' '}
                  {row.restricted ? <Tag tone="calm">{t('case.restricted')}</Tag> : null}
                </span>
              </Row>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** Late answers that wait for this officer's rung. */
function TakeUp(props: { answer: Answer | undefined }) {
  const rows = props.answer?.take_up ?? [];
  const agencies = useAgencies();
  if (!props.answer || rows.length === 0) return null;
  const { today } = props.answer;
  return (
    <Card title={t('reception.take_up')}>
      <ul className="rows">
        {rows.map((row) => (
          <li key={row.key}>
            <Row href={href({ screen: 'case', id: row.case })}>
              <span className="el t">{agencyName(row.agency, agencies)}</span>
              <DueTag row={row} today={today} />
              <span className="el m">
                {[row.rung ? tCode(`ladder.${row.rung}`, '') : '', row.number, row.title]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              <span className="end">
                <PriorityTag priority={row.priority} />
              </span>
            </Row>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function TheyOwe(props: { answer: Answer | undefined }) {
  const { answer } = props;
  const agencies = useAgencies();
  return (
    <Card
      title={t('reception.they_owe')}
      aside={
        answer && answer.they_owe_count > 0 ? (
          <a href={href({ screen: 'control', queue: 'waiting_agency' })}>
            {t('reception.referrals', { n: answer.they_owe_count })}
          </a>
        ) : null
      }
    >
      {answer === undefined ? (
        <Skeleton rows={4} two />
      ) : answer.they_owe.length === 0 ? (
        <EmptyState>{t('reception.empty.they_owe')}</EmptyState>
      ) : (
        <ul className="rows">
          {answer.they_owe.map((row) => (
            <li key={row.key}>
              <Row href={href({ screen: 'case', id: row.case })}>
                <span className="el t">{agencyName(row.agency, agencies)}</span>
                <DueTag row={row} today={answer.today} />
                <span className="el m">
                  {place(row)}
                  {row.incoming_number ? (
                    <span className="s"> {t('case.incoming', { n: row.incoming_number })}</span>
                  ) : null}
                </span>
                <span className="end">
                  <PriorityTag priority={row.priority} /> <Stamps stamps={row.stamps} />
                </span>
              </Row>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Drafts(props: { answer: Answer | undefined }) {
  const { answer } = props;
  return (
    <Card title={t('reception.drafts')} aside={t('reception.drafts.aside')}>
      {answer === undefined ? (
        <Skeleton rows={2} two />
      ) : answer.drafts.length === 0 ? (
        <EmptyState>{t('reception.empty.drafts')}</EmptyState>
      ) : (
        <ul className="rows">
          {answer.drafts.map((draft) => (
            <li key={draft.id}>
              <Row href={href({ screen: 'intake', draft: draft.id })}>
                <span className="el t">{draft.title || t('case.untitled')}</span>
                <span className="s num end">{moment(draft.saved_at)}</span>
                <span className="el m">
                  {[draft.who || t('case.nameless'), draft.address].filter(Boolean).join(' · ')}
                </span>
              </Row>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Taken(props: { answer: Answer | undefined }) {
  const { answer } = props;
  return (
    <Card
      title={t('reception.taken')}
      aside={
        answer && answer.taken_today_count > 0
          ? [
              t('reception.visits', { n: answer.taken_today_count }),
              answer.taken_today.length < answer.taken_today_count
                ? t('reception.latest', {
                    shown: answer.taken_today.length,
                    all: answer.taken_today_count,
                  })
                : '',
            ]
              .filter(Boolean)
              .join(', ')
          : null
      }
    >
      {answer === undefined ? (
        <Skeleton rows={3} two />
      ) : answer.taken_today.length === 0 ? (
        <EmptyState>{t('reception.empty.taken')}</EmptyState>
      ) : (
        <ul className="rows">
          {answer.taken_today.map((line) => (
            <li key={line.id}>
              <Row href={href({ screen: 'case', id: line.id })}>
                <span className="el t">{line.title || t('case.untitled')}</span>
                <span className="s num end">{moment(line.at)}</span>
                <span className="el m">
                  {line.number ?? tCode(`becomes.${line.becomes}`, line.becomes)}
                </span>
              </Row>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
