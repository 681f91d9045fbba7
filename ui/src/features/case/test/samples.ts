// A small made-up case for the tests of its screen.
import type { CaseView, Obligation, ReferralView, TimelineItem } from '../../../backend';

export function referral(patch: Partial<ReferralView> = {}): ReferralView {
  return {
    id: 'r1',
    agency: 'E-HEA',
    category: 'ZKH-01',
    text: 'Нет тепла',
    disclosed: { name: false, phone: false, address: true },
    leaves: [],
    circle: 'open',
    by: 'o1',
    answer_due: '2026-11-23',
    ack_wd: 1,
    drafted_at: '2026-11-20T09:00:00.000Z',
    sent_at: '2026-11-20T09:00:00.000Z',
    at_region: true,
    delivered: null,
    registered: null,
    incoming_number: null,
    accepted: null,
    rejected: null,
    answered: null,
    checked: null,
    withdrawn: null,
    withdrawn_why: "",
    reminders: 0,
    remind_from: null,
    replaces: null,
    replaced_by: null,
    redirect: null,
    decision: null,
    basis: null,
    copy_of: null,
    state: 'sent',
    late_wd: 0,
    ladder: null,
    copy_to: null,
    ...patch,
  };
}

export function owed(what: Obligation['what'], patch: Partial<Obligation> = {}): Obligation {
  return {
    what,
    referral: null,
    task: null,
    agency: null,
    waiting_on: 'us',
    due: null,
    since: '2026-11-20T09:00:00.000Z',
    circle: 'open',
    by: 'o1',
    ...patch,
  };
}

export function happened(
  kind: string,
  at: string,
  values: Record<string, string> = {},
): TimelineItem {
  return {
    event: `${kind}${at}`,
    at,
    kind,
    who: 'Ким В. С.',
    values,
    standing: 'accepted',
    tone: 'calm',
  };
}

export function caseView(patch: Partial<CaseView> = {}): CaseView {
  return {
    id: 'c1',
    number: 'ESK-07-2026-431',
    ext_number: null,
    title: 'Нет отопления',
    narrative: 'Второй день холодные батареи',
    circle: 'open',
    address: { text: 'Ауэзова, 12', lat: null, lon: null },
    opened_at: '2026-11-20T09:00:00.000Z',
    controller: { id: 'o1', name: 'Ким В. С.', post: '', here: true },
    issues: [{ id: 'i1', category: 'ZKH-01', text: '' }],
    parties: [],
    circumstances: [],
    visits: 1,
    referrals: [],
    tasks: [],
    crime: null,
    coupon_number: 'ESK-07-2026-431',
    closed: null,
    reopened: 0,
    obligations: [],
    timeline: [],
    clocks: [],
    end: {
      called_back: false,
      needs_second: false,
      asked: null,
      asked_by: '',
      outcomes: ['helped', 'explained'],
      disputes: [],
    },
    terms: {
      first_due: '2026-12-10',
      due: '2026-12-10',
      limit: '2027-02-10',
      redirect_due: '2026-11-24',
      redirected_to: null,
      may_redirect: false,
      may_ask: false,
      may_decide: false,
      asks: [],
      extensions: [],
      notices: [],
    },
    review: [],
    refused: [],
    unknown: 0,
    read_only: false,
    waits_for_region: 0,
    may_close: true,
    ...patch,
  };
}
