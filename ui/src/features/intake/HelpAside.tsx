// Help beside the text: what it may be and why, what to ask now, what to advise, what is near.
import type { CardRef, Category, Help, IntakeForm, RedFlagHit, SimilarCase } from '../../backend';
import { language, t, tCode } from '../../i18n';
import { day, dayOf } from '../../i18n/dates';
import { Button, Card, Combo, Kbd, Note, Tag } from '../../kit';
import { href } from '../../shell/router';
import { WhyDate } from '../case/WhyDate';
import { CardPicks } from '../knowledge/CardPicks';
import { reasons } from './Bodies';
import { type Book, type ProposedBody, proposedBodies, withNames } from './form';
import { foundWords } from './marks';
import { bodyName, themeName, useThemes } from './useBook';

export interface HelpActs {
  take(code: string): void;
  clear(): void;
  crime(): void;
  link(id: string | null): void;
  cite(card: CardRef, text: string): void;
}

export function HelpAside(props: {
  form: IntakeForm;
  help: Help | undefined;
  failed: boolean;
  book: Book;
  /** The theme that would be saved without being taken (advice alone). */
  preselected: string | null;
  /** Who may know of it when it is saved as it stands: `open`, or a restricted circle. */
  circle: string;
  act: HelpActs;
}) {
  const { form, help, book, act } = props;
  return (
    <aside className="intake-help" aria-label={t('intake.help.region')}>
      <SuggestionCard {...props} />
      <Flags form={form} help={help} circle={props.circle} onCrime={act.crime} />
      <AskCard form={form} help={help} book={book} onCite={act.cite} />
      <Similar form={form} help={help} onLink={act.link} />
    </aside>
  );
}

function SuggestionCard(props: {
  form: IntakeForm;
  help: Help | undefined;
  failed: boolean;
  book: Book;
  preselected: string | null;
  act: HelpActs;
}) {
  const { form, help, book, act } = props;
  const themes = useThemes(book);
  const hits = help?.suggestion.categories ?? [];
  const code = form.category ?? hits[0]?.code ?? null;
  const theme = book.category(code);
  const hit = hits.find((h) => h.code === code);
  const words = foundWords(form.text, hit?.why ?? []);
  const taken = form.category !== null || props.preselected === code;
  const others = hits.filter((h) => h.code !== code).slice(0, 3);
  const blank = form.text.trim() === '' && form.category === null;
  const group = book.category(theme?.parent);
  const answers = answering(theme, form, help, book);
  return (
    <Card padded className="suggest">
      {theme ? (
        <>
          <div className="suggest-head">
            <h2>{themeName(book, theme.code)}</h2>
            {taken ? (
              <Tag tone="acc">{t('intake.help.taken')}</Tag>
            ) : (
              <Button small kbd="Alt+Enter" onPress={() => act.take(theme.code)}>
                {t('intake.help.take')}
              </Button>
            )}
          </div>
          <p className="m">
            {[
              group ? themeName(book, group.code) : '',
              words.length > 0
                ? t('intake.help.why', { words: words.map((w) => `«${w}»`).join(', ') })
                : '',
              hit && hit.similar > 0 ? t('intake.help.practice', { n: hit.similar }) : '',
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          <p className="m">
            {answers ? t('intake.help.answers', { agency: bodyName(book, answers.agency) }) : null}
            {answers?.known ? ` · ${reasons(answers, book).slice(1).join(' · ')}` : null}
          </p>
        </>
      ) : (
        <p className="m">
          {props.failed
            ? t('intake.help.failed')
            : blank
              ? t('intake.help.empty')
              : t('intake.help.no_idea')}
        </p>
      )}
      {others.length > 0 ? (
        <fieldset className="pills">
          <legend className="sr">{t('intake.help.others')}</legend>
          {others.map((other) => (
            <button
              type="button"
              className="pill"
              key={other.code}
              onClick={() => act.take(other.code)}
            >
              {themeName(book, other.code)}
            </button>
          ))}
        </fieldset>
      ) : null}
      <Combo
        name="intake.theme"
        label={t('intake.help.all')}
        items={themes}
        value={form.category}
        placeholder={t('intake.category.placeholder')}
        onChange={(chosen) => (chosen === null ? act.clear() : act.take(chosen))}
      />
    </Card>
  );
}

/** Who answers: the police's own unit as the book says, else the body that stands first. */
function answering(
  theme: Category | undefined,
  form: IntakeForm,
  help: Help | undefined,
  book: Book,
): ProposedBody | undefined {
  const primary = theme?.agency_primary;
  if (!theme || !primary) return undefined;
  const own: ProposedBody = { agency: primary, primary: true, theme: theme.code };
  if (book.agency(primary)?.internal) return own;
  return proposedBodies({ ...form, category: theme.code }, help, book)[0] ?? own;
}

function Flags(props: {
  form: IntakeForm;
  help: Help | undefined;
  circle: string;
  onCrime: () => void;
}) {
  const { form, help, circle } = props;
  const flags = help?.suggestion.red_flags ?? [];
  const restricted = circle !== 'open';
  const said = notes(form.text, flags, help, restricted);
  return (
    <div className="flags" aria-live="polite">
      {said.map((note) => (
        <Note key={note.key} tone={note.tone}>
          <p>{note.text}</p>
          {note.words ? <p>{note.words}</p> : null}
          {note.crime && form.crime === null ? (
            <div className="note-act">
              <Button small onPress={props.onCrime}>
                {t('intake.flag.crime_action')} <Kbd keys="5" />
              </Button>
            </div>
          ) : null}
        </Note>
      ))}
      {restricted ? (
        <Note tone="calm">
          <p>
            {t('intake.flag.circle', { circle: tCode(`circle.${circle}`, t('case.restricted')) })}
          </p>
          {/* A theme decides; until there is one, the words do, and the officer may know better. */}
          {form.category === null ? (
            <>
              <p>{wordsOf(form.text, flags, 'closed_circle')}</p>
              <p>{t('intake.flag.circle_lift')}</p>
            </>
          ) : null}
        </Note>
      ) : null}
    </div>
  );
}

interface FlagNote {
  key: string;
  tone: 'late' | 'warn' | 'calm';
  text: string;
  words?: string;
  crime?: boolean;
}

/** The words of the text that raised a flag. */
function wordsOf(text: string, flags: readonly RedFlagHit[], route: RedFlagHit['route']): string {
  const all = flags.filter((f) => f.route === route).flatMap((f) => f.words);
  const found = foundWords(text, all);
  if (found.length === 0) return '';
  return t('intake.flag.words', { words: found.map((w) => `«${w}»`).join(', ') });
}

/** What the flags of a text ask the officer to do, the most urgent first, each kind once. */
export function notes(
  text: string,
  flags: readonly RedFlagHit[],
  help: Help | undefined,
  restricted: boolean,
): FlagNote[] {
  const out: FlagNote[] = [];
  const words = (route: RedFlagHit['route']) => {
    const said = wordsOf(text, flags, route);
    return said ? { words: said } : {};
  };
  for (const flag of flags.filter((f) => f.route === 'emergency').slice(0, 2)) {
    out.push({
      key: flag.code,
      tone: 'late',
      text: tCode(`intake.flag.emergency.${flag.code}`, t('intake.flag.emergency')),
    });
  }
  const chosen = help?.chosen;
  if (out.length === 0 && chosen?.route === 'emergency') {
    out.push({ key: 'emergency', tone: 'late', text: t('intake.flag.emergency') });
  }
  if (flags.some((f) => f.route === 'register')) {
    const said = t('intake.flag.register');
    out.push({ key: 'register', tone: 'late', text: said, ...words('register'), crime: true });
  } else if (chosen?.route === 'register' || chosen?.crime_flag === 'register') {
    out.push({ key: 'register', tone: 'late', text: t('intake.flag.register'), crime: true });
  } else if (chosen?.crime_flag === 'possible') {
    out.push({ key: 'possible', tone: 'warn', text: t('intake.flag.possible') });
  }
  if (flags.some((f) => f.route === 'closed_circle') && !restricted) {
    out.push({
      key: 'closed',
      tone: 'warn',
      text: t('intake.flag.closed'),
      ...words('closed_circle'),
    });
  }
  return out;
}

function AskCard(props: {
  form: IntakeForm;
  help: Help | undefined;
  book: Book;
  onCite: HelpActs['cite'];
}) {
  const { form, help, book } = props;
  const theme = book.category(form.category ?? help?.chosen?.code);
  const lang = language();
  const promise = help?.chosen?.code === theme?.code ? help?.chosen?.promise : null;
  const record = help?.chosen?.code === theme?.code ? help?.chosen?.record : null;
  if (!theme) return null;
  return (
    <Card padded className="ask">
      {theme.ask[lang] ? (
        <>
          <h3 className="t">{t('intake.help.ask')}</h3>
          <p className="m">{withNames(theme.ask[lang], book)}</p>
        </>
      ) : null}
      {theme.advise[lang] ? (
        <>
          <h3 className="t">{t('intake.help.advise')}</h3>
          <p className="m">{withNames(theme.advise[lang], book)}</p>
        </>
      ) : null}
      <CardPicks category={theme.code} cited={form.advice_cards} onCite={props.onCite} />
      {promise ? (
        <p className="m promise">
          {t('intake.help.promise', { date: day(promise.due, dayOf(new Date())) })}{' '}
          <WhyDate
            deadline={promise}
            source={t('case.why.source_category', {
              category: themeName(book, theme.code),
              n: theme.deadline_wd ?? 0,
            })}
          >
            {t('intake.help.why_date')}
          </WhyDate>
        </p>
      ) : null}
      {record ? (
        <p className={promise && record.usual_day > promise.due ? 'm warns' : 'm'}>
          {t('intake.help.record', {
            agency: bodyName(book, record.agency),
            n: record.usual_wd,
            date: day(record.usual_day, dayOf(new Date())),
            m: record.answers,
          })}
        </p>
      ) : null}
    </Card>
  );
}

function Similar(props: {
  form: IntakeForm;
  help: Help | undefined;
  onLink: (id: string | null) => void;
}) {
  const near = props.help?.similar ?? [];
  const { form } = props;
  if (near.length === 0) return null;
  return (
    <Card title={t('intake.similar.title')} className="similar">
      <ul className="rows">
        {near.slice(0, 4).map((one) => (
          <li key={one.id}>
            <div className="row">
              <a className="grow similar-link" href={href({ screen: 'case', id: one.id })}>
                <span className="t el">{one.address || one.title}</span>
                <span className="m el">{nearLine(one)}</span>
              </a>
              {form.existing_case === one.id ? (
                <Button small onPress={() => props.onLink(null)}>
                  {t('intake.similar.unlink')}
                </Button>
              ) : one.open && one.number ? (
                <Button
                  small
                  quiet
                  label={t('intake.similar.same_label', { title: one.title })}
                  onPress={() => props.onLink(one.id)}
                >
                  {t('intake.similar.same')}
                </Button>
              ) : (
                <Tag>{t('intake.similar.closed')}</Tag>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function nearLine(one: SimilarCase): string {
  const why = one.why.map((w) => tCode(`intake.similar.${w}`, '')).filter(Boolean);
  return [
    ...why,
    day(dayOf(one.at), dayOf(new Date())),
    one.number ?? '',
    one.address ? one.title : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
