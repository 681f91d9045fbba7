// Further subjects of the same visit: each with its own theme, so that none is lost in the first.
import { X } from 'lucide-react';
import type { IntakeForm, MoreIssue } from '../../backend';
import { t } from '../../i18n';
import { Button, Combo, Field } from '../../kit';
import type { Change } from './dropped';
import type { Book } from './form';
import { withoutIssue, withTheme } from './issues';
import { useThemes } from './useBook';

export function MoreIssues(props: { form: IntakeForm; change: Change; book: Book }) {
  const { form, change, book } = props;
  const themes = useThemes(book);
  const edit = (index: number, patch: Partial<MoreIssue>) =>
    change((f) => ({
      ...f,
      more_issues: f.more_issues.map((issue, i) => (i === index ? { ...issue, ...patch } : issue)),
    }));
  return (
    <>
      {form.more_issues.map((issue, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: issues have no name of their own yet
        <div className="issue" key={index} id={`issue-${index}`}>
          <Combo
            name={`intake.issue.${index}`}
            label={t('intake.issue.label')}
            items={themes}
            value={issue.category}
            placeholder={t('intake.category.placeholder')}
            onChange={(category) => change((f) => withTheme(f, index, category, book))}
            // Words of the trouble typed where its theme belongs are not lost.
            onUnknown={(typed) => {
              if (issue.text.trim() === '') edit(index, { text: typed });
            }}
          />
          <Field
            label={t('intake.issue.text')}
            value={issue.text}
            onChange={(text) => edit(index, { text })}
          />
          <Button
            quiet
            small
            icon
            label={t('intake.issue.remove')}
            onPress={() => change((f) => withoutIssue(f, index), t('intake.dropped.issue'))}
          >
            <X aria-hidden="true" />
          </Button>
        </div>
      ))}
    </>
  );
}

/** The form with one issue more; without a theme its words stay with those of the visit. */
export function withIssue(form: IntakeForm): IntakeForm {
  return { ...form, more_issues: [...form.more_issues, { category: null, text: '' }] };
}

export function AddIssue(props: { change: Change }) {
  return (
    <Button quiet small kbd="Alt+I" onPress={() => props.change(withIssue)}>
      {t('intake.issue.add')}
    </Button>
  );
}
