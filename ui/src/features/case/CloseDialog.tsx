// The end of a case with the applicant's own word, and its beginning again.
import { useState } from 'react';
import type { Word } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { Note, PillRadios, TextArea, toast } from '../../kit';
import type { DialogProps } from './CaseDialogs';
import { FormDialog } from './FormDialog';
import { lastWord, leftOpen, wasAsked } from './next';

const WORDS: readonly Word[] = ['solved', 'partly', 'not_solved', 'not_asked'];
const OUTCOMES = ['helped', 'explained', 'refused_by_body', 'withdrawn', 'not_reached'] as const;

export function CloseDialog(props: DialogProps) {
  const { view, onClose } = props;
  const close = useAction('case_close');
  const said = WORDS.find((w) => w === lastWord(view)) ?? null;
  const [word, setWord] = useState<Word | null>(said);
  const [outcome, setOutcome] = useState<string | null>(said === 'solved' ? 'helped' : null);
  const [text, setText] = useState('');
  const left = leftOpen(view);
  return (
    <FormDialog
      title={t('case.close.title', { number: view.number ?? '' })}
      save={t('case.close.yes')}
      pending={close.isPending}
      error={close.error}
      disabled={word === null || outcome === null}
      onClose={onClose}
      onSave={() => {
        if (word === null || outcome === null) return;
        close.mutate(
          { case: view.id, word, outcome, text: text.trim() },
          {
            onSuccess: () => {
              toast(t('case.saved.closed'));
              onClose();
            },
          },
        );
      }}
    >
      {left > 0 ? <Note tone="warn">{t('case.close.open_left', { n: left })}</Note> : null}
      {wasAsked(view) ? null : <Note>{t('case.close.not_told')}</Note>}
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
        options={OUTCOMES.map((id) => ({ id, label: t(`case.outcome.${id}`) }))}
      />
      <TextArea label={t('case.close.text')} rows={2} value={text} onChange={setText} />
    </FormDialog>
  );
}

export function ReopenDialog(props: DialogProps) {
  const { view, onClose } = props;
  const reopen = useAction('case_reopen');
  const [reason, setReason] = useState('');
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
      <TextArea
        label={t('case.reopen.reason')}
        rows={2}
        autoFocus
        value={reason}
        onChange={setReason}
      />
    </FormDialog>
  );
}
