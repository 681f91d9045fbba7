// What somebody who holds the coupon said through the region's page: text of a stranger, and what can be done about it.
import { useCallback, useEffect } from 'react';
import type { CaseView, SaidView } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { day, dayOf, moment } from '../../i18n/dates';
import { Button, ErrorNote, Note, toast } from '../../kit';
import { toastDone } from '../../shell/undo';

export function WordsNote(props: { view: CaseView }) {
  const { view } = props;
  const read = useAction('word_read');
  const reopen = useAction('case_reopen');
  const asked = view.words.some((w) => w.asks_to_reopen);
  const may = view.may_correct;
  const pending = read.isPending || reopen.isPending;
  const again = useCallback(() => {
    if (pending) return;
    reopen.mutate(
      { case: view.id, reason: t('case.said.reason') },
      { onSuccess: () => toast(t('case.saved.reopened')) },
    );
  }, [pending, reopen.mutate, view.id]);
  useReopenKey(asked && may, again);
  if (view.words.length === 0) return null;
  return (
    <Note tone={asked ? 'late' : 'warn'}>
      {view.words.map((word) => (
        <div key={word.event} className="page-word">
          <p className="t">{t(titleOf(word))}</p>
          {word.text ? <p className="said">{word.text}</p> : null}
          <p className="s">
            {[
              moment(word.at),
              word.due ? t('case.said.due', { date: day(word.due, dayOf(new Date())) }) : '',
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
      ))}
      <p>{t(view.words_doubtful ? 'case.said.doubtful' : 'case.said.unproven')}</p>
      {asked && may ? <p>{t('case.said.reopens', { reason: t('case.said.reason') })}</p> : null}
      {may ? (
        <div className="note-act fx wrap">
          {asked ? (
            <Button primary kbd="Alt+R" pending={pending} onPress={again}>
              {t('case.reopen.yes')}
            </Button>
          ) : null}
          <Button
            pending={pending}
            onPress={() =>
              read.mutate(
                { case: view.id, events: view.words.map((w) => w.event) },
                { onSuccess: ({ undo }) => toastDone(t('case.said.read_done'), undo) },
              )
            }
          >
            {t('case.said.read')}
          </Button>
        </div>
      ) : null}
      <ErrorNote error={reopen.error ?? read.error} />
    </Note>
  );
}

function titleOf(word: SaidView) {
  if (word.word === null) return 'case.said.title';
  return word.word === 'solved' ? 'case.said.solved' : 'case.said.not_solved';
}

/** One key for what the note asks; a window over the case keeps its own keys. */
function useReopenKey(on: boolean, act: () => void): void {
  useEffect(() => {
    if (!on) return;
    function press(event: KeyboardEvent): void {
      if (event.code !== 'KeyR' || !event.altKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      if (!event.repeat && !document.querySelector('[role="dialog"]')) act();
    }
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [on, act]);
}
