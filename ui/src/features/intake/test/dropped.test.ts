// What was taken out of an intake comes back, and nothing typed since goes.
import { describe, expect, it } from 'vitest';
import { putBack } from '../dropped';
import { newReferral, newTask } from '../form';
import { blankForm } from './samples';

describe('a thing taken out of an intake', () => {
  const one = newTask('P-UIP', 'обойти');
  const two = newTask('P-PAT', 'патруль');

  it('comes back where it was, beside what was typed since', () => {
    const before = blankForm({ text: 'шум', tasks: [one, two] });
    const after = { ...before, tasks: [two] };
    const now = { ...after, text: 'шум ночью' };
    expect(putBack(before, after, now)).toEqual(
      blankForm({ text: 'шум ночью', tasks: [one, two] }),
    );
  });

  it('comes back at the end of a list that went on', () => {
    const before = blankForm({ tasks: [one, two] });
    const after = { ...before, tasks: [two] };
    const edited = { ...two, text: 'патруль вечером' };
    expect(putBack(before, after, { ...after, tasks: [edited] }).tasks).toEqual([edited, one]);
  });

  it('a body that was asked again by hand is not asked twice', () => {
    const body = newReferral('E-HEA', null);
    const before = blankForm({ referrals: [body] });
    const after = { ...before, referrals: [] };
    const again = { ...newReferral('E-HEA', null), text: 'прошу' };
    const now = { ...after, referrals: [again] };
    expect(putBack(before, after, now).referrals).toEqual([again]);
  });

  it('a field that was written anew stays as it is now', () => {
    const before = blankForm({ advice: 'ЦОН' });
    const after = { ...before, advice: null };
    expect(putBack(before, after, { ...after, advice: 'акимат' }).advice).toBe('акимат');
    expect(putBack(before, after, after).advice).toBe('ЦОН');
  });
});
