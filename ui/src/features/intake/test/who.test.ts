// One line for who came, and what the officer typed by hand beside it.
import { describe, expect, it } from 'vitest';
import type { WhoRead } from '../../../backend';
import { emptyParty, mergeWho, readingOf, signsOf } from '../who';

const nothing: WhoRead = {
  phone: null,
  iin: null,
  surname: '',
  given: '',
  patronymic: '',
  known: [],
};
const phone = (e164: string | null, display: string): WhoRead['phone'] => ({
  valid: e164 !== null,
  e164,
  region: 'KZ',
  reason: e164 ? 'ok' : 'too_short',
  display,
});

describe('the who line', () => {
  it('becomes name and phone', () => {
    const read = readingOf('Иванова Айгуль 8701 123 45 67', {
      ...nothing,
      surname: 'Иванова',
      given: 'Айгуль',
      phone: phone('+77011234567', '+7 701 123 45 67'),
    });
    const party = mergeWho(emptyParty(), null, read);
    expect(party).toMatchObject({ surname: 'Иванова', given: 'Айгуль', phone: '+77011234567' });
  });

  it('that is not understood is kept whole', () => {
    expect(readingOf(' бабушка с третьего ', nothing).surname).toBe('бабушка с третьего');
  });

  it('follows corrections of the line but not of the officer', () => {
    const first = readingOf('Иванва', { ...nothing, surname: 'Иванва' });
    const second = readingOf('Иванова', { ...nothing, surname: 'Иванова' });
    const typed = { ...mergeWho(emptyParty(), null, first), phone: '+77010000000' };
    const next = mergeWho(typed, first, second);
    expect(next.surname).toBe('Иванова');
    expect(next.phone).toBe('+77010000000');
    const corrected = { ...next, surname: 'Иванова-Ким' };
    expect(mergeWho(corrected, second, first).surname).toBe('Иванова-Ким');
  });

  it('takes back what it gave when it is emptied', () => {
    const given = readingOf('Ким', { ...nothing, surname: 'Ким' });
    const party = mergeWho(emptyParty(), null, given);
    expect(mergeWho(party, given, readingOf('', nothing)).surname).toBe('');
  });

  it('warns of a doubtful number and goes on', () => {
    const signs = signsOf({ ...nothing, phone: phone(null, '8701123') });
    expect(signs).toEqual([{ kind: 'phone', value: '8701123', doubtful: true }]);
    expect(readingOf('8701 123', { ...nothing, phone: phone(null, '8701123') }).phone).toBe(
      '8701123',
    );
  });
});
