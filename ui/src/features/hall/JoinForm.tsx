// The consultant's minute: a few words, what is noticed in them, a ticket.
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { call, type QueueJoin, type QueueJoined } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import {
  Button,
  Card,
  ErrorNote,
  Field,
  focusWithin,
  Kbd,
  Note,
  Pill,
  PillRadios,
} from '../../kit';
import { useKept } from '../../shell/kept';
import { bindKeys } from '../../shell/keys';
import { somethingIsOpen } from '../intake/keys';
import { themeName, useBook } from '../intake/useBook';
import { useLatest } from '../intake/useLatest';
import { emptyParty } from '../intake/who';
import { flagNames } from './words';

const BLANK: QueueJoin = { words: '', name: '', language: '', urgent: false, category: null };
/** As the core keeps them, in characters. */
const WORDS_MAX = 200;
const NAME_MAX = 80;

/** The next person's words may stand there already; what was sent is the last person's and goes, field by field. */
function typedSince(now: QueueJoin, sent: QueueJoin): QueueJoin {
  return {
    words: now.words === sent.words ? BLANK.words : now.words,
    name: now.name === sent.name ? BLANK.name : now.name,
    language: now.language === sent.language ? BLANK.language : now.language,
    urgent: now.urgent === sent.urgent ? BLANK.urgent : now.urgent,
    category: now.category === sent.category ? BLANK.category : now.category,
  };
}

export function JoinForm() {
  const [form, setForm] = useKept('hall.form', BLANK);
  const [given, setGiven] = useState<QueueJoined>();
  const { book } = useBook();
  const join = useAction('queue_join');
  const words = useRef<HTMLInputElement>(null);
  const name = useRef<HTMLInputElement>(null);
  const edit = (patch: Partial<QueueJoin>) => setForm((old) => ({ ...old, ...patch }));
  const help = useLatest(
    (args) => call('intake_help', args),
    {
      text: form.words,
      address: '',
      who_line: '',
      person: emptyParty(),
      category: form.category,
      more: [],
      bodies: [],
    },
    250,
    form.words.trim() !== '',
  );
  const found = form.words.trim() === '' ? undefined : help.answer?.suggestion;
  const flags = found?.red_flags ?? [];
  const crime = flags.some((flag) => flag.route === 'register');

  const give = () => {
    if (join.isPending) return;
    join.mutate(form, {
      onSuccess: (answer) => {
        setGiven(answer);
        setForm((now) => typedSince(now, form));
        focusWithin(words.current?.form, words.current);
      },
    });
  };
  // As in the intake: the theme that looks right, and who it is.
  const take = () => {
    const first = found?.categories[0]?.code;
    if (first && !somethingIsOpen()) edit({ category: first });
  };
  const now = useRef({ give, take });
  now.current = { give, take };
  useEffect(
    () =>
      bindKeys({
        'Control+Enter': () => now.current.give(),
        'Control+NumpadEnter': () => now.current.give(),
        'Alt+Enter': () => now.current.take(),
        'Alt+NumpadEnter': () => now.current.take(),
        'Alt+KeyW': () => name.current?.focus(),
      }),
    [],
  );

  return (
    <div className="hall-join">
      <Card padded title={t('hall.join')} aside={t('hall.join.aside')}>
        <form
          className="stack"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            give();
          }}
        >
          <Field
            label={t('hall.words')}
            aside={t('hall.words.hint')}
            placeholder={t('hall.words.placeholder')}
            value={form.words}
            onChange={(value) => edit({ words: value })}
            inputRef={words}
            maxLength={WORDS_MAX}
            autoFocus
          />
          <div className="hall-heard" aria-live="polite">
            {flags.length > 0 ? (
              <p className="t">
                {t('hall.noticed', { flags: flagNames(flags.map((flag) => flag.code)) })}
              </p>
            ) : null}
            {crime ? <Note tone="late">{t('hall.crime')}</Note> : null}
          </div>
          {found && found.categories.length > 0 ? (
            <fieldset className="pills">
              <legend className="field-label">{t('hall.theme')}</legend>
              {found.categories.slice(0, 3).map(({ code }, n) => (
                <Pill
                  key={code}
                  {...(n === 0 ? { kbd: 'Alt+Enter' } : {})}
                  selected={form.category === code}
                  onChange={(on) => edit({ category: on ? code : null })}
                >
                  {themeName(book, code)}
                </Pill>
              ))}
            </fieldset>
          ) : null}
          <div className="hall-pair">
            <Field
              label={t('hall.name')}
              aside={t('hall.name.hint')}
              value={form.name}
              onChange={(value) => edit({ name: value })}
              inputRef={name}
              maxLength={NAME_MAX}
              keys="Alt+W"
              inside={<Kbd keys="Alt+W" />}
            />
            <PillRadios
              label={t('hall.language')}
              options={(['kk', 'ru', 'en'] as const).map((id) => ({
                id,
                label: t(`hall.language.${id}`),
              }))}
              value={form.language || null}
              onChange={(language) => edit({ language })}
            />
          </div>
          <ErrorNote error={join.error} onRetry={give} />
          <div className="fx wrap">
            <Button primary type="submit" kbd="Ctrl+Enter" pending={join.isPending}>
              {t('hall.give')}
            </Button>
            <Pill selected={form.urgent} onChange={(urgent) => edit({ urgent })}>
              {t('hall.urgent')}
            </Pill>
          </div>
        </form>
      </Card>
      <div role="status">{given ? <Given given={given} /> : null}</div>
    </div>
  );
}

function Given(props: { given: QueueJoined }) {
  const { given } = props;
  return (
    <Card padded className="hall-given">
      <p className="hall-number num">{t('hall.given', { ticket: given.ticket })}</p>
      <p>
        {t('hall.given.say')} {given.urgent ? t('hall.given.urgent') : null}
      </p>
      {given.words_dropped ? <Note tone="late">{t('hall.given.dropped')}</Note> : null}
      {given.circle === 'open' ? null : <Note tone="calm">{t('hall.given.circle')}</Note>}
    </Card>
  );
}
