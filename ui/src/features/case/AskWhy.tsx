// A restricted case of another officer: why it is opened is asked once per sign-in, and kept.
import type { LookReason } from '../../backend';
import { t } from '../../i18n';
import { Button, Card, ErrorNote, Field, LinkButton, PillRadios } from '../../kit';
import { useKept } from '../../shell/kept';
import { href } from '../../shell/router';
import { Screen } from '../../shell/Screen';
import { useFinishKey } from './FormDialog';

/** `esik_domain::look::REASONS`; the last one wants words. */
const REASONS = ['person', 'instead', 'control', 'check', 'other'] as const;
type Code = (typeof REASONS)[number];

export function AskWhy(props: {
  pending: boolean;
  error: unknown;
  onOpen: (reason: LookReason) => void;
}) {
  const [code, setCode] = useKept<Code | null>('look.code', null);
  const [words, setWords] = useKept('look.words', '');
  const ready = code !== null && (code !== 'other' || words.trim() !== '');
  function open(): void {
    if (!ready || props.pending) return;
    props.onOpen({ code, words: code === 'other' ? words.trim() : '' });
  }
  useFinishKey(open);
  return (
    <Screen title={t('look.ask.title')}>
      <Card padded>
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            open();
          }}
        >
          <p className="prose">{t('look.ask.text')}</p>
          <PillRadios
            label={t('look.ask.label')}
            options={REASONS.map((id) => ({ id, label: t(`look.reason.${id}`) }))}
            value={code}
            onChange={(id) => setCode(id as Code)}
            autoFocus
          />
          {code === 'other' ? (
            <Field
              label={t('look.ask.words')}
              value={words}
              onChange={setWords}
              maxLength={200}
              autoFocus
            />
          ) : null}
          <ErrorNote error={props.error} />
          <div className="fx">
            <Button
              primary
              kbd="Ctrl+Enter"
              pending={props.pending}
              disabled={!ready}
              onPress={open}
            >
              {t('look.ask.open')}
            </Button>
            <LinkButton href={href({ screen: 'control', queue: 'all' })}>
              {t('case.back')}
            </LinkButton>
          </div>
        </form>
      </Card>
    </Screen>
  );
}
