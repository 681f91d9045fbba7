// Which calendar, papers and cards hold at this desk, since when; a paper is looked at before its day.
import { useState } from 'react';
import type { PublishedLine } from '../../backend';
import { useCommand } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { dayOf, fullDay } from '../../i18n/dates';
import { Button, Card, ErrorNote, Row, Skeleton, Tag } from '../../kit';
import { SpecimenDialog } from './SpecimenDialog';

export function Published() {
  const { data, error, refetch } = useCommand('publications', {});
  const [all, setAll] = useState(false);
  const [shown, setShown] = useState<PublishedLine>();
  // A paper of which nothing came from the region is as the program has it: said once, for all.
  const touched = new Set((data?.lines ?? []).filter((l) => !l.ours).map((l) => l.name));
  const plain = (l: PublishedLine) => l.kind === 'paper' && !touched.has(l.name);
  const lines = data?.lines.filter((l) => !plain(l)) ?? [];
  const papers = data?.lines.filter(plain) ?? [];
  return (
    <Card title={t('settings.published')}>
      {error ? <ErrorNote error={error} onRetry={() => void refetch()} /> : null}
      {data || error ? null : <Skeleton rows={3} />}
      <ul className="rows">
        {[...lines, ...(all ? papers : [])].map((line) => (
          <Line key={`${line.kind}/${line.name}/${line.version}`} line={line} onSee={setShown} />
        ))}
        {papers.length > 0 && !all ? (
          <li>
            <Row>
              <span>
                <Button small quiet onPress={() => setAll(true)}>
                  {t('settings.published.papers', { n: papers.length })}
                </Button>
              </span>
            </Row>
          </li>
        ) : null}
      </ul>
      {shown ? <SpecimenDialog line={shown} onClose={() => setShown(undefined)} /> : null}
    </Card>
  );
}

function Line(props: { line: PublishedLine; onSee: (line: PublishedLine) => void }) {
  const { line } = props;
  const what = titleOf(line);
  return (
    <li>
      <Row>
        <span>
          <span className="t">{what}</span>{' '}
          <span className="m">
            {line.label ? t('settings.published.version', { version: line.label }) : null}
          </span>
        </span>
        <State line={line} />
        <span className="m">{standing(line)}</span>
        {line.kind === 'paper' && (line.state === 'holds' || line.state === 'waits') ? (
          <Button
            small
            quiet
            label={t('paper.see_one', { paper: what })}
            onPress={() => props.onSee(line)}
          >
            {t('paper.see')}
          </Button>
        ) : null}
      </Row>
    </li>
  );
}

/** The name of the thing, as people call it. */
export function titleOf(line: PublishedLine): string {
  return line.kind === 'paper'
    ? tCode(`paper.name.${line.name}`, t('paper.name.other'))
    : tCode(`settings.published.kind.${line.kind}`, t('settings.published.kind.other'));
}

/** Since when, and who answers for it. */
function standing(line: PublishedLine): string {
  if (line.ours) return t('settings.published.ours');
  const by = t('settings.published.by', { who: line.by });
  if (line.state === 'holds' && line.since) {
    return `${t('settings.published.since', { date: fullDay(dayOf(line.since)) })} · ${by}`;
  }
  if (line.state === 'waits' && line.holds_from) {
    return `${t('settings.published.from', { date: fullDay(line.holds_from) })} · ${by}`;
  }
  return by;
}

function State(props: { line: PublishedLine }) {
  switch (props.line.state) {
    case 'holds':
      return <Tag tone="ok">{t('settings.published.holds')}</Tag>;
    case 'waits':
      return <Tag tone="calm">{t('settings.published.waits')}</Tag>;
    case 'newer_program':
      return <Tag tone="warn">{t('settings.published.newer')}</Tag>;
    case 'unreadable':
      return <Tag tone="late">{t('settings.published.unreadable')}</Tag>;
  }
}
