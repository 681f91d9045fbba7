// The issues of one visit, 0 the first and then the further ones, and which of them a request is about.
import type { IntakeForm } from '../../backend';
import type { Book } from './form';

/** The theme of each issue. */
export function themesOf(form: IntakeForm): (string | null)[] {
  return [form.category, ...form.more_issues.map((issue) => issue.category)];
}

/** The issue a body is asked about: whose theme it answers for, else helps with, else the first. */
export function issueFor(form: IntakeForm, agency: string, book: Book): number {
  const themes = themesOf(form).map((code) => book.category(code));
  const answers = themes.findIndex((theme) => theme?.agency_primary === agency);
  if (answers >= 0) return answers;
  return Math.max(
    themes.findIndex((theme) => theme?.agency_secondary.includes(agency)),
    0,
  );
}

/** Gives a further issue its theme. A request nobody linked by hand goes to the issue its body answers for. */
export function withTheme(
  form: IntakeForm,
  index: number,
  category: string | null,
  book: Book,
): IntakeForm {
  const next = {
    ...form,
    more_issues: form.more_issues.map((one, i) => (i === index ? { ...one, category } : one)),
  };
  const referrals = next.referrals.map((r) => {
    const issue = (r.issue ?? null) === null ? issueFor(next, r.agency, book) : 0;
    return issue === index + 1 ? { ...r, issue } : r;
  });
  return { ...next, referrals };
}

/** Takes a further issue away. Requests about it are about the first again, until the officer says otherwise. */
export function withoutIssue(form: IntakeForm, index: number): IntakeForm {
  const gone = index + 1;
  const moves = (form.redirect?.issues ?? [])
    .filter((issue) => issue !== gone)
    .map((issue) => (issue > gone ? issue - 1 : issue));
  return {
    ...form,
    redirect: form.redirect && { ...form.redirect, issues: moves },
    more_issues: form.more_issues.filter((_, i) => i !== index),
    referrals: form.referrals.map((r) => {
      const issue = r.issue ?? 0;
      if (issue < gone) return r;
      return { ...r, issue: issue === gone ? null : issue - 1 };
    }),
  };
}

/** Requests that come back by an undo go to the issues they were about, wherever those stand now. */
export function relinked(before: IntakeForm, now: IntakeForm, put: IntakeForm): IntakeForm {
  const place = (issue: number): number | null => {
    const row = before.more_issues[issue - 1];
    const at = row ? put.more_issues.indexOf(row) : -1;
    if (at >= 0) return at + 1;
    // Written on since: it stands where it stood, if none came or went.
    return put.more_issues.length === before.more_issues.length ? issue : null;
  };
  const referrals = put.referrals.map((r) =>
    now.referrals.includes(r) || !r.issue ? r : { ...r, issue: place(r.issue) },
  );
  return referrals.every((r, i) => r === put.referrals[i]) ? put : { ...put, referrals };
}
