// A second refusal is the head's: another body, or a dispute with both bodies' reasons.
import type { CaseView, ReferralView, Side } from '../../backend';
import { useAction } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { Button, Combo, Dialog, ErrorNote, Note, TextArea, toast } from '../../kit';
import { useKept } from '../../shell/kept';
import type { Book } from '../intake/form';
import { bodyName, useBodies } from '../intake/useBook';
import type { DialogProps, Opened } from './CaseDialogs';
import { FormDialog } from './FormDialog';

/** Who refused and why, a line each. */
function Sides(props: { sides: readonly Pick<Side, 'agency' | 'code' | 'reason'>[]; book: Book }) {
  return (
    <ul className="sides">
      {props.sides.map((side) => (
        <li key={`${side.agency}${side.reason}`}>
          {t('dispute.side', {
            agency: bodyName(props.book, side.agency),
            reason: [tCode(`case.reason.${side.code}`, t('case.reason.other')), side.reason]
              .filter(Boolean)
              .join('. '),
          })}
        </li>
      ))}
    </ul>
  );
}

/** Refusals of a referral and of those it replaced, the first one first. */
export function refusals(view: CaseView, id: string) {
  const out: Pick<Side, 'agency' | 'code' | 'reason'>[] = [];
  let next: string | null = id;
  for (let n = 0; next !== null && n < view.referrals.length; n += 1) {
    const one: ReferralView | undefined = view.referrals.find((r) => r.id === next);
    if (!one) break;
    if (one.rejected) {
      out.unshift({
        agency: one.agency,
        code: one.rejected.code,
        reason: one.rejected.reason,
      });
    }
    next = one.replaces;
  }
  return out;
}

/** Whose it is, as the head decided. */
export function settledFor(view: CaseView, referral: string) {
  return view.end.disputes.filter((d) => d.referral === referral).at(-1)?.settled ?? null;
}

export function BounceDialog(
  props: DialogProps & { referral: ReferralView; onOpen: (opened: Opened) => void },
) {
  const { view, book, referral, onClose } = props;
  const open = useAction('dispute_open');
  const [reason, setReason] = useKept('bounce.reason', '');
  const start = () => {
    if (open.isPending || reason.trim() === '') return;
    open.mutate(
      { case: view.id, referral: referral.id, reason: reason.trim() },
      {
        onSuccess: () => {
          toast(t('bounce.opened'));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t('bounce.title', { agency: bodyName(book, referral.agency) })}
      foot={
        <>
          <Button onPress={() => props.onOpen({ kind: 'refer', replaces: referral.id })}>
            {t('bounce.elsewhere')}
          </Button>
          <Button primary disabled={reason.trim() === ''} pending={open.isPending} onPress={start}>
            {t('bounce.open')}
          </Button>
        </>
      }
    >
      <p>{t('bounce.text')}</p>
      <Sides sides={refusals(view, referral.id)} book={book} />
      <TextArea label={t('bounce.reason')} rows={2} autoFocus value={reason} onChange={setReason} />
      <ErrorNote error={open.error} />
    </Dialog>
  );
}

export function SettleDialog(props: DialogProps & { referral: ReferralView }) {
  const { view, book, referral, onClose } = props;
  const settle = useAction('dispute_settle');
  const bodies = useBodies(book, false);
  const dispute = view.end.disputes.find((d) => d.referral === referral.id);
  const [agency, setAgency] = useKept<string | null>(
    'settle.agency',
    dispute?.sides[0]?.agency ?? null,
  );
  const [reason, setReason] = useKept('settle.reason', '');
  return (
    <FormDialog
      title={t('dispute.settle_title')}
      save={t('dispute.settle_yes')}
      wide
      pending={settle.isPending}
      error={settle.error}
      disabled={agency === null || reason.trim() === ''}
      onClose={onClose}
      onSave={() => {
        if (agency === null) return;
        settle.mutate(
          { case: view.id, referral: referral.id, agency, reason: reason.trim() },
          {
            onSuccess: () => {
              toast(t('dispute.settled_toast'));
              onClose();
            },
          },
        );
      }}
    >
      {dispute ? <Sides sides={dispute.sides} book={book} /> : null}
      <Combo
        name="settle.agency"
        label={t('case.refer.agency')}
        items={bodies}
        value={agency}
        onChange={setAgency}
        placeholder={t('intake.category.placeholder')}
      />
      <TextArea label={t('bounce.reason')} rows={2} autoFocus value={reason} onChange={setReason} />
    </FormDialog>
  );
}

/** Disputes of the case, above its content: open ones warn, settled ones say whose it is. */
export function Disputes(props: { view: CaseView; book: Book }) {
  const { view, book } = props;
  return (
    <>
      {view.end.disputes.map((dispute) => (
        <Note tone={dispute.settled ? 'calm' : 'warn'} key={dispute.referral}>
          <p className="t">{t('dispute.title')}</p>
          <Sides sides={dispute.sides} book={book} />
          <p>{dispute.reason}</p>
          <p>
            {dispute.settled
              ? t('dispute.settled', {
                  agency: bodyName(book, dispute.settled.agency),
                  reason: dispute.settled.reason,
                })
              : t('dispute.waits')}
          </p>
        </Note>
      ))}
    </>
  );
}
