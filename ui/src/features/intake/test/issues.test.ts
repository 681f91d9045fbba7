// Which issue of the visit each request is about.
import { describe, expect, it } from 'vitest';
import { putBack } from '../dropped';
import { isBlank, proposedBodies, toggleReferral } from '../form';
import { withoutIssue, withTheme } from '../issues';
import { blankForm, book } from './samples';

const twoIssues = blankForm({
  text: 'нет тепла',
  category: 'ZKH-01',
  more_issues: [
    { category: 'FAM-04', text: 'отец не платит' },
    { category: 'ORD-01', text: 'шум' },
  ],
});
const issues = (form: typeof twoIssues) => form.referrals.map((r) => [r.agency, r.issue]);

describe('a request', () => {
  it('is proposed to be about the issue its body answers for', () => {
    const both = ['E-HEA', 'E-BLF'].reduce((f, a) => toggleReferral(f, a, book), twoIssues);
    expect(issues(both)).toEqual([
      ['E-HEA', null],
      ['E-BLF', 1],
    ]);
    // The address is the trouble of the first, not of the alimony.
    expect(both.referrals.map((r) => r.disclosed.address)).toEqual([true, false]);
  });

  it('goes to an issue that gets its theme later, unless the officer said which', () => {
    const bare = { ...twoIssues, more_issues: [{ category: null, text: 'отец не платит' }] };
    const asked = toggleReferral(bare, 'E-BLF', book);
    expect(issues(withTheme(asked, 0, 'FAM-04', book))).toEqual([['E-BLF', 1]]);
    const said = { ...asked, referrals: asked.referrals.map((r) => ({ ...r, issue: 0 })) };
    expect(issues(withTheme(said, 0, 'FAM-04', book))).toEqual([['E-BLF', 0]]);
  });

  it('stays with its issue when another one goes, and comes back to its own', () => {
    const asked = toggleReferral(twoIssues, 'E-BLF', book);
    const about2 = { ...asked, referrals: asked.referrals.map((r) => ({ ...r, issue: 2 })) };
    expect(issues(withoutIssue(about2, 0))).toEqual([['E-BLF', 1]]);
    const gone = withoutIssue(asked, 0);
    expect(issues(gone)).toEqual([['E-BLF', null]]);
    expect(issues(putBack(asked, gone, gone))).toEqual([['E-BLF', 1]]);
    // Another issue was added meanwhile: the one that comes back stands at the end.
    const went = { ...gone, more_issues: [...gone.more_issues, { category: null, text: 'яма' }] };
    const back = putBack(asked, gone, went);
    expect(back.more_issues.map((i) => i.text)).toEqual(['шум', 'яма', 'отец не платит']);
    expect(issues(back)).toEqual([['E-BLF', 3]]);
  });
});

describe('a body that helps with the first and answers for another', () => {
  it('is proposed for that other one', () => {
    const form = {
      ...twoIssues,
      category: 'ZKH-01',
      more_issues: [{ category: 'BLG-01', text: '' }],
    };
    expect(proposedBodies(form, undefined, book)[1]).toEqual({
      agency: 'E-ZKH',
      primary: true,
      theme: 'BLG-01',
    });
  });
});

it('a draft in which only a further issue was typed is not thrown away unasked', () => {
  expect(isBlank(blankForm({ more_issues: [{ category: null, text: '' }] }))).toBe(true);
  expect(isBlank(blankForm({ more_issues: [{ category: null, text: 'яма' }] }))).toBe(false);
});
