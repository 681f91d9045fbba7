// The leaving officer's decisions, top to bottom: to whom, what to say, which cases, which drafts.
import { useEffect, useRef } from 'react';
import {
  type Colleagues,
  call,
  type DraftFate,
  type ShiftCase,
  type ShiftDone,
  type ShiftView,
} from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { Button, Card, Combo, Due, ErrorNote, PillRadios, Tag, TextArea } from '../../kit';
import { useKept } from '../../shell/kept';
import { useFinishKey } from '../case/FormDialog';
import { useNote } from './useNote';

/** More officers than this are found by typing. */
const PILLS_MAX = 8;
/** Whoever comes. */
const ANYBODY = '-';

export function HandOver(props: {
  view: ShiftView;
  colleagues: Colleagues;
  onDone: (done: ShiftDone) => void;
}) {
  const { view } = props;
  const others = props.colleagues.officers
    .filter((officer) => officer.id !== props.colleagues.me)
    .sort((a, b) => Number(b.here) - Number(a.here));
  const [to, setTo] = useKept<string>(
    'shift.to',
    others.length === 1 ? (others[0]?.id ?? ANYBODY) : '',
  );
  const { note, setNote, done } = useNote(view.note);
  const [chosen, setChosen] = useKept<ReadonlySet<string>>('shift.chosen', () => urgent(view));
  const [fates, setFates] = useKept<Record<string, DraftFate>>('shift.fates', {});
  // Pressing twice, or again after an error of the line, makes one hand-over.
  const id = useRef(view.fresh);
  const hand = useAction('shift_hand_over');
  const named = to !== '' && to !== ANYBODY;
  const near = others.find((officer) => officer.id === to)?.here ?? false;
  const cases = named ? view.cases.filter((one) => chosen.has(one.id)) : [];

  const refused = hand.error?.params?.number;

  const run = () => {
    if (hand.isPending || to === '') return;
    hand.mutate(
      {
        id: id.current,
        to: named ? to : null,
        note,
        cases: cases.map((one) => one.id),
        drafts: view.drafts.map((draft) => ({
          id: draft.id,
          fate: fate(fates[draft.id], near),
        })),
      },
      {
        onSuccess: (answer) => {
          done();
          props.onDone(answer);
        },
      },
    );
  };
  useFinishKey(run);
  useFocus();

  const options = [
    ...others.map((officer) => ({ id: officer.id, label: officer.name })),
    { id: ANYBODY, label: t('shift.to.anybody') },
  ];
  return (
    <Card padded title={t('shift.hand')} aside={t('shift.since', { n: view.taken })}>
      <div className="stack">
        {options.length <= PILLS_MAX ? (
          <PillRadios label={t('shift.to')} options={options} value={to || null} onChange={setTo} />
        ) : (
          <Combo
            name="shift.to"
            label={t('shift.to')}
            items={options}
            value={to || null}
            onChange={(next) => setTo(next ?? '')}
          />
        )}
        <TextArea
          label={t('shift.note')}
          aside={t('shift.note.aside')}
          rows={2}
          value={note}
          onChange={setNote}
        />
        {view.cases.length > 0 && to !== ANYBODY ? (
          <Cases view={view} chosen={chosen} onChange={setChosen} />
        ) : null}
        {view.drafts.map((draft) => (
          <PillRadios
            key={draft.id}
            label={t('shift.draft', { title: draft.title || draft.who || t('shift.draft.empty') })}
            value={fate(fates[draft.id], near)}
            onChange={(next) => setFates((old) => ({ ...old, [draft.id]: next as DraftFate }))}
            options={[
              { id: 'keep', label: t('shift.draft.keep') },
              { id: 'hand', label: t('shift.draft.hand'), disabled: !near },
              { id: 'discard', label: t('shift.draft.discard') },
            ]}
          />
        ))}
        {view.drafts.length > 0 && named && !near ? (
          <p className="m">{t('shift.draft.elsewhere')}</p>
        ) : null}
        <ErrorNote
          error={hand.error}
          onRetry={run}
          {...(refused ? { safe: t('shift.refused.case', { number: refused }) } : {})}
        />
        <div className="fx wrap">
          <Button
            primary
            kbd="Ctrl+Enter"
            pending={hand.isPending}
            disabled={to === ''}
            onPress={run}
          >
            {t('shift.do')}
          </Button>
          <span className="m">
            {to === ''
              ? t('shift.do.whom')
              : cases.length > 0
                ? t('shift.do.cases', { n: cases.length })
                : t('shift.do.none')}
          </span>
        </div>
      </div>
    </Card>
  );
}

/** Whatever was not decided stays with who wrote it. */
function fate(chosen: DraftFate | undefined, near: boolean): DraftFate {
  if (chosen === 'hand' && !near) return 'keep';
  return chosen ?? 'keep';
}

/** What is due before the next morning goes along unless it is taken out; restricted cases do not. */
function urgent(view: ShiftView): ReadonlySet<string> {
  const due = view.cases.filter(
    (one) => !one.restricted && one.next_due !== null && one.next_due <= view.today,
  );
  return new Set(due.map((one) => one.id));
}

/** The first decision has the focus: a shift ends with a few keys. */
function useFocus(): void {
  useEffect(() => {
    document.querySelector<HTMLElement>('.shift input')?.focus();
  }, []);
}

function Cases(props: {
  view: ShiftView;
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
}) {
  const { view, chosen } = props;
  const all = view.cases.every((one) => chosen.has(one.id));
  const put = (one: ShiftCase, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(one.id);
    else next.delete(one.id);
    props.onChange(next);
  };
  return (
    <fieldset className="shift-cases">
      <legend className="field-label">{t('shift.cases')}</legend>
      <div className="shift-all">
        <Button
          small
          quiet
          onPress={() => props.onChange(all ? new Set() : new Set(view.cases.map((one) => one.id)))}
        >
          {all ? t('shift.cases.none') : t('shift.cases.all')}
        </Button>
      </div>
      <ul>
        {view.cases.map((one) => (
          <li key={one.id}>
            <label className="shift-case">
              <input
                type="checkbox"
                checked={chosen.has(one.id)}
                onChange={(event) => put(one, event.target.checked)}
              />
              <span className="shift-what">
                <span className="t num">{one.number}</span> <span>{one.title}</span>
              </span>
              <span className="shift-tags">
                {one.restricted ? <Tag tone="calm">{t('case.restricted')}</Tag> : null}
                {one.next_due ? <Due date={one.next_due} today={view.today} /> : null}
              </span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

/** Sends what waits, so that the receipt comes at once where there is a line. */
export async function sendNow(): Promise<void> {
  await call('sync_now', {});
}
