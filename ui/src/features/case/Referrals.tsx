// Where the case was handed, with the three stamps, the clock and what came back.
import type { Basis, CaseView, Ladder, ReferralView, Stamp } from '../../backend';
import { t, tCode } from '../../i18n';
import { day, dayOf, moment } from '../../i18n/dates';
import { Button, Card, Stamps, Tag } from '../../kit';
import { dueTag, takenUpBy } from '../control/due';
import { LetterOpen } from '../files';
import type { Book } from '../intake/form';
import { bodyName } from '../intake/useBook';
import { toldText } from './ByHandDialogs';
import type { Opened } from './CaseDialogs';
import { lacksText } from './CheckDialog';
import { refusals, settledFor } from './DisputeDialogs';
import { until } from './dates';
import { nextText } from './EscalateDialog';
import { awaits, type Next, toHandOver } from './next';
import { proofsOf, stampsOf } from './stamps';
import { canWithdraw } from './WithdrawDialog';

/** On what ground personal data left. */
function basisText(basis: Basis): string {
  return basis.kind === 'consent'
    ? t('refer.basis_said_consent')
    : t('refer.basis_said_override', { ground: basis.ground, reason: basis.reason });
}

interface Shared {
  view: CaseView;
  book: Book;
  next: Next;
  onOpen: (opened: Opened) => void;
}

export function Referrals(props: Shared) {
  const { view } = props;
  if (view.referrals.length === 0) return null;
  const working = view.referrals.filter(
    (r) => r.replaced_by === null && !['checked', 'withdrawn'].includes(r.state),
  ).length;
  return (
    <Card
      title={t('case.referrals.title')}
      aside={t('case.referrals.count', { open: working, all: view.referrals.length })}
    >
      <ul className="rows">
        {view.referrals.map((referral) => (
          <li key={referral.id}>
            <ReferralRow {...props} referral={referral} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function ReferralRow(props: Shared & { referral: ReferralView }) {
  const { view, book, next, referral: r, onOpen } = props;
  const body = bodyName(book, r.agency);
  const may = !view.read_only && view.closed === null;
  const isNext = 'referral' in next && next.referral === r.id;
  const goesUp = isNext && next.act === 'escalate';
  const tag = stateTag(r);
  const bounced = refusals(view, r.id).length;
  const open = r.state === 'rejected' && !r.replaced_by;
  const settled = settledFor(view, r.id);
  // Sent round a second time it is nobody's work but the head's, until the head has said whose it is.
  const headFirst = bounced >= 2 && !settled && !view.terms.may_decide;
  return (
    <article className="row referral" aria-label={body}>
      <div className="referral-top">
        <div className="grow">
          <span className="t">{body}</span>{' '}
          {r.circle !== 'open' && r.circle !== view.circle ? (
            <Tag tone="calm">
              {t('case.referral.private_circle', { circle: tCode(`circle.${r.circle}`, r.circle) })}
            </Tag>
          ) : null}
          {r.copy_of ? <Tag>{t('refer.copy_tag')}</Tag> : null}
          <p className="m">{progress(r)}</p>
          {r.basis ? <p className="s">{basisText(r.basis)}</p> : null}
          {r.late_wd > 0 ? <p className="s">{ladderSays(r)}</p> : null}
        </div>
        <div className="referral-state">
          <Stamps stamps={stampsOf(r)} proofs={proofsOf(r)} />
          {bounced > (r.rejected ? 1 : 0) ? (
            <Tag tone={open ? 'late' : undefined}>{t('bounce.count', { n: bounced })}</Tag>
          ) : null}
          {tag ? (
            <Tag tone={tag.tone} {...(tag.long ? { title: tag.long } : {})}>
              {tag.text}
            </Tag>
          ) : null}
        </div>
      </div>
      {r.rejected ? (
        <p className="said">
          <b>{t('case.referral.reason')}:</b>{' '}
          {tCode(`case.reason.${r.rejected.code}`, t('case.reason.other'))}
          {r.rejected.reason ? `. ${r.rejected.reason}` : ''}
          {r.replaced_by ? ` (${t('case.referral.replaced')})` : ''}
        </p>
      ) : null}
      {open && headFirst ? <p className="said">{t('bounce.head_decides')}</p> : null}
      {open && settled ? (
        <p className="said">{t('bounce.decided', { agency: bodyName(book, settled.agency) })}</p>
      ) : null}
      {r.withdrawn && r.withdrawn_why ? (
        <p className="said">
          <b>{t('withdraw.why')}:</b> {r.withdrawn_why}
        </p>
      ) : null}
      {r.answered ? (
        <div className="said">
          <b>{t('case.referral.answer')}:</b> {r.answered.text}
          {r.checked ? (
            <p className="s">
              {r.checked.reopened
                ? t('case.event.case_reopened')
                : r.checked.good
                  ? t('case.referral.checked_good')
                  : t('case.referral.checked_bad')}
              {[lacksText(r.checked.lacks), r.checked.note]
                .filter(Boolean)
                .map((said) => `. ${said}`)
                .join('')}
            </p>
          ) : null}
        </div>
      ) : null}
      <div className="row-acts">
        <LetterOpen case={view.id} letter={letterOf(r)} />
        {r.answered?.file ? (
          <Button small onPress={() => onOpen({ kind: 'file', referral: r.id })}>
            {t('case.referral.open_file', { name: r.answered.file.name })}
          </Button>
        ) : null}
        {may && !isNext && r.state === 'answered' ? (
          <Button small onPress={() => onOpen({ kind: 'check', referral: r.id })}>
            {t('case.referral.check')}
          </Button>
        ) : null}
        {may && !isNext && open && !headFirst ? (
          <Button small onPress={() => onOpen(onward(r, bounced >= 2 && !settled))}>
            {t('case.referral.resend')}
          </Button>
        ) : null}
        {may && !isNext && r.redirect && r.state === 'draft' && props.view.terms.may_decide ? (
          <Button small onPress={() => onOpen({ kind: 'redirect_sign', referral: r.id })}>
            {t('redirect.sign.act')}
          </Button>
        ) : null}
        {may && r.copy_to ? (
          <Button
            small
            quiet
            onPress={() => onOpen({ kind: 'refer', replaces: null, copyOf: r.id })}
          >
            {t('refer.copy', { agency: bodyName(book, r.copy_to) })}
          </Button>
        ) : null}
        {may && !isNext && r.may_hand_over && toHandOver(r) ? (
          <Button small onPress={() => onOpen({ kind: 'hand_over', referral: r.id })}>
            {t('byhand.hand.act')}
          </Button>
        ) : null}
        {may && r.hears.length > 0 ? (
          <Button small quiet onPress={() => onOpen({ kind: 'hear', referral: r.id })}>
            {t('byhand.hear.act')}
          </Button>
        ) : null}
        {may && r.may_hand_over && !toHandOver(r) ? (
          <Button small quiet onPress={() => onOpen({ kind: 'hand_over', referral: r.id })}>
            {t('byhand.hand.act')}
          </Button>
        ) : null}
        {may && (!isNext || goesUp) && awaits(r) ? (
          <Button small quiet onPress={() => onOpen({ kind: 'remind', referral: r.id })}>
            {t('case.referral.remind')}
          </Button>
        ) : null}
        {may && !goesUp && r.next_rung && r.next_rung.mine.length > 0 && r.late_wd > 0 ? (
          <Button
            small
            quiet={!(r.next_rung.now && r.next_rung.mine.includes(r.next_rung.rung))}
            onPress={() => onOpen({ kind: 'escalate', referral: r.id })}
          >
            {t('ladder.act')}
          </Button>
        ) : null}
        {view.may_correct && canWithdraw(r, view.terms.may_decide) ? (
          <Button
            small
            quiet
            className="withdraw"
            onPress={() => onOpen({ kind: 'withdraw', referral: r.id })}
          >
            {t('withdraw.act')}
          </Button>
        ) : null}
        <Button small quiet onPress={() => onOpen({ kind: 'leaves', referral: r.id })}>
          {t('case.referral.leaves')}
        </Button>
      </div>
    </article>
  );
}

/** The scanned letter of what the body said last. */
function letterOf(r: ReferralView): string | undefined {
  const said = [r.answered?.stamp, r.rejected?.stamp, r.accepted, r.registered, r.delivered];
  return said.find((stamp) => stamp?.told?.letter)?.told?.letter;
}

/** Where a refused request goes from: the head looks at both refusals first. */
function onward(r: ReferralView, asHead: boolean): Opened {
  return asHead ? { kind: 'bounce', referral: r.id } : { kind: 'refer', replaces: r.id };
}

/** What is to be done next and since when; of what was done, the last. */
function ladderSays(r: ReferralView): string {
  const last = r.escalations?.at(-1);
  const done = last
    ? t('ladder.taken', {
        who: tCode(`ladder.${last.rung}`, last.rung),
        how: last.stamp.told ? toldText(last.stamp.told) : moment(last.stamp.at),
      })
    : '';
  const next = r.next_rung ? nextText(r.next_rung) : r.ladder && !last ? ladderText(r.ladder) : '';
  return [done, next].filter(Boolean).join(' · ');
}

/** Who takes a late answer on now, and who and when comes next. */
function ladderText(ladder: Ladder): string {
  const next =
    ladder.next && ladder.next_on
      ? t('ladder.next', {
          date: day(ladder.next_on),
          who: tCode(`ladder.${ladder.next}`, ''),
        })
      : '';
  // “To the region” by itself would tell nobody what to do.
  const up = takenUpBy(ladder.rung);
  const said = up ? t('ladder.up', { who: up }) : tCode(`ladder.${ladder.rung}`, '');
  return [said, next].filter(Boolean).join(' · ');
}

/** «доставлено 14:12 · вх. № 207, 14:40 · принято в работу 15:05». */
function progress(r: ReferralView): string {
  const at = (stamp: Stamp) => ({ at: stamp.told ? toldText(stamp.told) : moment(stamp.at) });
  const parts = [
    r.delivered ? t('case.referral.delivered', at(r.delivered)) : '',
    r.registered
      ? t('case.referral.registered', { number: r.incoming_number ?? '', ...at(r.registered) })
      : '',
    r.accepted ? t('case.referral.accepted', at(r.accepted)) : '',
    r.rejected ? t('case.referral.rejected', at(r.rejected.stamp)) : '',
    r.answered ? t('case.referral.answered', at(r.answered.stamp)) : '',
    r.withdrawn ? t('case.referral.withdrawn', at(r.withdrawn)) : '',
    r.reminders > 0 ? t('case.referral.reminded', { n: r.reminders }) : '',
  ].filter(Boolean);
  if (parts.length > 0) return parts.join(' · ');
  if (toHandOver(r)) return t('referral.to_hand_over');
  const due = r.answer_due ? t('case.referral.due', { until: until(r.answer_due) }) : '';
  return [tCode(`referral.${r.state}`, ''), due].filter(Boolean).join(' · ');
}

/** The clock while an answer is awaited; else the state itself in a word. */
function stateTag(r: ReferralView) {
  const today = dayOf(new Date());
  if (toHandOver(r)) {
    return { text: t('control.due.hand_over'), tone: 'warn' as const, long: undefined };
  }
  if (awaits(r)) {
    return dueTag(
      { what: 'await_answer', due: r.answer_due, late_wd: r.late_wd, no_receipt: false },
      today,
    );
  }
  const said = (tone: 'ok' | 'late' | 'calm' | undefined) => ({
    text: tCode(`referral.${r.state}`, r.state),
    tone,
    long: undefined,
  });
  switch (r.state) {
    case 'answered':
    case 'checked':
      return said('ok');
    case 'rejected':
      return said(r.replaced_by ? undefined : 'late');
    case 'waits_for_region':
      return said('calm');
    default:
      return said(undefined);
  }
}
