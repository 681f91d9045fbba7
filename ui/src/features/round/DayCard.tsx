// The day: what was done, handing it in, and the receipt of what arrived.
import { useState } from 'react';
import type { RoundDayLine, RoundReceipt, RoundView } from '../../backend';
import { t } from '../../i18n';
import { fullDay } from '../../i18n/dates';
import { Button, Card, ErrorNote, Note, Tag } from '../../kit';
import { refusalText } from '../../kit/Note';
import { PaperDialog } from '../case/PaperDialog';
import { proofOf, regionSays } from '../shift/words';
import { countsSay, filesSay } from './words';

export function DayCard(props: {
  view: RoundView;
  receipt: RoundReceipt | undefined;
  pending: boolean;
  error: unknown;
  onHandIn: (day: string | null) => void;
}) {
  const { view, receipt } = props;
  const [paper, setPaper] = useState<RoundDayLine>();
  const some = view.counts.visits > 0 || view.taken > 0;
  return (
    <Card padded title={t('round.day')} className="round-day">
      {view.not_handed_in ? (
        <Note tone="warn">
          <p>{t('round.forgotten', { day: fullDay(view.not_handed_in) })}</p>
          <div className="note-act">
            <Button small onPress={() => props.onHandIn(view.not_handed_in)}>
              {t('round.hand_in')}
            </Button>
          </div>
        </Note>
      ) : null}
      <p className="t">
        {some
          ? t('round.day.so_far', { visits: view.counts.visits, taken: view.taken })
          : t('round.day.none')}
      </p>
      {some ? (
        <p className="m">
          {[countsSay(view.counts), filesSay(view.files)].filter(Boolean).join(' · ')}
        </p>
      ) : null}
      <p className="m">{regionSays(view.region)}</p>
      <Button
        primary
        kbd="Ctrl+Enter"
        pending={props.pending}
        disabled={!some}
        onPress={() => props.onHandIn(null)}
      >
        {t('round.hand_in')}
      </Button>
      <ErrorNote error={props.error} />
      <div role="status">
        {receipt ? <Receipt receipt={receipt} onPrint={() => setPaper(receipt.line)} /> : null}
      </div>
      {view.days.length > 0 ? (
        <section className="round-more" aria-labelledby="round-days">
          <h3 id="round-days">{t('round.days')}</h3>
          <ul>
            {view.days.slice(0, 10).map((line) => (
              <li key={line.id}>
                <span>
                  {fullDay(line.day)}{' '}
                  <span className="m">
                    {t('round.day.so_far', { visits: line.counts.visits, taken: line.taken })}
                  </span>{' '}
                  {line.receipt === null ? (
                    <Tag tone="warn">{t('round.receipt.waits')}</Tag>
                  ) : (
                    <Tag tone="ok">{t('shift.receipt', { n: line.receipt })}</Tag>
                  )}
                </span>
                <Button
                  small
                  quiet
                  label={t('round.print_one', { day: fullDay(line.day) })}
                  onPress={() => setPaper(line)}
                >
                  {t('shift.print')}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {paper ? (
        <PaperDialog
          paper={{
            of: { of: 'round_day', id: paper.id },
            name: t('round.paper', { day: fullDay(paper.day) }),
          }}
          onClose={() => setPaper(undefined)}
        />
      ) : null}
    </Card>
  );
}

function Receipt(props: { receipt: RoundReceipt; onPrint: () => void }) {
  const { receipt } = props;
  const { line } = receipt;
  const proof = proofOf(receipt.region);
  return (
    <Note tone={line.receipt === null ? 'warn' : 'ok'}>
      <p className="t">
        {t('round.receipt.day', { visits: line.counts.visits, taken: line.taken })}{' '}
        {line.files > 0 ? `${t('round.receipt.files', { n: line.files })}.` : null}
      </p>
      <p>{t('round.receipt.region', { known: receipt.acknowledged, all: receipt.records })}</p>
      <p>
        {line.receipt === null
          ? t('round.receipt.later')
          : t('round.receipt.number', { n: line.receipt })}
        {proof ? ` ${t('round.receipt.proof', { proof })}` : null}
      </p>
      {receipt.region.unsent > 0 ? (
        <p>
          {regionSays(receipt.region)}
          {receipt.failure ? ` ${refusalText(receipt.failure)}.` : null}
        </p>
      ) : null}
      <div className="note-act">
        <Button small onPress={props.onPrint}>
          {t('shift.print')}
        </Button>
      </div>
    </Note>
  );
}
