// What the officer chose and what would be saved.
import { describe, expect, it } from 'vitest';
import type { Refusal } from '../../../backend';
import {
  effective,
  isBlank,
  missingAt,
  outcomesOf,
  placeOf,
  preselected,
  proposedBodies,
  signsFound,
  takeCategory,
  toggleCircumstance,
  toggleCrisisCentre,
  toggleOutcome,
  toggleReferral,
  withNames,
} from '../form';
import { blankForm, book, helpOf } from './samples';

const now = new Date('2026-11-22T09:00:00Z');
const at = (form = blankForm(), help = helpOf('ZKH-01')) => ({
  form,
  help,
  book,
  lang: 'ru' as const,
  now,
});

describe('taking a suggestion', () => {
  it('prepares the way the theme goes, when nothing was chosen yet', () => {
    const form = takeCategory('ZKH-01', at());
    expect(form.category).toBe('ZKH-01');
    expect(form.referrals.map((r) => r.agency)).toEqual(['E-HEA']);
    expect(outcomesOf(takeCategory('ORD-01', at()))).toEqual(['task']);
    expect(outcomesOf(takeCategory('CRM-02', at()))).toEqual(['crime']);
    expect(outcomesOf(takeCategory('LAB-02', at()))).toEqual(['advice']);
    expect(outcomesOf(takeCategory('EMG-01', at()))).toEqual([]);
  });

  it('leaves what the officer chose alone', () => {
    const chosen = blankForm({ advice: 'свой совет' });
    const form = takeCategory('ZKH-01', at(chosen));
    expect(form.category).toBe('ZKH-01');
    expect(form.advice).toBe('свой совет');
    expect(form.referrals).toEqual([]);
  });
});

describe('what leaves with a referral', () => {
  it('is the minimum: the address only where the trouble is a place, never name or phone', () => {
    const heat = takeCategory('ZKH-01', at()).referrals[0];
    expect(heat?.disclosed).toEqual({ name: false, phone: false, address: true });
    const alimony = takeCategory('FAM-04', at()).referrals[0];
    expect(alimony?.disclosed).toEqual({ name: false, phone: false, address: false });
  });

  it('is not even the address beside a crime', () => {
    const crime = toggleOutcome('crime', true, at(blankForm({ category: 'ZKH-01' })));
    const form = toggleReferral(crime, 'E-HEA', book);
    expect(form.referrals[0]?.disclosed).toEqual({ name: false, phone: false, address: false });
  });

  it('to the crisis centre is of its own circle, and goes away again', () => {
    const form = toggleCrisisCentre(blankForm(), 'нужна помощь');
    expect(form.referrals[0]).toMatchObject({
      agency: 'E-CRS',
      circle: 'dv',
      text: 'нужна помощь',
    });
    expect(toggleCrisisCentre(form, 'x').referrals).toEqual([]);
  });
});

describe('what the police do themselves', () => {
  const term = (due: string) => {
    const help = helpOf('ORD-01');
    const promise = { due, steps: [], calendar: '1' } as never;
    return { ...help, chosen: help.chosen ? { ...help.chosen, promise } : null };
  };

  it('is proposed for the day of the theme in force, and for none of another theme', () => {
    const themed = blankForm({ category: 'ORD-01' });
    const task = toggleOutcome('task', true, at(themed, term('2026-11-25'))).tasks[0];
    expect(task).toMatchObject({ unit: 'P-UIP', text: 'ORD-01', due: '2026-11-25' });
    const other = toggleOutcome('task', true, at(blankForm({ category: 'ZKH-01' }), term('x')));
    expect(other.tasks[0]?.due).toBeNull();
  });

  it('is not called by the theme beside a crime, whichever was chosen first', () => {
    const themed = blankForm({ category: 'CRM-02' });
    const crimeFirst = toggleOutcome('crime', true, at(themed));
    expect(toggleOutcome('task', true, at(crimeFirst)).tasks[0]?.text).toBe('');
    const taskFirst = toggleOutcome('task', true, at(themed));
    expect(taskFirst.tasks[0]?.text).toBe('CRM-02');
    expect(toggleOutcome('crime', true, at(taskFirst)).tasks[0]?.text).toBe('');
    const own = { ...taskFirst, tasks: [{ unit: 'P-UIP', text: 'обойти двор', due: null }] };
    expect(toggleOutcome('crime', true, at(own)).tasks[0]?.text).toBe('обойти двор');
  });
});

describe('bodies proposed', () => {
  it('are the competent one first, without units of the police', () => {
    expect(proposedBodies(blankForm({ category: 'ZKH-01' }), undefined, book)).toEqual([
      { agency: 'E-HEA', primary: true, theme: 'ZKH-01' },
      { agency: 'E-ZKH', primary: false, theme: 'ZKH-01' },
    ]);
    // A further issue of the same visit brings its own body, also one that only helps with the first.
    const two = blankForm({
      category: 'ZKH-01',
      more_issues: [{ category: 'FAM-04', text: '' }],
    });
    expect(proposedBodies(two, undefined, book).at(-1)).toEqual({
      agency: 'E-BLF',
      primary: true,
      theme: 'FAM-04',
    });
  });

  it('come from the best suggestion while no theme is chosen', () => {
    const bodies = proposedBodies(blankForm(), helpOf('FAM-04'), book);
    expect(bodies.map((b) => b.agency)).toEqual(['E-BLF']);
  });
});

describe('advice alone', () => {
  const typed = blankForm({ text: 'Не возвращают деньги за чайник' });

  it('is preselected where the desk is the answer', () => {
    expect(preselected(typed, helpOf('LAB-02').chosen, false)).toBe('LAB-02');
    const saved = effective(typed, 'LAB-02', book, 'ru');
    expect(saved.category).toBe('LAB-02');
    expect(saved.advice).toBe('обменять в магазине');
    expect(saved.language).toBe('ru');
  });

  it('is not, where another body acts, nothing was typed, or the officer said otherwise', () => {
    expect(preselected(typed, helpOf('ZKH-01').chosen, false)).toBeNull();
    expect(preselected(blankForm(), helpOf('LAB-02').chosen, false)).toBeNull();
    expect(preselected(typed, helpOf('LAB-02').chosen, true)).toBeNull();
    const referred = toggleReferral(typed, 'E-CNS', book);
    expect(preselected(referred, helpOf('LAB-02').chosen, false)).toBeNull();
    const other = { ...typed, category: 'ZKH-01' };
    expect(preselected(other, helpOf('LAB-02').chosen, false)).toBeNull();
  });

  it('never takes a theme silently when it does not apply', () => {
    expect(effective(typed, null, book, 'ru').category).toBeNull();
  });

  it('keeps the language the officer noted', () => {
    expect(effective({ ...typed, language: 'other' }, null, book, 'ru').language).toBe('other');
  });
});

describe('texts of the book', () => {
  it('name a theme instead of its code', () => {
    expect(withNames('исчез с деньгами - LAB-02; иначе XXX-99', book, 'ru')).toBe(
      'исчез с деньгами - «LAB-02»; иначе XXX-99',
    );
    expect(withNames('см. LAB-02', book, 'kk')).toBe('см. «LAB-02 қаз»');
  });
});

describe('circumstances', () => {
  it('are offered from the words: a child, no roof, an interpreter', () => {
    const codes = ['child', 'no_home', 'language', 'gas'];
    const red_flags = codes.map((code) => ({ code, route: 'vulnerability' as const, words: [] }));
    const suggestion = { ...helpOf('SOC-05').suggestion, red_flags };
    expect(signsFound(blankForm(), suggestion)).toEqual(['child', 'no_home', 'language']);
    const on = blankForm({ circumstances: ['child'] });
    expect(signsFound(on, suggestion)).toEqual(['no_home', 'language']);
  });

  it('not to be called belongs to the person too', () => {
    const on = toggleCircumstance(blankForm(), 'do_not_call');
    expect(on.applicant.do_not_call).toBe(true);
    expect(toggleCircumstance(on, 'do_not_call').applicant.do_not_call).toBe(false);
  });
});

describe('a missing thing', () => {
  it('is said beside its field', () => {
    const form = blankForm({
      crime: { kui_number: '', kui_at: null, received_by: '', social_sentence: '' },
      tasks: [
        { unit: 'P-UIP', text: 'обойти', due: null },
        { unit: 'P-UIP', text: ' ', due: null },
      ],
      referrals: toggleCrisisCentre(blankForm(), '').referrals,
    });
    const of = (code: string, params = {}) => placeOf({ code, params }, form);
    expect(of('missing_kui')).toEqual({ field: 'kui' });
    expect(of('missing_task_text')).toEqual({ field: 'task', index: 1 });
    expect(of('missing_text', { agency: 'E-CRS' })).toEqual({ field: 'referral', index: 0 });
    expect(of('missing_text')).toEqual({ field: 'text' });
  });

  it('without words of the person is asked for in the text, once', () => {
    const form = toggleReferral(blankForm(), 'E-HEA', book);
    const missing: Refusal[] = [
      { code: 'missing_text', params: {} },
      { code: 'missing_text', params: { agency: 'E-HEA' } },
    ];
    expect([...missingAt(missing, form).keys()]).toEqual(['text']);
  });
});

describe('a blank draft', () => {
  it('holds nothing typed and nothing chosen', () => {
    expect(isBlank(blankForm())).toBe(true);
    expect(isBlank(blankForm({ who_line: '8701' }))).toBe(false);
    expect(isBlank(blankForm({ circumstances: ['baby'] }))).toBe(false);
  });
});
