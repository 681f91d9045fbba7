// One intake in the hand: the form, its help, its preview, its keys and its finish.
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { asRefusal, call, type IntakeForm, type Refusal } from '../../backend';
import { refresh } from '../../backend/query';
import { language, t } from '../../i18n';
import { time } from '../../i18n/dates';
import { Button, Card, ErrorNote, Note } from '../../kit';
import { UnreadFields, useUnread } from '../../kit/unread';
import { useKept } from '../../shell/kept';
import { beforeLeave } from '../../shell/leave';
import { navigate } from '../../shell/router';
import { Screen } from '../../shell/Screen';
import { toastDone } from '../../shell/undo';
import { FilesCard } from '../files';
import { hasFiles } from '../files/FilesStay';
import { settled } from '../files/sending';
import { TicketNote } from '../hall/TicketNote';
import type { Finished } from './Done';
import { forgetDraft, type LiveDraft, leaveDraft } from './drafts';
import { type Change, useDropped } from './dropped';
import { Foot } from './Foot';
import {
  type Book,
  effective,
  isBlank,
  missingAt,
  OUTCOME_KEYS,
  type Outcome,
  outcomesOf,
  placeKey,
  placeOf,
  preselected,
  signsFound,
  takeCategory,
  toggleCircumstance,
  toggleOutcome,
} from './form';
import { HelpAside } from './HelpAside';
import { useIntakeKeys } from './keys';
import { AddIssue, MoreIssues, withIssue } from './MoreIssues';
import { OutcomeCard } from './OutcomeCard';
import { SaveLine } from './SaveLine';
import { TroubleText } from './TroubleText';
import { useLatest } from './useLatest';
import { useWho } from './useWho';
import { WhoCard } from './WhoCard';
import { warningText } from './words';

export function IntakeDesk(props: {
  draft: LiveDraft;
  book: Book;
  onFinished: (finished: Finished) => void;
}) {
  const { draft, book } = props;
  const { form, save } = useSyncExternalStore(draft.subscribe, draft.read);
  const lang = language();
  const text = useRef<HTMLTextAreaElement>(null);
  const who = useRef<HTMLInputElement>(null);
  const where = useRef<HTMLInputElement>(null);
  // Refer is on before a body is chosen; advice was declined once it was switched off by hand.
  const [referring, setReferring] = useKept('intake.referring', false);
  const [declined, setDeclined] = useKept('intake.declined', false);
  // Alt+L asks for what leaves, each time anew.
  const [leavesAsked, setLeavesAsked] = useState(0);
  const [missing, setMissing] = useState<Refusal[]>([]);
  const [failure, setFailure] = useState<unknown>();
  const [finishing, setFinishing] = useState(false);
  const running = useRef(false);

  const unread = useUnread();
  const dropping = useDropped((edit) => change(edit));
  const change: Change = (edit, dropped) => {
    // What is being finished takes no more letters: they would be shown and then lost.
    if (running.current) return;
    const before = draft.read().form;
    draft.change((old) => {
      const next = edit(old);
      return next === old || next.started_at
        ? next
        : { ...next, started_at: new Date().toISOString() };
    });
    setMissing((now) => (now.length > 0 ? [] : now));
    const after = draft.read().form;
    if (dropped && after !== before) dropping.tell(dropped, before, after);
  };

  const helped = useLatest(
    (args) => call('intake_help', args),
    {
      text: form.text,
      address: form.address,
      who_line: form.who_line,
      person: form.applicant,
      category: form.category,
      more: form.more_issues.flatMap((issue) => issue.category ?? []),
      bodies: form.referrals.map((r) => r.agency),
    },
    250,
  );
  const help = helped.answer;
  const read = helped.of?.who_line === form.who_line ? help?.who : undefined;
  const whoLine = useWho(draft, read, form.who_line);

  const pre = preselected(form, help?.chosen, declined || referring);
  const shown = useMemo(() => effective(form, pre, book, lang), [form, pre, book, lang]);
  const previewed = useLatest(
    (args) => call('intake_preview', args),
    { form: shown, draft: draft.id },
    300,
  );
  const preview = previewed.answer;

  const on = new Set<Outcome>(outcomesOf(shown));
  if (referring) on.add('refer');
  const missingPlaces = missingAt(missing, shown);

  useEffect(() => {
    const forget = beforeLeave(() => draft.flush());
    return () => {
      forget();
      leaveDraft(draft);
    };
  }, [draft]);

  const at = () => ({ form: draft.read().form, help, book, lang, now: new Date() });

  function toggle(outcome: Outcome, turnOn: boolean): void {
    if (outcome === 'advice' && !turnOn) setDeclined(true);
    if (outcome === 'refer') setReferring(turnOn);
    // What was only proposed becomes the officer's own choice or goes.
    const { form: old } = draft.read();
    const dropped = !turnOn && outcomesOf(old).includes(outcome);
    change(
      () => toggleOutcome(outcome, turnOn, at()),
      dropped ? t('intake.dropped', { what: t(`intake.outcome.${outcome}`) }) : undefined,
    );
    if (turnOn && outcome === 'crime') focusSoon('kui');
    if (turnOn && outcome === 'task') focusSoon('task-0');
    if (turnOn && outcome === 'redirect') focusSoon('redirect');
  }

  function take(code: string): void {
    const before = draft.read().form.crime;
    change(() => takeCategory(code, at()));
    if (before === null && draft.read().form.crime !== null) focusSoon('kui');
  }

  function focusMissing(list: Refusal[]): void {
    setMissing(list);
    const first = list[0];
    if (!first) return;
    const place = placeOf(first, draft.read().form);
    // Said beside the redirect; the name is written elsewhere.
    if (first.code === 'redirect_nameless') who.current?.focus();
    else if (place.field === 'text') text.current?.focus();
    else focusSoon(placeKey(place));
  }

  async function finish(): Promise<void> {
    // A day or a time that cannot be read is looked at first: never saved as another one.
    if (running.current || unread.stops()) return;
    running.current = true;
    setFinishing(true);
    setFailure(undefined);
    let finished = false;
    try {
      await whoLine.settle();
      await settled({ to: 'draft', id: draft.id });
      const whole = effective(draft.read().form, pre, book, lang);
      const last = await call('intake_preview', { form: whole, draft: draft.id });
      if (last.missing.length > 0) {
        focusMissing(last.missing);
        return;
      }
      await draft.stop();
      try {
        const done = await call('intake_finish', {
          draft: draft.id,
          form: whole,
          print: last.becomes === 'case',
        });
        finished = true;
        forgetDraft(draft.id);
        dropping.forget();
        refresh(done.changed);
        props.onFinished({ done, preview: last, chosen: chosenDays(whole) });
      } catch (error) {
        draft.goOn();
        throw error;
      }
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal.code.startsWith('missing_')) focusMissing([refusal]);
      else setFailure(error);
    } finally {
      // A finished intake takes no further key, also before another screen stands in its place.
      running.current = finished;
      if (!finished) setFinishing(false);
    }
  }

  async function aside(): Promise<void> {
    if (running.current) return;
    try {
      await draft.flush();
      navigate({ screen: 'reception' });
    } catch {
      // Not durable: stay, the line under the text says why.
    }
  }

  async function discard(): Promise<void> {
    // The last letters too: an undo brings back what was on the screen. A full disk stops no discarding.
    await draft.flush().catch(() => undefined);
    const blank = isBlank(draft.read().form) && !hasFiles({ to: 'draft', id: draft.id });
    await draft.stop();
    try {
      const { changed, undo } = await call('draft_discard', { id: draft.id });
      forgetDraft(draft.id);
      refresh(changed);
      navigate({ screen: 'reception' });
      if (!blank) {
        const back = () => navigate({ screen: 'intake', draft: draft.id });
        toastDone(t('intake.discard.done'), undo, back);
      }
    } catch (error) {
      draft.goOn();
      setFailure(error);
    }
  }

  useIntakeKeys({
    finish: () => void finish(),
    aside: () => void aside(),
    take: () => {
      const first = form.category ? undefined : help?.suggestion.categories[0]?.code;
      if (first && !helped.stale) take(first);
    },
    who: () => who.current?.focus(),
    where: () => where.current?.focus(),
    text: () => text.current?.focus(),
    issue: () => {
      change(withIssue);
      focusSoon(`issue-${draft.read().form.more_issues.length - 1}`);
    },
    leaves: () => setLeavesAsked((n) => n + 1),
    signs: () => change((f) => signsFound(f, help?.suggestion).reduce(toggleCircumstance, f)),
    digit: (digit) => {
      const key = OUTCOME_KEYS.find((k) => k.digit === digit);
      if (key) toggle(key.outcome, !on.has(key.outcome));
    },
  });

  const textMissing = missingPlaces.get('text');
  const words = help?.suggestion.categories.find(
    (c) => c.code === (form.category ?? help.suggestion.categories[0]?.code),
  )?.why;
  return (
    <Screen
      title={t('intake.title')}
      sub={
        form.started_at && !isBlank(form)
          ? t('intake.started', { time: time(form.started_at) })
          : undefined
      }
      foot={
        <Foot
          preview={preview}
          book={book}
          preselected={pre}
          finishing={finishing}
          onFinish={() => void finish()}
          onAside={() => void aside()}
        />
      }
    >
      <UnreadFields value={unread.fields}>
        <div className="intake">
          <div className="intake-main">
            {form.ticket ? <TicketNote ticket={form.ticket} /> : null}
            <Card padded className="trouble-card">
              <TroubleText
                value={form.text}
                onChange={(value) => change((f) => ({ ...f, text: value }))}
                onBlur={() => void draft.flush().catch(() => undefined)}
                words={words ?? []}
                error={textMissing ? missingText(textMissing) : undefined}
                areaRef={text}
              />
              <div className="under-text">
                <SaveLine
                  save={save}
                  blank={isBlank(form)}
                  onRetry={() => void draft.flush().catch(() => undefined)}
                />
                <AddIssue change={change} />
              </div>
              <MoreIssues form={form} change={change} book={book} />
            </Card>
            <WhoCard
              form={form}
              change={change}
              read={read}
              suggestion={help?.suggestion}
              onTaken={whoLine.taken}
              whoRef={who}
              whereRef={where}
            />
            <FilesCard
              to={{ to: 'draft', id: draft.id }}
              open={!finishing}
              crime={form.crime !== null}
            />
            <OutcomeCard
              draft={draft.id}
              form={form}
              shown={shown}
              change={change}
              help={help}
              book={book}
              preview={preview}
              preselected={pre}
              missing={missingPlaces}
              on={on}
              onToggle={toggle}
              leavesAsked={leavesAsked}
            />
            {failure !== undefined ? (
              <ErrorNote error={failure} onRetry={() => void finish()} />
            ) : null}
            {(preview?.warnings.length ?? 0) > 0 ? (
              <Note tone="warn">
                {preview?.warnings.map((w) => (
                  <p key={w.code}>{warningText(w)}</p>
                ))}
              </Note>
            ) : null}
            <div id="discard">
              <Button quiet small onPress={() => void discard()}>
                {t('intake.foot.discard')}
              </Button>
            </div>
          </div>
          <HelpAside
            form={form}
            help={help}
            failed={helped.error !== undefined}
            book={book}
            preselected={pre}
            circle={preview?.circle ?? 'open'}
            act={{
              take,
              clear: () => change((f) => ({ ...f, category: null }), t('intake.dropped.category')),
              crime: () => toggle('crime', true),
              cite: (card, said) =>
                change((f) => {
                  const before = (f.advice ?? shown.advice ?? '').trim();
                  return {
                    ...f,
                    category: f.category ?? pre,
                    advice: before === '' ? said : `${before}\n${said}`,
                    advice_cards: [...f.advice_cards, card],
                  };
                }),
              link: (id) => change((f) => ({ ...f, existing_case: id })),
            }}
          />
        </div>
      </UnreadFields>
    </Screen>
  );
}

function missingText(refusal: Refusal): string {
  switch (refusal.code) {
    case 'missing_trouble':
    case 'missing_text':
      return t('intake.missing.text');
    case 'text_too_long':
      return t('intake.missing.too_long', {
        kib: refusal.params.kib ?? '',
        max_kib: refusal.params.max_kib ?? '',
      });
    default:
      return t('intake.missing.other');
  }
}

/** The field appears with this change: focus it when it is there. */
function focusSoon(id: string): void {
  setTimeout(() => {
    const place = document.getElementById(id);
    if (place instanceof HTMLInputElement || place instanceof HTMLTextAreaElement) {
      place.focus();
      return;
    }
    const fields = [...(place?.querySelectorAll<HTMLInputElement>('input, textarea') ?? [])];
    // What is filled in already needs nobody's hand.
    (fields.find((field) => field.value === '') ?? fields[0])?.focus();
  });
}

function chosenDays(form: IntakeForm): Record<string, string> {
  return Object.fromEntries(
    form.referrals.flatMap((r) => (r.answer_due ? [[r.agency, r.answer_due]] : [])),
  );
}
