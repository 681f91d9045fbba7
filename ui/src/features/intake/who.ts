// One line for who came: what it was read as, and how that gets into the party without undoing the officer.
import type { KnownPerson, Party, WhoRead } from '../../backend';

type Derived = Pick<Party, 'surname' | 'given' | 'patronymic' | 'iin' | 'phone'>;

/** What a reading says of the person. An unreadable line is kept whole as the name: nothing is lost. */
export function readingOf(line: string, read: WhoRead): Derived {
  const phone = read.phone?.e164 ?? read.phone?.display ?? '';
  const iin = read.iin?.normalized ?? '';
  const named = read.surname || read.given || read.patronymic;
  return {
    surname: named || phone || iin ? read.surname : line.trim(),
    given: read.given,
    patronymic: read.patronymic,
    iin,
    phone,
  };
}

const FIELDS = ['surname', 'given', 'patronymic', 'iin', 'phone'] as const;

/**
 * Puts a new reading into the party. A field is taken when it is empty or still holds the last
 * reading; what the officer typed by hand stays.
 */
export function mergeWho(party: Party, last: Derived | null, next: Derived): Party {
  const merged = { ...party };
  for (const field of FIELDS) {
    const held = party[field] ?? '';
    if (held === '' || held === (last?.[field] ?? '')) merged[field] = next[field];
  }
  return merged;
}

/** Takes a person over from an earlier case; who they are here is decided by this visit. */
export function takeOver(known: KnownPerson): Party {
  return { ...known.party, role: 'applicant' };
}

export type WhoSign =
  | { kind: 'phone'; value: string; doubtful: boolean }
  | { kind: 'iin' | 'bin'; value: string; doubtful: boolean }
  | { kind: 'name'; value: string; doubtful: false };

/** What the line was understood as, in the order it is said. */
export function signsOf(read: WhoRead | undefined): WhoSign[] {
  if (!read) return [];
  const signs: WhoSign[] = [];
  if (read.iin && read.iin.reason !== 'empty') {
    signs.push({
      kind: read.iin.kind === 'bin' ? 'bin' : 'iin',
      value: read.iin.normalized,
      doubtful: read.iin.severity !== 'ok',
    });
  }
  if (read.phone && read.phone.reason !== 'empty' && read.phone.reason !== 'no_digits') {
    signs.push({ kind: 'phone', value: read.phone.display, doubtful: !read.phone.valid });
  }
  const name = [read.surname, read.given, read.patronymic].filter(Boolean).join(' ');
  if (name) signs.push({ kind: 'name', value: name, doubtful: false });
  return signs;
}

export function emptyParty(role: Party['role'] = 'applicant'): Party {
  return {
    role,
    surname: '',
    given: '',
    patronymic: '',
    organisation: '',
    iin: '',
    phone: '',
    call_note: '',
    do_not_call: false,
  };
}

/** Is anything known of who came? */
export function partyOf(form: { applicant: Party }): { blank: boolean } {
  const { surname, given, patronymic, iin, phone } = form.applicant;
  return { blank: !(surname || given || patronymic || iin || phone) };
}
