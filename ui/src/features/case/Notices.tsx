// What has to be known before reading on: closed, refused, two values, an old program, a crime branch.
import type { CaseView, Refused } from '../../backend';
import { t, tCode } from '../../i18n';
import { day, dayOf, moment } from '../../i18n/dates';
import { Button, LinkButton, Note } from '../../kit';
import { useKept } from '../../shell/kept';
import { href } from '../../shell/router';
import type { Book } from '../intake/form';
import { RefusalDialog } from './RefusalDialog';
import { ReviewNote } from './ReviewNote';
import { WordsNote } from './WordsNote';

export function Notices(props: { view: CaseView; book: Book }) {
  const { view, book } = props;
  const [settling, setSettling] = useKept<Refused>('notices.settling');
  return (
    <>
      {settling ? (
        <RefusalDialog
          of={{ case: view.id, events: [settling.event] }}
          what={refusedText(settling)}
          onClose={() => setSettling(undefined)}
        />
      ) : null}
      {view.read_only ? (
        <Note tone="warn">
          <p className="t">{t('case.readonly.title')}</p>
          <p>{t('case.readonly.text')}</p>
        </Note>
      ) : null}
      <WordsNote view={view} />
      {view.same_number.length > 0 ? (
        <Note tone="warn">
          <p className="t">{t('case.same_number')}</p>
          <p>{t('case.same_number.why')}</p>
          <div className="note-act">
            {view.same_number.map((id, n) => (
              <LinkButton key={id} href={href({ screen: 'case', id })}>
                {t('case.same_number.open', { n: n + 1, of: view.same_number.length })}
              </LinkButton>
            ))}
          </div>
        </Note>
      ) : null}
      {view.refused.map((refused) => (
        <Note tone="late" key={refused.event}>
          <p className="t">{t('case.refused.title')}</p>
          <p>{refusedText(refused)}</p>
          {view.read_only ? null : (
            <div className="note-act">
              <Button
                small
                label={t('sync.settle.one', { what: refusedText(refused), where: '' })}
                onPress={() => setSettling(refused)}
              >
                {t('sync.settle')}
              </Button>
            </div>
          )}
        </Note>
      ))}
      {view.review.map((review) => (
        <ReviewNote key={review.event} view={view} review={review} book={book} />
      ))}
      {view.end.asked && view.closed === null ? (
        <Note tone="warn">
          <p className="t">
            {t('close.second_asked', {
              who: view.end.asked_by,
              outcome: tCode(`case.outcome.${view.end.asked.outcome}`, view.end.asked.outcome),
            })}
          </p>
          {view.end.needs_second ? <p>{t('close.second_waits')}</p> : null}
        </Note>
      ) : null}
      {view.closed ? (
        <Note tone="ok">
          <p>
            {t('case.closed.line', {
              date: day(dayOf(view.closed.at), dayOf(new Date())),
              outcome: tCode(`case.outcome.${view.closed.outcome}`, view.closed.outcome),
              word: t(`case.word.${view.closed.word}`),
            })}
          </p>
          {view.closed.text ? <p>{view.closed.text}</p> : null}
          {view.closed.at_region ? null : <p>{t('case.closed.waits')}</p>}
        </Note>
      ) : null}
      {view.crime ? (
        <Note tone="calm">
          <p className="t">{t('case.crime.title')}</p>
          <p>
            {[
              t('case.crime.number', { number: view.crime.kui_number }),
              t('case.crime.at', { at: moment(view.crime.kui_at) }),
              view.crime.received_by
                ? t('case.crime.received_by', { who: view.crime.received_by })
                : '',
              view.crime.minutes === null ? '' : t('case.crime.minutes', { n: view.crime.minutes }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </Note>
      ) : null}
      {view.waiting > 0 ? <Note>{t('case.waiting.text', { n: view.waiting })}</Note> : null}
      {view.unknown > 0 && !view.read_only ? (
        <Note>{t('case.unknown.text', { n: view.unknown })}</Note>
      ) : null}
    </>
  );
}

function refusedText(refused: Refused): string {
  return t('case.refused.text', {
    kind: tCode(`case.refused.kind_${refused.kind}`, t('case.refused.kind_other')),
    reason: tCode(`case.refused.${refused.code}`, t('case.refused.other')),
  });
}
