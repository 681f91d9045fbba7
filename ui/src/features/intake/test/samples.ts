// Small made-up things for the tests of the intake.
import type { Agency, Category, Help, IntakeForm } from '../../../backend';
import { bookOf } from '../form';
import { emptyParty } from '../who';

export function blankForm(patch: Partial<IntakeForm> = {}): IntakeForm {
  return {
    text: '',
    language: '',
    channel: 'front_office',
    applicant: emptyParty(),
    known_as: null,
    represented: null,
    who_line: '',
    address: '',
    circumstances: [],
    category: null,
    more_issues: [],
    advice: null,
    advice_cards: [],
    referrals: [],
    tasks: [],
    crime: null,
    undecided: null,
    redirect: null,
    existing_case: null,
    ticket: null,
    started_at: null,
    ...patch,
  };
}

const said = (text: string) => ({ kk: `${text} қаз`, ru: text, en: `${text} en` });

function category(code: string, patch: Partial<Category>): Category {
  return {
    code,
    parent: code.split('-')[0] ?? null,
    level: 2,
    circle: code === 'FAM-01' ? 'dv' : null,
    name: said(code),
    route: 'forward',
    agency_primary: null,
    agency_secondary: [],
    appeal_kind: 'message',
    appeal_kind_other: null,
    deadline_wd: 1,
    deadline_basis: 'op',
    urgency: 2,
    crime_flag: 'none',
    ask: said('спросить'),
    advise: said('обменять в магазине'),
    ...patch,
  };
}

function agency(code: string, internal: boolean): Agency {
  return {
    code,
    kind: 'X',
    internal,
    core: true,
    name: said(code),
    level: 'city',
    appk_body: 'yes',
    channels: [],
    ack_wd: 1,
    note: '',
  };
}

export const book = bookOf({
  categories: [
    category('ZKH-01', { agency_primary: 'E-HEA', agency_secondary: ['E-ZKH', 'P-UIP'] }),
    category('BLG-01', { agency_primary: 'E-ZKH' }),
    category('FAM-01', { agency_primary: 'E-CRS' }),
    category('FAM-04', { agency_primary: 'E-BLF' }),
    category('LAB-02', { route: 'advise', agency_primary: 'E-CNS' }),
    category('ORD-01', { route: 'police', agency_primary: 'P-UIP' }),
    category('CRM-02', { route: 'register', agency_primary: 'P-DUTY', crime_flag: 'register' }),
    category('EMG-01', { route: 'emergency', agency_primary: 'E-EME' }),
  ],
  agencies: [
    agency('E-HEA', false),
    agency('E-ZKH', false),
    agency('E-BLF', false),
    agency('E-CNS', false),
    agency('E-EME', false),
    agency('E-CRS', false),
    agency('P-UIP', true),
    agency('P-DUTY', true),
  ],
});

export function helpOf(code: string, patch: Partial<Help> = {}): Help {
  const theme = book.category(code);
  return {
    suggestion: {
      categories: [{ code, score: 0.9, why: [], similar: 0 }],
      agencies: [],
      red_flags: [],
    },
    bodies: [],
    similar: [],
    chosen: {
      code,
      route: theme?.route ?? 'forward',
      agencies: [theme?.agency_primary ?? '', ...(theme?.agency_secondary ?? [])].filter(Boolean),
      promise: null,
      record: null,
      legal: null,
      crime_flag: theme?.crime_flag ?? 'none',
    },
    who: { phone: null, iin: null, surname: '', given: '', patronymic: '', known: [] },
    ...patch,
  };
}
