// What the issues of a visit are called where one is chosen.
import type { IntakeForm } from '../../backend';
import { t } from '../../i18n';
import type { Book } from './form';
import { themesOf } from './issues';
import { themeName } from './useBook';

/** What an issue is called: its theme, else its own words. */
export function issueName(form: IntakeForm, n: number, book: Book): string {
  const theme = themesOf(form)[n];
  if (theme) return themeName(book, theme);
  const words = form.more_issues[n - 1]?.text.trim();
  return (
    words || (n === 0 ? t('intake.refer.issue_first') : t('intake.refer.issue_nth', { n: n + 1 }))
  );
}
