// The three stamps of a referral, with who and when behind each.
import type { ReferralView, Stamp } from '../../backend';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { toldText } from './ByHandDialogs';

type Stamped = Pick<
  ReferralView,
  'delivered' | 'registered' | 'accepted' | 'rejected' | 'incoming_number'
>;

/** Delivered, registered, accepted: `yes`, `no`, `empty`. */
export function stampsOf(referral: Stamped): [string, string, string] {
  return [
    referral.delivered ? 'yes' : 'empty',
    referral.registered ? 'yes' : 'empty',
    referral.rejected ? 'no' : referral.accepted ? 'yes' : 'empty',
  ];
}

/** What is read out and shown on hover: person or system, moment, and the number as proof. */
export function proofsOf(referral: Stamped): [string, string, string] {
  const said = (stamp: Stamp | null | undefined, proof = '') =>
    stamp
      ? [stamp.told ? toldText(stamp.told) : '', stamp.by, moment(stamp.at), proof]
          .filter(Boolean)
          .join(', ')
      : '';
  const number = referral.incoming_number
    ? `${t('control.column.incoming')} ${referral.incoming_number}`
    : '';
  return [
    said(referral.delivered),
    said(referral.registered, number),
    said(referral.rejected?.stamp ?? referral.accepted),
  ];
}
