// What goes to a body and comes from it past the portal: on paper, by telephone, by mail.
import type { Heard, ReferralView, Told, Way } from '../../backend';
import { useAction } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { day, dayOf } from '../../i18n/dates';
import { Field, Note, PillRadios, TextArea } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import { LetterPick } from '../files';
import { DayField } from '../intake/DayField';
import { bodyName } from '../intake/useBook';
import type { DialogProps } from './CaseDialogs';
import { FormDialog } from './FormDialog';

const WAYS: readonly Way[] = ['phone', 'paper', 'mail', 'email', 'system'];
const REFUSALS = ['not_ours', 'incomplete', 'duplicate', 'other'] as const;

/** «по телефону, 27 ноября, Ким». */
export function toldText(told: Told): string {
  const values = { way: tCode(`byhand.way.${told.way}`, told.way), day: day(told.day) };
  return told.who ? t('byhand.told_by', { ...values, who: told.who }) : t('byhand.told', values);
}

/** Nobody of the body can sign in: what is only recorded here it does not see. */
export function Blind(props: { referral: ReferralView }) {
  return props.referral.by_hand ? <Note tone="warn">{t('byhand.blind')}</Note> : null;
}

/** The request was handed over by the officer: how, when, to whom. */
export function HandOverDialog(props: DialogProps & { referral: ReferralView }) {
  const { view, book, referral, onClose } = props;
  const save = useAction('referral_hand_over');
  const told = useTold('handOver', 'paper');
  const [number, setNumber] = useKept('handOver.number', '');
  return (
    <FormDialog
      title={t('byhand.hand.title', { agency: bodyName(book, referral.agency) })}
      save={t('byhand.hand.save')}
      pending={save.isPending}
      error={save.error}
      disabled={told.value === null}
      onClose={onClose}
      onSave={() => {
        if (told.value === null) return;
        save.mutate(
          {
            case: view.id,
            referral: referral.id,
            told: told.value,
            incoming_number: number.trim(),
          },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('byhand.hand.done'), undo);
              onClose();
            },
          },
        );
      }}
    >
      <p>{t(referral.by_hand ? 'byhand.hand.lead' : 'byhand.hand.early')}</p>
      {told.fields}
      <Field
        label={t('byhand.number')}
        aside={t('byhand.if_known')}
        value={number}
        onChange={setNumber}
      />
    </FormDialog>
  );
}

/** What the body said past the portal. */
export function HearDialog(props: DialogProps & { referral: ReferralView }) {
  const { view, book, referral, onClose } = props;
  const save = useAction('referral_hear');
  const told = useTold('hear', 'phone');
  const [chosen, setWhat] = useKept<Heard | null>('hear.what', null);
  const what = chosen !== null && referral.hears.includes(chosen) ? chosen : null;
  const [number, setNumber] = useKept('hear.number', '');
  const [code, setCode] = useKept<string | null>('hear.code', null);
  const [text, setText] = useKept('hear.text', '');
  const [letter, setLetter] = useKept<string | null>('hear.letter', null);
  const asksNumber = referral.hears.includes('registered');
  const lacks =
    what === null ||
    told.value === null ||
    (what === 'registered' && number.trim() === '') ||
    (what === 'rejected' && (code === null || text.trim() === '')) ||
    (what === 'answered' && text.trim() === '');
  return (
    <FormDialog
      title={t('byhand.hear.title', { agency: bodyName(book, referral.agency) })}
      save={t('byhand.hear.save')}
      pending={save.isPending}
      error={save.error}
      disabled={lacks}
      onClose={onClose}
      onSave={() => {
        if (what === null || told.value === null) return;
        save.mutate(
          {
            case: view.id,
            referral: referral.id,
            what,
            told: letter === null ? told.value : { ...told.value, letter },
            incoming_number: asksNumber ? number.trim() : '',
            code: what === 'rejected' ? (code ?? '') : '',
            text: text.trim(),
          },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('byhand.hear.done'), undo);
              onClose();
            },
          },
        );
      }}
    >
      <PillRadios
        label={t('byhand.what')}
        value={what}
        onChange={(id) => setWhat(id as Heard)}
        autoFocus
        options={referral.hears.map((id) => ({ id, label: t(`byhand.what.${id}`) }))}
      />
      {what !== null && asksNumber ? (
        <Field
          label={t('byhand.number')}
          {...(what === 'registered' ? {} : { aside: t('byhand.if_known') })}
          value={number}
          onChange={setNumber}
        />
      ) : null}
      {what === 'rejected' ? (
        <PillRadios
          label={t('byhand.code')}
          value={code}
          onChange={setCode}
          options={REFUSALS.map((id) => ({ id, label: t(`case.reason.${id}`) }))}
        />
      ) : null}
      {what === 'rejected' || what === 'answered' ? (
        <TextArea
          label={t(what === 'answered' ? 'byhand.answer' : 'byhand.reason')}
          rows={3}
          value={text}
          onChange={setText}
        />
      ) : null}
      {told.fields}
      <LetterPick case={view.id} referral={referral.id} value={letter} onChange={setLetter} />
    </FormDialog>
  );
}

/** How, on which day, by whom. Today is proposed; without a day there is no value. */
function useTold(name: string, first: Way) {
  const [way, setWay] = useKept<Way>(`${name}.way`, first);
  const [on, setOn] = useKept<string | null>(`${name}.on`, dayOf(new Date()));
  const [who, setWho] = useKept(`${name}.who`, '');
  const value: Told | null = on === null ? null : { way, day: on, who: who.trim() };
  const fields = (
    <>
      <PillRadios
        label={t('byhand.way')}
        value={way}
        onChange={(id) => setWay(id as Way)}
        options={WAYS.map((id) => ({ id, label: t(`byhand.way.${id}`) }))}
      />
      <div className="two">
        <DayField name={`${name}.day`} label={t('byhand.day')} value={on} onChange={setOn} gone />
        <Field label={t('byhand.who')} aside={t('byhand.if_known')} value={who} onChange={setWho} />
      </div>
    </>
  );
  return { value, fields };
}
