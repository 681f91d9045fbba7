// What the officer chose, as data: outcomes, suggestion taken or not, and what finishing would save.
import type {
  Agency,
  BodyHelp,
  Category,
  CategoryHelp,
  CrimeForm,
  Disclosed,
  Help,
  IntakeForm,
  Party,
  RedirectForm,
  ReferralForm,
  Refusal,
  Suggestion,
  TaskForm,
} from '../../backend';
import { language } from '../../i18n';
import { issueFor, themesOf } from './issues';

/** The ways a visit can go; several at once are normal. The order is the order of the digit keys. */
export type Outcome = 'advice' | 'refer' | 'task' | 'redirect' | 'crime' | 'undecided';

/** Digit keys of the outcomes. */
export const OUTCOME_KEYS: readonly { outcome: Outcome; digit: number }[] = [
  { outcome: 'advice', digit: 1 },
  { outcome: 'refer', digit: 2 },
  { outcome: 'task', digit: 3 },
  { outcome: 'redirect', digit: 4 },
  { outcome: 'crime', digit: 5 },
  { outcome: 'undecided', digit: 6 },
];

export const CIRCUMSTANCES = [
  'baby',
  'elderly',
  'disability',
  'afraid',
  'pregnant',
  'child',
  'no_home',
  'language',
  'do_not_call',
] as const;
export type Circumstance = (typeof CIRCUMSTANCES)[number];

/** The crisis centre: what goes there is always of the circle `dv`. */
export const CRISIS_CENTRE = 'E-CRS';
const DUTY_DESK = 'P-DUTY';
const DISTRICT_INSPECTORS = 'P-UIP';

export type Lang = 'kk' | 'ru' | 'en';

/** What is known of the themes and bodies. */
export interface Book {
  category(code: string | null | undefined): Category | undefined;
  agency(code: string | null | undefined): Agency | undefined;
  categories: Category[];
  agencies: Agency[];
}

export function bookOf(reference: { categories: Category[]; agencies: Agency[] }): Book {
  const categories = new Map(reference.categories.map((c) => [c.code, c]));
  const agencies = new Map(reference.agencies.map((a) => [a.code, a]));
  return {
    category: (code) => (code ? categories.get(code) : undefined),
    agency: (code) => (code ? agencies.get(code) : undefined),
    categories: reference.categories,
    agencies: reference.agencies,
  };
}

/** A text of the book with names in place of codes: «… - CRM-02» means nothing to a person. */
export function withNames(text: string, book: Book, lang: Lang = language()): string {
  return text.replace(/\b[A-Z]{3}-\d{2}\b/g, (code) => {
    const theme = book.category(code);
    return theme ? `«${theme.name[lang]}»` : code;
  });
}

/** What the book advises for a theme, ready to be said. */
function adviceOf(book: Book, code: string | null | undefined, lang: Lang): string {
  return withNames(book.category(code)?.advise[lang] ?? '', book, lang);
}

/** Outcomes that are on, in the order of the keys. */
export function outcomesOf(form: IntakeForm): Outcome[] {
  const on: Outcome[] = [];
  if (form.advice !== null) on.push('advice');
  if (form.referrals.length > 0) on.push('refer');
  if (form.tasks.length > 0) on.push('task');
  if (form.redirect !== null) on.push('redirect');
  if (form.crime !== null) on.push('crime');
  if (form.undecided !== null) on.push('undecided');
  return on;
}

/** True when nothing at all was typed: such a draft is thrown away without asking. */
export function isBlank(form: IntakeForm): boolean {
  return (
    form.text.trim() === '' &&
    form.who_line.trim() === '' &&
    form.address.trim() === '' &&
    partyIsBlank(form.applicant) &&
    form.represented === null &&
    form.category === null &&
    form.more_issues.every((issue) => issue.category === null && issue.text.trim() === '') &&
    form.circumstances.length === 0 &&
    outcomesOf(form).length === 0
  );
}

export function partyIsBlank(party: Party): boolean {
  return !(
    party.surname ||
    party.given ||
    party.patronymic ||
    party.organisation ||
    party.iin ||
    party.phone ||
    party.call_note
  );
}

/** Where the trouble is a place, the body cannot act without the address; elsewhere it stays here. */
function troubleIsAPlace(category: string | null): boolean {
  return (
    category !== null &&
    (/^(ZKH|BLG|EMG)-/.test(category) || category === 'HLT-04' || category === 'LAW-03')
  );
}

/** The minimum that leaves: no name, no phone, the address only where it is the trouble itself. */
export function minimumDisclosed(category: string | null): Disclosed {
  return { name: false, phone: false, address: troubleIsAPlace(category) };
}

export function newReferral(agency: string, category: string | null): ReferralForm {
  return {
    agency,
    text: '',
    disclosed: minimumDisclosed(category),
    consent: false,
    basis: null,
    copy: true,
    files: [],
    answer_due: null,
    circle: null,
    issue: null,
  };
}

/** Adds a body, or takes it away when it is there. Beside a crime not even the address leaves. */
export function toggleReferral(form: IntakeForm, agency: string, book: Book): IntakeForm {
  if (form.referrals.some((r) => r.agency === agency)) {
    return { ...form, referrals: form.referrals.filter((r) => r.agency !== agency) };
  }
  const issue = issueFor(form, agency, book);
  const theme = form.crime === null ? (themesOf(form)[issue] ?? null) : null;
  const added = { ...newReferral(agency, theme), issue: issue === 0 ? null : issue };
  return { ...form, referrals: [...form.referrals, added] };
}

export function newTask(unit: string, text: string, due: string | null = null): TaskForm {
  return { unit, text, due };
}

/** The day the theme's own term ends, proposed for what the police do themselves. */
function termOf(theme: Category | undefined, help: Help | undefined): string | null {
  const known = theme !== undefined && help?.chosen?.code === theme.code;
  return known ? (help.chosen?.promise?.due ?? null) : null;
}

/** Beside a crime no task is called by its theme: that would tell what the crime was. */
function withoutThemeNames(tasks: TaskForm[], book: Book): TaskForm[] {
  const names = new Set(book.categories.flatMap(({ name }) => [name.kk, name.ru, name.en]));
  return tasks.map((task) => (names.has(task.text.trim()) ? { ...task, text: '' } : task));
}

/** A redirect to the body the theme names, when the law binds it: it answers the applicant itself, so it gets all. */
export function newRedirect(form: IntakeForm, help: Help | undefined, book: Book): RedirectForm {
  const bound = proposedBodies(form, help, book).find(
    (p) => p.primary && !p.known?.stays && book.agency(p.agency)?.appk_body !== 'no',
  );
  return {
    agency: bound?.agency ?? null,
    whole: true,
    issues: [],
    ground: '',
    reason: '',
    text: '',
    disclosed: { name: true, phone: !form.applicant.do_not_call, address: true },
  };
}

export function newCrime(now: Date): CrimeForm {
  return { kui_number: '', kui_at: now.toISOString(), received_by: '', social_sentence: '' };
}

export interface ProposedBody {
  agency: string;
  /** It is the competent one; else it helps. */
  primary: boolean;
  /** For this theme. */
  theme: string | null;
  /** What speaks for and against it; not there before the first answer of the core. */
  known?: BodyHelp;
}

/** Bodies outside the police, in the order of the core: the competent one first, one that keeps sending such
 * requests back last. What the core has not answered yet stands as the book has it. */
export function proposedBodies(
  form: IntakeForm,
  help: Help | undefined,
  book: Book,
): ProposedBody[] {
  const listed = bodiesOfBook(form, help, book);
  const themes = new Set([form.category ?? help?.chosen?.code, ...themesOf(form).slice(1)]);
  const ranked = (help?.bodies ?? []).filter((b) => b.why !== 'chosen' && themes.has(b.category));
  const at = (agency: string) => {
    const place = ranked.findIndex((b) => b.code === agency);
    return place < 0 ? ranked.length : place;
  };
  const joined = ranked
    .filter((b) => listed.every((p) => p.agency !== b.code))
    .map((b): ProposedBody => ({ agency: b.code, primary: false, theme: b.category }));
  return [...listed, ...joined]
    .map((p) => {
      const known = ranked.find((b) => b.code === p.agency);
      return known ? { ...p, known } : p;
    })
    .sort((a, b) => at(a.agency) - at(b.agency));
}

/** Bodies the book names for the theme in force and for further issues, the competent one first. */
function bodiesOfBook(form: IntakeForm, help: Help | undefined, book: Book): ProposedBody[] {
  const chosen = book.category(form.category);
  const theme = chosen?.code ?? help?.chosen?.code ?? null;
  const codes = chosen
    ? [chosen.agency_primary, ...chosen.agency_secondary]
    : (help?.chosen?.agencies ?? []);
  const first = chosen ? chosen.agency_primary : codes[0];
  const further = form.more_issues.flatMap(({ category }) => {
    const agency = book.category(category)?.agency_primary;
    return agency ? [{ agency, primary: true, theme: category }] : [];
  });
  const seen = new Set<string>();
  return (
    codes
      .filter((code): code is string => code !== null)
      .map((agency): ProposedBody => ({ agency, primary: agency === first, theme }))
      // A body that only helps with the first may be the one that answers for another.
      .map((p) => (p.primary ? p : (further.find((f) => f.agency === p.agency) ?? p)))
      .concat(further)
      .filter((p) => !seen.has(p.agency) && Boolean(seen.add(p.agency)))
      .filter((p) => book.agency(p.agency)?.internal === false)
  );
}

/** The police unit that would do it itself. */
export function proposedUnit(form: IntakeForm, help: Help | undefined, book: Book): string {
  const chosen = book.category(form.category ?? help?.chosen?.code);
  const unit = [chosen?.agency_primary, ...(chosen?.agency_secondary ?? [])].find(
    (code) => book.agency(code)?.internal && code !== DUTY_DESK,
  );
  return unit ?? DISTRICT_INSPECTORS;
}

interface Toggle {
  form: IntakeForm;
  help: Help | undefined;
  book: Book;
  lang: Lang;
  now: Date;
}

/** Turns one outcome on, prepared with what the theme proposes, or off. */
export function toggleOutcome(outcome: Outcome, on: boolean, at: Toggle): IntakeForm {
  const { form, help, book, lang } = at;
  const theme = book.category(form.category ?? help?.chosen?.code);
  switch (outcome) {
    case 'advice':
      return { ...form, advice: on ? adviceOf(book, theme?.code, lang) : null };
    case 'refer': {
      if (!on) return { ...form, referrals: [] };
      const first = proposedBodies(form, help, book).find((p) => !p.known?.stays);
      return first && form.referrals.length === 0 ? toggleReferral(form, first.agency, book) : form;
    }
    case 'task': {
      const text = form.crime === null ? (theme?.name[lang] ?? '') : '';
      const task = newTask(proposedUnit(form, help, book), text, termOf(theme, help));
      return { ...form, tasks: on ? [task] : [] };
    }
    case 'crime':
      return on
        ? { ...form, crime: newCrime(at.now), tasks: withoutThemeNames(form.tasks, book) }
        : { ...form, crime: null };
    case 'redirect':
      return { ...form, redirect: on ? newRedirect(form, help, book) : null };
    case 'undecided':
      return { ...form, undecided: on ? { controller: null } : null };
  }
}

/**
 * Takes a suggested theme. When nothing was chosen yet, the way the theme goes is prepared too:
 * all of it is on the screen before anything is saved.
 */
export function takeCategory(code: string, at: Toggle): IntakeForm {
  const form: IntakeForm = { ...at.form, category: code };
  const theme = at.book.category(code);
  if (outcomesOf(at.form).length > 0 || !theme) return form;
  const next: Toggle = { ...at, form };
  switch (theme.route) {
    case 'forward': {
      const best = proposedBodies(form, at.help, at.book).find((p) => !p.known?.stays);
      const body = best?.agency ?? theme.agency_primary;
      return body ? toggleReferral(form, body, at.book) : form;
    }
    case 'police':
      return toggleOutcome('task', true, next);
    case 'register':
      return toggleOutcome('crime', true, next);
    case 'advise':
      return toggleOutcome('advice', true, next);
    default:
      return form;
  }
}

/**
 * Advice alone is two actions: type, finish. Where the desk itself is the answer and nothing else was
 * chosen, advice is preselected – shown as such, and gone as soon as the officer chooses otherwise.
 */
export function preselected(
  form: IntakeForm,
  chosen: CategoryHelp | null | undefined,
  declined: boolean,
): string | null {
  if (declined || outcomesOf(form).length > 0 || form.existing_case !== null) return null;
  if (form.text.trim() === '' || chosen?.route !== 'advise') return null;
  if (form.category !== null && form.category !== chosen.code) return null;
  return chosen.code;
}

/** The form as it would be saved now, with the preselected advice in it. */
export function effective(
  form: IntakeForm,
  preselectedCode: string | null,
  book: Book,
  lang: Lang,
): IntakeForm {
  const spoken = form.language === '' ? { ...form, language: lang } : form;
  if (preselectedCode === null) return spoken;
  return {
    ...spoken,
    category: preselectedCode,
    advice: adviceOf(book, preselectedCode, lang),
  };
}

/** A circumstance on or off. Not to be called belongs to the person as well. */
export function toggleCircumstance(form: IntakeForm, code: string): IntakeForm {
  const on = !form.circumstances.includes(code);
  const circumstances = on
    ? [...form.circumstances, code]
    : form.circumstances.filter((c) => c !== code);
  const applicant =
    code === 'do_not_call' ? { ...form.applicant, do_not_call: on } : form.applicant;
  return { ...form, circumstances, applicant };
}

/** Red flags of a text that speak for a circumstance. */
const SIGNS: Record<string, Circumstance> = {
  baby: 'baby',
  elderly: 'elderly',
  disability: 'disability',
  pregnant: 'pregnant',
  child: 'child',
  no_home: 'no_home',
  language: 'language',
  afraid_home: 'afraid',
};

/** Circumstances the text speaks of that are not on yet. */
export function signsFound(form: IntakeForm, suggestion: Suggestion | undefined): Circumstance[] {
  const found = (suggestion?.red_flags ?? []).map((flag) => SIGNS[flag.code]);
  return CIRCUMSTANCES.filter((c) => found.includes(c) && !form.circumstances.includes(c));
}

/** The crisis centre beside a crime: a separate referral with the minimum of data. */
export function toggleCrisisCentre(form: IntakeForm, text: string): IntakeForm {
  if (form.referrals.some((r) => r.agency === CRISIS_CENTRE)) {
    return { ...form, referrals: form.referrals.filter((r) => r.agency !== CRISIS_CENTRE) };
  }
  const referral: ReferralForm = { ...newReferral(CRISIS_CENTRE, null), text, circle: 'dv' };
  return { ...form, referrals: [...form.referrals, referral] };
}

/** Places of the form something can be missing in. */
export type Place =
  | { field: 'text' }
  | { field: 'kui' }
  | { field: 'redirect' }
  | { field: 'referral'; index: number }
  | { field: 'task'; index: number };

/** Beside which field a missing thing is said. */
export function placeOf(refusal: Refusal, form: IntakeForm): Place {
  if (refusal.params?.at === 'redirect') return { field: 'redirect' };
  switch (refusal.code) {
    case 'missing_kui':
      return { field: 'kui' };
    case 'missing_task_text': {
      const index = form.tasks.findIndex((t) => t.text.trim() === '');
      return { field: 'task', index: Math.max(index, 0) };
    }
    case 'missing_text': {
      const agency = refusal.params?.agency;
      const index = form.referrals.findIndex((r) => r.agency === agency);
      // Words were typed: they do not go with this request, which needs its own.
      const own = form.crime !== null || form.text.trim() !== '';
      return agency && own && index >= 0 ? { field: 'referral', index } : { field: 'text' };
    }
    default: {
      // What may not go to a body, and a ground without its words, is said with that request.
      const index = form.referrals.findIndex((r) => r.agency === refusal.params?.agency);
      return index >= 0 ? { field: 'referral', index } : { field: 'text' };
    }
  }
}

/** Every missing thing is said once, at its first place. */
export function missingAt(missing: Refusal[], form: IntakeForm): Map<string, Refusal> {
  const at = new Map<string, Refusal>();
  for (const refusal of missing) {
    const key = placeKey(placeOf(refusal, form));
    if (!at.has(key)) at.set(key, refusal);
  }
  return at;
}

export function placeKey(place: Place): string {
  return 'index' in place ? `${place.field}-${place.index}` : place.field;
}
