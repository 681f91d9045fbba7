// The next thing to do in a case: the one primary action of its screen.
import type { CaseView, Obligation, ReferralView } from '../../backend';
import { lacksTheme } from './unknown';

export type Next =
  | { act: 'hand_over' | 'check_answer' | 'find_another' | 'remind' | 'escalate'; referral: string }
  | { act: 'do_task'; task: string }
  | { act: 'plan_step'; step: string }
  | { act: 'tell_applicant' | 'close' | 'decide' | 'decide_extension' | 'name_theme' }
  | { act: 'sign_redirect' | 'second_bounce' | 'settle_dispute'; referral: string }
  | { act: 'confirm_closing' }
  | { act: 'give_notice'; about: string }
  | { act: 'none'; wait: Wait };

/** Why there is nothing to do here now. */
export type Wait =
  | { on: 'agency'; agencies: string[] }
  | { on: 'region' }
  | { on: 'closed' }
  | { on: 'word' }
  | { on: 'nothing' };

/** What comes first when several things wait. */
const ORDER = [
  'decide_extension',
  'sign_redirect',
  'settle_dispute',
  'second_bounce',
  'confirm_closing',
  'give_notice',
  'hand_over',
  'check_answer',
  'find_another',
  'tell_applicant',
  'do_task',
  'plan_step',
  'decide',
] as const;

/** `today` is the day at the desk, `2026-11-22`. */
export function nextAction(view: CaseView, today: string): Next {
  // The note over the case has the keys for it.
  if (view.words.some((w) => w.asks_to_reopen)) return { act: 'none', wait: { on: 'word' } };
  if (view.closed) return { act: 'none', wait: { on: 'closed' } };
  if (view.read_only) return { act: 'none', wait: waitOf(view) };
  const of = (what: Obligation['what']) =>
    view.obligations.find((o) => o.what === what || o.also === what);
  for (const what of ORDER) {
    const owed = of(what);
    if (!owed) continue;
    switch (what) {
      case 'decide_extension':
        if (view.terms.may_decide) return { act: 'decide_extension' };
        break;
      case 'sign_redirect':
      case 'second_bounce':
      case 'settle_dispute':
        if (owed.referral && view.terms.may_decide) {
          return { act: what, referral: owed.referral };
        }
        break;
      case 'confirm_closing':
        if (view.may_close && !view.end.needs_second) return { act: 'confirm_closing' };
        break;
      case 'give_notice': {
        const notice = view.terms.notices.find((n) => n.given === null);
        if (notice) return { act: 'give_notice', about: notice.about };
        break;
      }
      case 'hand_over':
      case 'check_answer':
      case 'find_another':
        if (owed.referral) return { act: what, referral: owed.referral };
        break;
      case 'tell_applicant':
        return { act: wasAsked(view) ? 'close' : 'tell_applicant' };
      case 'do_task':
        if (owed.task && !agencyIsLate(view, today)) return { act: 'do_task', task: owed.task };
        break;
      case 'plan_step': {
        const step = view.plan.find((s) => s.state === 'now' && !s.referral && !s.task);
        if (step && !agencyIsLate(view, today)) return { act: 'plan_step', step: step.id };
        break;
      }
      case 'decide':
        // Whose it is goes by the theme: that comes first.
        return { act: lacksTheme(view) ? 'name_theme' : 'decide' };
    }
  }
  const late = lateReferral(view);
  if (late && rungIsDue(late)) return { act: 'escalate', referral: late.id };
  if (late && !remindedToday(view, today)) return { act: 'remind', referral: late.id };
  const task = of('do_task')?.task;
  if (task) return { act: 'do_task', task };
  if (lacksTheme(view)) return { act: 'name_theme' };
  return { act: 'none', wait: waitOf(view) };
}

function lateReferral(view: CaseView): ReferralView | undefined {
  return view.referrals
    .filter((r) => r.late_wd > 0 && awaits(r))
    .sort((a, b) => b.late_wd - a.late_wd)[0];
}

/** Its day has come, and whoever sits here stands on it: a further reminder is not what it waits for. */
function rungIsDue(referral: ReferralView): boolean {
  const next = referral.next_rung;
  return next?.now === true && next.mine.includes(next.rung);
}

function agencyIsLate(view: CaseView, today: string): boolean {
  const late = lateReferral(view);
  return late !== undefined && (rungIsDue(late) || !remindedToday(view, today));
}

function remindedToday(view: CaseView, today: string): boolean {
  return standing(view).some((i) => i.kind === 'referral_reminded' && deskDay(i.at) === today);
}

/** The body still owes an answer and can be reminded. */
export function awaits(referral: ReferralView): boolean {
  return (
    !toHandOver(referral) &&
    ['sent', 'delivered', 'registered', 'accepted', 'answer_returned'].includes(referral.state)
  );
}

/** It is out, and the body was never given it: nobody of it can sign in to the portal. */
export function toHandOver(referral: ReferralView): boolean {
  return referral.state === 'sent' && Boolean(referral.by_hand);
}

/** What happened and was not taken back. */
function standing(view: CaseView) {
  return view.timeline.filter((item) => !item.undone);
}

/** The applicant was asked after the last answer or result: what is left is to close. */
export function wasAsked(view: CaseView): boolean {
  if (view.end.by_page) return true;
  const asked = standing(view).find((i) => i.kind === 'contact_made' && i.values.reached === 'yes');
  if (!asked) return false;
  const news = standing(view)
    .filter((i) => ['referral_checked', 'task_done', 'case_reopened'].includes(i.kind))
    .map((i) => Date.parse(i.at));
  return news.every((at) => Date.parse(asked.at) >= at);
}

function waitOf(view: CaseView): Wait {
  const agencies = view.obligations
    .filter((o) => o.waiting_on === 'agency' && o.agency !== null)
    .map((o) => o.agency ?? '');
  if (agencies.length > 0) return { on: 'agency', agencies };
  if (view.obligations.some((o) => o.waiting_on === 'region')) return { on: 'region' };
  return { on: 'nothing' };
}

/** Everything that stops being watched when the case is closed now. */
export function leftOpen(view: CaseView): number {
  return view.obligations.filter((o) => !ENDS.has(o.what) || (o.also && !ENDS.has(o.also))).length;
}

/** What the end of a case answers. */
const ENDS: ReadonlySet<Obligation['what']> = new Set([
  'tell_applicant',
  'decide',
  'review',
  'refused',
  'decide_extension',
  'confirm_closing',
  'reopen_asked',
  'read_word',
] as const);

const SAID = ['contact_made', 'applicant_word'];

/** What was last said on whether it is solved, in a talk or on the page, to begin the closing with. */
export function lastWord(view: CaseView): string | null {
  return lastSaid(view)?.values.word ?? null;
}

/** How content the applicant is, if the page was told so with that word. */
export function lastStars(view: CaseView): string | null {
  return lastSaid(view)?.values.satisfaction ?? null;
}

function lastSaid(view: CaseView) {
  const trusted = (kind: string) => kind !== 'applicant_word' || !view.words_doubtful;
  return standing(view).find((i) => SAID.includes(i.kind) && trusted(i.kind) && i.values.word);
}

/** Day of an instant at the desk, UTC+5 in all of Kazakhstan. */
function deskDay(instant: string): string {
  return new Date(Date.parse(instant) + 5 * 3_600_000).toISOString().slice(0, 10);
}
