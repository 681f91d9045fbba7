// Taking a trouble down: one page, the text first, help beside it, what will happen at the foot.
import { useEffect, useState } from 'react';
import { asRefusal, call } from '../../backend';
import { t } from '../../i18n';
import { EmptyState, ErrorNote, LinkButton, Skeleton } from '../../kit';
import { href, navigate } from '../../shell/router';
import { Screen } from '../../shell/Screen';
import { Done, type Finished } from './Done';
import { type LiveDraft, openDraft } from './drafts';
import { IntakeDesk } from './IntakeDesk';
import '../case/shared.css';
import './intake.css';
import { useBook } from './useBook';

export function IntakeScreen(props: { draftId: string }) {
  return <Intake key={props.draftId} id={props.draftId} />;
}

function Intake(props: { id: string }) {
  const { id } = props;
  const [draft, setDraft] = useState<LiveDraft>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const [finished, setFinished] = useState<Finished>();
  const [opening, setOpening] = useState(false);
  const { book } = useBook();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt asks again
  useEffect(() => {
    let here = true;
    setError(undefined);
    openDraft(id).then(
      (opened) => here && setDraft(opened),
      (failure: unknown) => here && setError(failure),
    );
    return () => {
      here = false;
    };
  }, [id, attempt]);

  if (finished) {
    return (
      <Done
        finished={finished}
        book={book}
        opening={opening}
        onNew={() => {
          if (opening) return;
          setOpening(true);
          call('draft_open', {}).then(
            (next) => navigate({ screen: 'intake', draft: next.id }),
            () => setOpening(false),
          );
        }}
      />
    );
  }
  if (error !== undefined) {
    return (
      <Screen title={t('intake.title')}>
        {asRefusal(error).code === 'not_found' ? (
          <EmptyState
            title={t('intake.load.gone')}
            action={
              <LinkButton href={href({ screen: 'reception' })}>{t('intake.load.back')}</LinkButton>
            }
          >
            {t('intake.load.gone_text')}
          </EmptyState>
        ) : (
          <ErrorNote error={error} onRetry={() => setAttempt(attempt + 1)} />
        )}
      </Screen>
    );
  }
  if (!draft) {
    return (
      <Screen title={t('intake.title')}>
        <Skeleton rows={6} two />
      </Screen>
    );
  }
  return <IntakeDesk draft={draft} book={book} onFinished={setFinished} />;
}
