// The end of a case with the applicant's own word, and its beginning again.
import type { Word } from '../../backend';
import { useAction } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { Note, PillRadios, TextArea, toast } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import type { DialogProps } from './CaseDialogs';
import { Cautions, InLanguage } from './Cautions';
import { FormDialog } from './FormDialog';
import { lastStars, lastWord, leftOpen } from './next';
import { ReadyText } from './ReadyText';

const WORDS: readonly Word[] = ['solved', 'partly', 'not_solved', 'not_asked'];
const STARS = ['1', '2', '3', '4', '5'] as const;

export function CloseDialog(props: DialogProps) {
  const { view, onClose } = props;
  const close = useAction('case_close');
  const asked = view.end.needs_second ? null : view.end.asked;
  const said = asked?.word ?? WORDS.find((w) => w === lastWord(view)) ?? null;
  const [word, setWord] = useKept<Word | null>('close.word', said);
  const [outcome, setOutcome] = useKept<string | null>(
    'close.outcome',
    asked?.outcome ?? (said === 'solved' ? 'helped' : null),
  );
  const [text, setText] = useKept('close.text', asked?.text ?? '');
  const [stars, setStars] = useKept<string | null>(
    'close.stars',
    asked?.satisfaction ? String(asked.satisfaction) : lastStars(view),
  );
  const [notCalled, setNotCalled] = useKept('close.notCalled', asked?.not_called ?? '');
  const called = view.end.called_back;
  const left = leftOpen(view);
  const why = outcome !== null && view.end.want_reason.includes(outcome);
  return (
    <FormDialog
      title={t('case.close.title', { number: view.number ?? '' })}
      save={view.end.needs_second ? t('close.second_yes') : t('case.close.yes')}
      pending={close.isPending}
      error={close.error}
      disabled={
        word === null ||
        outcome === null ||
        (!called && notCalled.trim() === '') ||
        (why && text.trim() === '')
      }
      onClose={onClose}
      onSave={() => {
        if (word === null || outcome === null) return;
        close.mutate(
          {
            case: view.id,
            word,
            outcome,
            text: text.trim(),
            satisfaction: stars === null ? null : Number(stars),
            not_called: called ? '' : notCalled.trim(),
          },
          {
            onSuccess: ({ undo }) => {
              toastDone(
                view.end.needs_second ? t('close.saved_asked') : t('case.saved.closed'),
                undo,
              );
              onClose();
            },
          },
        );
      }}
    >
      {left > 0 ? <Note tone="warn">{t('case.close.open_left', { n: left })}</Note> : null}
      {view.end.needs_second ? <Note tone="calm">{t('close.second')}</Note> : null}
      {asked ? (
        <Note tone="calm">
          {t('close.second_asked', {
            who: view.end.asked_by,
            outcome: tCode(`case.outcome.${asked.outcome}`, asked.outcome),
          })}
        </Note>
      ) : null}
      {view.end.by_page ? <Note>{t('case.close.by_page')}</Note> : null}
      {called ? null : (
        <>
          <Note>{t('case.close.not_told')}</Note>
          <Cautions view={view} />
          <InLanguage view={view} />
          <TextArea
            label={t('close.not_called')}
            rows={1}
            value={notCalled}
            onChange={setNotCalled}
          />
        </>
      )}
      <PillRadios
        label={t('case.close.word')}
        value={word}
        onChange={(id) => setWord(id as Word)}
        options={WORDS.map((id) => ({ id, label: t(`case.word.${id}`) }))}
      />
      <PillRadios
        label={t('case.close.outcome')}
        value={outcome}
        onChange={setOutcome}
        options={view.end.outcomes.map((id) => ({ id, label: tCode(`case.outcome.${id}`, id) }))}
      />
      <PillRadios
        label={t('close.satisfaction')}
        aside={t('close.satisfaction_hint')}
        value={stars}
        onChange={setStars}
        options={STARS.map((id) => ({ id, label: id }))}
      />
      <ReadyText
        view={view}
        moment={outcome === null || why ? null : `close.${outcome}`}
        toApplicant
        label={t(why ? 'close.reason' : 'case.close.text')}
        value={text}
        onChange={setText}
      />
    </FormDialog>
  );
}

export function ReopenDialog(props: DialogProps) {
  const { view, onClose } = props;
  const reopen = useAction('case_reopen');
  const [reason, setReason] = useKept('reopen.reason', '');
  return (
    <FormDialog
      title={t('case.reopen.title')}
      save={t('case.reopen.yes')}
      pending={reopen.isPending}
      error={reopen.error}
      disabled={reason.trim() === ''}
      onClose={onClose}
      onSave={() =>
        reopen.mutate(
          { case: view.id, reason: reason.trim() },
          {
            onSuccess: () => {
              toast(t('case.saved.reopened'));
              onClose();
            },
          },
        )
      }
    >
      <ReadyText
        view={view}
        moment="reopen"
        label={t('case.reopen.reason')}
        autoFocus
        value={reason}
        onChange={setReason}
      />
      <p className="s">{t('reopen.reaches')}</p>
    </FormDialog>
  );
}
