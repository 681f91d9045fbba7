// The foot of an intake: what will happen, then Esc and Ctrl+Enter.
import type { Preview, Proposed } from '../../backend';
import { t } from '../../i18n';
import { Rich } from '../../i18n/Rich';
import { Button } from '../../kit';
import { cannotWait, PriorityTag, whyProposed } from '../priority';
import type { Book } from './form';
import { themeName } from './useBook';

export function Foot(props: {
  preview: Preview | undefined;
  book: Book;
  preselected: string | null;
  finishing: boolean;
  onFinish: () => void;
  onAside: () => void;
}) {
  const { preview } = props;
  return (
    <>
      <p className="m grow intake-foot">
        <WillHappen {...props} />
        {preview?.priority ? <HowSoon proposed={preview.priority} book={props.book} /> : null}
      </p>
      <Button kbd="Esc" onPress={props.onAside}>
        {t('intake.foot.aside')}
      </Button>
      <Button primary kbd="Ctrl+Enter" pending={props.finishing} onPress={props.onFinish}>
        {props.finishing ? t('intake.foot.running') : finishWord(preview)}
      </Button>
    </>
  );
}

/** What cannot wait is said before it is saved, and why; the rest is as usual and needs no word. */
function HowSoon(props: { proposed: Proposed; book: Book }) {
  const { proposed, book } = props;
  if (!cannotWait(proposed.priority)) return null;
  return (
    <>
      {' '}
      <PriorityTag priority={proposed.priority} />{' '}
      <span className="s">{whyProposed(proposed, book)}</span>
    </>
  );
}

function WillHappen(props: {
  preview: Preview | undefined;
  book: Book;
  preselected: string | null;
}) {
  const { preview, preselected } = props;
  switch (preview?.becomes) {
    case 'case':
      return preview.number ? (
        <Rich
          id={preview.own_series ? 'intake.foot.case_own' : 'intake.foot.case'}
          values={{ number: preview.number }}
        />
      ) : null;
    case 'advice':
      return preselected
        ? t('intake.foot.advice_of', { category: themeName(props.book, preselected) })
        : t('intake.foot.advice');
    case 'crime':
      return t('intake.foot.crime');
    case 'visit':
      return t('intake.foot.visit');
    default:
      return null;
  }
}

function finishWord(preview: Preview | undefined): string {
  switch (preview?.becomes) {
    case 'advice':
      return t('intake.foot.finish_advice');
    case 'crime':
      return t('intake.foot.finish_crime');
    case 'visit':
      return t('intake.foot.finish_visit');
    default:
      return t('intake.foot.finish_case');
  }
}
