// Training: at the real desk the way in, at the practice desk the visitors one may take.
import { useState } from 'react';
import type { AppState, PracticeLine, PracticeResult, PracticeRun } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { name, t } from '../../i18n';
import { Button } from '../../kit/Button';
import { Card, Row, Skeleton, Tag } from '../../kit/basics';
import { ErrorNote } from '../../kit/Note';
import { enterPractice } from '../../shell/practice';
import { navigate } from '../../shell/router';
import { Screen } from '../../shell/Screen';
import './training.css';
import { takeBoard } from './Visitor';
import { wantText, whyText } from './words';

export function TrainingScreen(props: { state: AppState }) {
  return props.state.practice ? <Scenarios /> : <WayIn />;
}

function WayIn() {
  const [going, setGoing] = useState(false);
  return (
    <Screen title={t('training.title')}>
      <div className="stack training">
        <Card title={t('training.way_in')} padded>
          <div className="stack">
            <p className="prose">{t('training.way_in.what')}</p>
            <p className="prose m">{t('training.way_in.safe')}</p>
            <div>
              <Button
                primary
                autoFocus
                pending={going}
                onPress={() => {
                  setGoing(true);
                  void enterPractice().finally(() => setGoing(false));
                }}
              >
                {going ? t('training.opening') : t('training.enter')}
              </Button>
            </div>
          </div>
        </Card>
      </div>
    </Screen>
  );
}

function Scenarios() {
  const board = useCommand('practice_board', {});
  const start = useAction('practice_start');
  const data = board.data;
  const begin = (scenario: string) =>
    start.mutate(
      { scenario },
      {
        onSuccess: (board) => {
          takeBoard(board);
          if (board.run) navigate({ screen: 'intake', draft: board.run.draft });
        },
      },
    );
  const result = data?.run?.result;
  return (
    <Screen
      title={t('training.title')}
      {...(data
        ? { sub: t('training.progress', { n: data.passed, all: data.scenarios.length }) }
        : {})}
    >
      <div className="stack training">
        <ErrorNote error={board.error ?? start.error} />
        {data?.run && result ? <Result run={data.run} result={result} onAgain={begin} /> : null}
        {data && !data.guest && data.passed === data.scenarios.length ? <Certificate /> : null}
        <Card
          title={t('training.scenarios')}
          aside={data?.guest ? t('training.guest') : t('training.local')}
        >
          {data ? (
            <ul className="rows">
              {data.scenarios.map((line) => (
                <li key={line.code}>
                  <Row onPress={() => begin(line.code)}>
                    <span className="scenario-line">
                      <span className="t">{name(line.title)}</span>
                      <span className="s">{t('training.about', { n: line.minutes })}</span>
                    </span>
                    <Standing line={line} />
                  </Row>
                </li>
              ))}
            </ul>
          ) : (
            <Skeleton rows={8} two />
          )}
        </Card>
      </div>
    </Screen>
  );
}

function Certificate() {
  const print = useAction('practice_certificate');
  return (
    <Card padded>
      <div className="visitor-acts">
        <span className="t grow">{t('training.certificate.ready')}</span>
        <Button primary pending={print.isPending} onPress={() => print.mutate({})}>
          {t('training.certificate')}
        </Button>
      </div>
      <ErrorNote error={print.error} />
    </Card>
  );
}

function Standing(props: { line: PracticeLine }) {
  const { line } = props;
  if (line.best === null) return <Tag>{t('training.fresh')}</Tag>;
  return line.passed ? (
    <Tag tone="ok">{t('training.passed', { n: line.best })}</Tag>
  ) : (
    <Tag tone="warn">{t('training.tried', { n: line.best })}</Tag>
  );
}

function Result(props: {
  run: PracticeRun;
  result: PracticeResult;
  onAgain: (scenario: string) => void;
}) {
  const { run, result } = props;
  const stop = useAction('practice_stop');
  const minutes = Math.max(1, Math.round(result.seconds / 60));
  const missed = result.lines.filter((line) => !line.met);
  const done = result.lines.filter((line) => line.met);
  return (
    <Card title={name(run.title)} padded>
      <div className="result-head">
        <span className="result-percent num">{t('training.percent', { n: result.percent })}</span>
        <span className="t">
          {result.passed
            ? t('training.result.passed')
            : t('training.result.failed', { n: result.pass_percent })}
        </span>
        <span className="s">{t('training.took', { n: minutes })}</span>
      </div>
      <ul className="marks">
        {[...missed, ...done].map((line) => (
          <li className={line.met ? 'met' : 'missed'} key={wantText(line.want)}>
            <span className="sign" aria-hidden="true">
              {line.met ? '✓' : '×'}
            </span>
            <div>
              <p className="what">
                <span className="sr">{line.met ? t('training.met') : t('training.missed')} </span>
                <span className="t">{wantText(line.want)}</span>
                {line.want.must ? <Tag>{t('training.must')}</Tag> : null}
                {line.hinted ? <Tag>{t('training.hinted')}</Tag> : null}
              </p>
              <p className="m">{whyText(line.want)}</p>
            </div>
          </li>
        ))}
      </ul>
      <div className="visitor-acts">
        <Button onPress={() => props.onAgain(run.scenario)}>{t('training.again')}</Button>
        <Button quiet onPress={() => stop.mutate({}, { onSuccess: takeBoard })}>
          {t('training.put_aside')}
        </Button>
      </div>
      <ErrorNote error={stop.error} />
    </Card>
  );
}
