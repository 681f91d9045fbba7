// What one act saved is read as one entry; different people, minutes and standings stay apart.
import { describe, expect, it } from 'vitest';
import { acts } from '../grouped';
import { happened } from './samples';

const at = '2026-11-22T09:05:10.000Z';

describe('the timeline', () => {
  it('reads an intake as its opening, with what belongs to it', () => {
    const [one, ...more] = acts([
      happened('coupon_issued', at, { number: '431' }),
      happened('referral_sent', at, { agency: 'E-HEA' }),
      happened('referral_drafted', at, { agency: 'E-HEA' }),
      happened('issue_added', at, { category: 'ZKH-01' }),
      happened('case_opened', at, { number: '431' }),
      happened('visit_noted', at),
    ]);
    expect(more).toEqual([]);
    expect(one?.head.kind).toBe('case_opened');
    expect(one?.rest.map((i) => i.kind)).toEqual(['issue_added', 'referral_sent', 'coupon_issued']);
  });

  it('keeps a draft that was not sent', () => {
    const [one] = acts([
      happened('referral_drafted', at, { agency: 'E-HEA' }),
      happened('case_opened', at),
    ]);
    expect(one?.rest.map((i) => i.kind)).toEqual(['referral_drafted']);
  });

  it('keeps apart what others did, later, or what the region has not taken', () => {
    const mine = happened('note_added', at);
    expect(acts([mine, { ...mine, who: 'Ауыл Ә.' }])).toHaveLength(2);
    expect(acts([mine, { ...mine, at: '2026-11-22T09:06:10.000Z' }])).toHaveLength(2);
    expect(acts([mine, { ...mine, standing: 'refused' }])).toHaveLength(2);
  });
});
