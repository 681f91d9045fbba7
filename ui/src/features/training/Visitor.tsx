// The visitor at the practice desk: what they say, what may be asked, what happens next.
import { useEffect, useRef, useState } from 'react';
import type { PracticeBoard, PracticeRun } from '../../backend';
import { client, refresh, useAction, useCommand } from '../../backend/query';
import { name, t } from '../../i18n';
import { Button, LinkButton } from '../../kit/Button';
import { ErrorNote, Note } from '../../kit/Note';
import { saveForms } from '../../shell/leave';
import { href, navigate, useRoute } from '../../shell/router';
import { wantText, whyText } from './words';

export const BOARD = ['practice_board', {}] as const;

export function takeBoard(board: PracticeBoard): void {
  client.setQueryData(BOARD, board);
}

export function Visitor() {
  const board = useCommand('practice_board', {});
  const run = board.data?.run;
  return run && !run.result ? <AtTheDesk run={run} /> : null;
}

function AtTheDesk(props: { run: PracticeRun }) {
  const { run } = props;
  const ask = useAction('practice_ask');
  const hint = useAction('practice_hint');
  const goOn = useAction('practice_go_on');
  const finish = useAction('practice_finish');
  const asked = run.questions.filter((q) => q.answer);
  const open = run.questions.filter((q) => !q.answer && (!q.call || run.case !== null));
  const talk = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest answer is what is read
  useEffect(() => {
    const box = talk.current;
    if (box) box.scrollTop = box.scrollHeight;
  }, [asked.length, run.news.length]);
  const error = ask.error ?? hint.error ?? goOn.error ?? finish.error;
  return (
    <section className="visitor" aria-label={t('training.visitor')}>
      <div className="visitor-talk" ref={talk} aria-live="polite">
        <p className="first">«{name(run.words)}»</p>
        {asked.map((q) => (
          <div key={q.code}>
            <p className="asked">{name(q.ask)}</p>
            <p>«{q.answer ? name(q.answer) : ''}»</p>
          </div>
        ))}
        <News run={run} />
      </div>
      <div className="visitor-side">
        {open.length > 0 ? (
          <div>
            <p className="s" id="visitor-asks">
              {t('training.ask')}
            </p>
            <fieldset className="visitor-asks" aria-labelledby="visitor-asks">
              {open.map((q) => (
                <Button
                  small
                  key={q.code}
                  onPress={() => ask.mutate({ question: q.code }, { onSuccess: takeBoard })}
                >
                  {name(q.ask)}
                </Button>
              ))}
            </fieldset>
          </div>
        ) : null}
        <div className="visitor-acts">
          <Where run={run} />
          {run.waiting ? (
            <Button
              small
              pending={goOn.isPending}
              onPress={() =>
                goOn.mutate(
                  {},
                  {
                    onSuccess: ({ board, changed }) => {
                      takeBoard(board);
                      refresh(changed);
                    },
                  },
                )
              }
            >
              {t('training.go_on')}
            </Button>
          ) : null}
          <Button
            small
            pending={hint.isPending}
            onPress={() =>
              // What is typed but not yet saved counts for the hint too.
              void saveForms().then(() => hint.mutate({}, { onSuccess: takeBoard }))
            }
          >
            {t('training.hint')}
          </Button>
          <Button
            small
            // Not “pending”: the button goes with its screen, and what would be read out with it.
            disabled={finish.isPending}
            onPress={() =>
              finish.mutate(
                {},
                {
                  onSuccess: (board) => {
                    takeBoard(board);
                    navigate({ screen: 'training' });
                  },
                },
              )
            }
          >
            {t('training.finish')}
          </Button>
          <Minutes run={run} />
        </div>
      </div>
      {run.hint ? (
        <div className="visitor-hint" aria-live="polite">
          <Note tone="acc">
            <p className="t">{wantText(run.hint)}</p>
            <p>{whyText(run.hint)}</p>
          </Note>
        </div>
      ) : null}
      <ErrorNote error={error} />
    </section>
  );
}

/** The way to the visitor's intake, or to what came of it. */
function Where(props: { run: PracticeRun }) {
  const { run } = props;
  const route = useRoute();
  const there = run.case
    ? route.screen === 'case' && route.id === run.case
    : route.screen === 'intake' && route.draft === run.draft;
  if (there) return null;
  return run.case ? (
    <LinkButton small href={href({ screen: 'case', id: run.case })}>
      {t('training.to_case')}
    </LinkButton>
  ) : (
    <LinkButton small primary href={href({ screen: 'intake', draft: run.draft })}>
      {t('training.to_intake')}
    </LinkButton>
  );
}

function News(props: { run: PracticeRun }) {
  const agencies = useCommand('reference', {}).data?.agencies ?? [];
  const called = (code: string) => {
    const agency = agencies.find((one) => one.code === code);
    return agency ? name(agency.name) : code;
  };
  const said = { accepted: 'accepted', rejected: 'rejected', answered: 'answered' } as const;
  return [...props.run.news].reverse().map((news, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: news only grow at the end
    <div key={index}>
      <p className="asked">
        {t(`training.news.${said[news.does as keyof typeof said] ?? 'accepted'}`, {
          agency: called(news.agency),
        })}
      </p>
      {news.text ? <p>«{name(news.text)}»</p> : null}
    </div>
  ));
}

/** Minutes, not a ticking clock: nothing moves while one thinks. */
function Minutes(props: { run: PracticeRun }) {
  const since = Date.parse(props.run.started_at);
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  const n = Math.max(0, Math.floor((now - since) / 60_000));
  return <span className="s num">{t('training.minutes', { n, all: props.run.minutes })}</span>;
}
