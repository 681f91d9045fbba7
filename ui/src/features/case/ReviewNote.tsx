// Two corrections that met: both values, and the officer's word on which one stands.
import type { CaseView, Review, ReviewTake } from '../../backend';
import { useAction } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { Button, ErrorNote, Note } from '../../kit';
import { toastDone } from '../../shell/undo';
import type { Book } from '../intake/form';
import { themeName } from '../intake/useBook';

export function ReviewNote(props: { view: CaseView; review: Review; book: Book }) {
  const { view, review, book } = props;
  const settle = useAction('review_settle');
  // A field that belongs to one of several (`category:<id>`) is named by its kind.
  const field = review.field.split(/[:.]/)[0] ?? '';
  const said = (value: string) =>
    field === 'priority'
      ? tCode(`priority.${value}`, t('priority.rule'))
      : (book.category(value) ? themeName(book, value) : value) || t('correct.none');
  const take = (which: ReviewTake) => {
    if (settle.isPending) return;
    settle.mutate(
      { case: view.id, event: review.event, take: which, note: '' },
      { onSuccess: ({ undo }) => toastDone(t('case.review.settled'), undo) },
    );
  };
  return (
    <Note tone="warn">
      <p className="t">
        {t('case.review.title')}:{' '}
        {tCode(`case.review.field_${field}`, t('case.review.field_other'))}
      </p>
      <p>{t('case.review.text')}</p>
      <dl className="two-values">
        <div>
          <dt>{t('case.review.earlier')}</dt>
          <dd>{said(review.earlier)}</dd>
        </div>
        <div>
          <dt>{t('case.review.later')}</dt>
          <dd>{said(review.later)}</dd>
        </div>
      </dl>
      {view.may_correct ? (
        <div className="note-act fx wrap">
          <Button small pending={settle.isPending} onPress={() => take('earlier')}>
            {t('case.review.take_earlier', { value: said(review.earlier) })}
          </Button>
          <Button small pending={settle.isPending} onPress={() => take('later')}>
            {t('case.review.take_later', { value: said(review.later) })}
          </Button>
        </div>
      ) : null}
      <ErrorNote error={settle.error} />
    </Note>
  );
}
