// Events of one act as one entry: what an intake saves in one second is read as one thing.
import type { TimelineItem } from '../../backend';

/** What an act is called by, the most telling first. */
const TELLING = [
  'clock_corrected',
  'case_restricted',
  'case_closed',
  'case_reopened',
  'verdict_rejected',
  'refusal_settled',
  'applicant_word',
  'extension_decided',
  'extension_asked',
  'notice_given',
  'agency_answered',
  'referral_heard',
  'referral_handed',
  'agency_rejected',
  'agency_accepted',
  'agency_registered',
  'delivery_delivered',
  'delivery_by_hand',
  'referral_withdrawn',
  'referral_checked',
  'contact_made',
  'crime_handed_over',
  'task_done',
  'party_amended',
  'case_amended',
  'category_changed',
  'case_opened',
  'visit_noted',
  'advice_given',
  'referral_sent',
  'task_assigned',
  'word_read',
];

export interface Act {
  /** The event the act is called by. */
  head: TimelineItem;
  /** The rest, in the order they were saved. */
  rest: TimelineItem[];
}

/** Groups neighbours of the same minute, person and standing. Items come newest first. */
export function acts(items: readonly TimelineItem[]): Act[] {
  const groups: TimelineItem[][] = [];
  for (const item of items) {
    const last = groups.at(-1)?.[0];
    if (
      last &&
      last.who === item.who &&
      last.standing === item.standing &&
      // What was taken back stands alone: its neighbours of the same minute hold.
      !last.undone &&
      !item.undone &&
      last.at.slice(0, 16) === item.at.slice(0, 16)
    ) {
      groups.at(-1)?.push(item);
    } else {
      groups.push([item]);
    }
  }
  return groups.map(act);
}

function act(group: TimelineItem[]): Act {
  const rank = (item: TimelineItem) => {
    const at = TELLING.indexOf(item.kind);
    return at < 0 ? TELLING.length : at;
  };
  const head = group.reduce((best, item) => (rank(item) < rank(best) ? item : best));
  const kinds = new Set(group.map((i) => i.kind));
  const sent = new Set(group.filter((i) => i.kind === 'referral_sent').map((i) => i.values.agency));
  const rest = group
    .filter((item) => item !== head)
    // Written and sent in one go is sent; a visit that opened a case is the opening.
    .filter((item) => !(item.kind === 'referral_drafted' && sent.has(item.values.agency)))
    .filter((item) => !(item.kind === 'visit_noted' && kinds.has('case_opened')))
    .reverse();
  return { head, rest };
}
