// A request taken back from its body. It leaves the station: what the body will read is shown before.
import type { ReferralView } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { TextArea, toast } from '../../kit';
import { useKept } from '../../shell/kept';
import { bodyName } from '../intake/useBook';
import { Blind } from './ByHandDialogs';
import type { DialogProps } from './CaseDialogs';
import { FormDialog } from './FormDialog';

export function WithdrawDialog(props: DialogProps & { referral: ReferralView }) {
  const { view, book, referral, onClose } = props;
  const withdraw = useAction('referral_withdraw');
  const [reason, setReason] = useKept('withdraw.reason', '');
  const agency = bodyName(book, referral.agency);
  return (
    <FormDialog
      title={t('withdraw.title', { agency })}
      save={t('withdraw.yes')}
      pending={withdraw.isPending}
      error={withdraw.error}
      disabled={reason.trim() === ''}
      onClose={onClose}
      onSave={() =>
        withdraw.mutate(
          { case: view.id, referral: referral.id, reason: reason.trim() },
          {
            onSuccess: () => {
              toast(t('withdraw.done', { agency }));
              onClose();
            },
          },
        )
      }
    >
      <TextArea
        label={t('withdraw.reason')}
        aside={t('withdraw.reason_hint')}
        rows={2}
        autoFocus
        value={reason}
        onChange={setReason}
      />
      <dl className="leaves">
        <div>
          <dt>{t('withdraw.body_sees')}</dt>
          <dd>
            {t('withdraw.body_text')} {reason.trim()}
          </dd>
        </div>
      </dl>
      <Blind referral={referral} />
      <p className="s">{t('withdraw.after')}</p>
    </FormDialog>
  );
}

/** The body has it and has not answered: it can be taken back. */
export function canWithdraw(r: ReferralView, signs: boolean): boolean {
  return (
    r.sent_at !== null &&
    r.answered === null &&
    r.withdrawn === null &&
    r.state !== 'rejected' &&
    (r.redirect === null || signs)
  );
}
