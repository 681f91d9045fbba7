// A late answer goes up a rung: to whom, how, in which words. One that is left out, or taken before its day, wants a reason.
import type { ReferralView, Rung, Way } from '../../backend';
import { useAction } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { day, dayOf } from '../../i18n/dates';
import { Combo, Field, Note, PillRadios, TextArea } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import { DayField } from '../intake/DayField';
import { bodyName, useBodies } from '../intake/useBook';
import { Blind } from './ByHandDialogs';
import type { DialogProps } from './CaseDialogs';
import { FormDialog } from './FormDialog';
import { ReadyText } from './ReadyText';

const WAYS: readonly Way[] = ['paper', 'mail', 'email', 'system', 'phone'];

export function EscalateDialog(props: DialogProps & { referral: ReferralView }) {
  const { view, book, referral, onClose } = props;
  const save = useAction('referral_escalate');
  const bodies = useBodies(book, false);
  const next = referral.next_rung;
  const mine = next?.mine ?? [];
  const [chosen, setChosen] = useKept<Rung | null>('escalate.rung', null);
  const rung = chosen !== null && mine.includes(chosen) ? chosen : (mine[0] ?? null);
  const suggested = rung === 'head' ? (next?.suggests ?? null) : null;
  const [to, setTo] = useKept<string | null>('escalate.to', null);
  const [way, setWay] = useKept<Way>('escalate.way', 'paper');
  const [on, setOn] = useKept<string | null>('escalate.on', dayOf(new Date()));
  const [who, setWho] = useKept('escalate.who', '');
  const [text, setText] = useKept('escalate.text', '');
  const [reason, setReason] = useKept('escalate.reason', '');
  const inTurn = next?.now === true && next.rung === rung;
  const hidden = referral.circle !== 'open';
  const lacks =
    rung === null || on === null || text.trim() === '' || (!inTurn && reason.trim() === '');
  return (
    <FormDialog
      wide
      title={t('ladder.title', { agency: bodyName(book, referral.agency) })}
      save={t('ladder.save')}
      pending={save.isPending}
      error={save.error}
      disabled={lacks}
      onClose={onClose}
      onSave={() => {
        if (rung === null || on === null) return;
        save.mutate(
          {
            case: view.id,
            referral: referral.id,
            rung,
            told: { way, day: on, who: who.trim() },
            to: hidden ? null : to,
            text: text.trim(),
            reason: inTurn ? '' : reason.trim(),
          },
          {
            onSuccess: ({ undo }) => {
              toastDone(t(way === 'phone' ? 'ladder.done' : 'ladder.done_letter'), undo);
              onClose();
            },
          },
        );
      }}
    >
      {next ? <p className="m">{nextText(next)}</p> : null}
      <Blind referral={referral} />
      <PillRadios
        label={t('ladder.rung')}
        value={rung}
        onChange={(id) => setChosen(id as Rung)}
        autoFocus
        options={mine.map((id) => ({ id, label: tCode(`ladder.${id}`, id) }))}
      />
      {inTurn ? null : (
        <TextArea label={t('ladder.reason')} rows={2} value={reason} onChange={setReason} />
      )}
      {hidden ? (
        <Note>{t('ladder.hidden')}</Note>
      ) : (
        <Combo
          name="escalate.to"
          label={t('ladder.to')}
          items={bodies.filter((b) => b.id !== referral.agency)}
          value={to}
          onChange={setTo}
          placeholder={
            suggested
              ? t('ladder.suggested', { agency: bodyName(book, suggested) })
              : t(rung === 'region' ? 'ladder.to_region' : 'ladder.to_itself')
          }
        />
      )}
      <PillRadios
        label={t('byhand.way')}
        value={way}
        onChange={(id) => setWay(id as Way)}
        options={WAYS.map((id) => ({ id, label: t(`byhand.way.${id}`) }))}
      />
      <ReadyText
        view={view}
        moment="escalate"
        referral={referral.id}
        label={t('ladder.text')}
        value={text}
        onChange={setText}
      />
      <div className="two">
        <DayField name="escalate.day" label={t('byhand.day')} value={on} onChange={setOn} gone />
        <Field label={t('byhand.who')} aside={t('byhand.if_known')} value={who} onChange={setWho} />
      </div>
    </FormDialog>
  );
}

/** Which rung is next, and since when. */
export function nextText(next: NonNullable<ReferralView['next_rung']>): string {
  const values = { who: tCode(`ladder.${next.rung}`, next.rung), date: day(next.since) };
  return t(next.now ? 'ladder.now' : 'ladder.later', values);
}
