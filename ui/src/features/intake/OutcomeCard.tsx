// What we do: any number of outcomes, each with its own short part under the row.
import type { Help, IntakeForm, Preview, Refusal } from '../../backend';
import { language, t } from '../../i18n';
import { Card, Pill, TextArea } from '../../kit';
import { CrimePane } from './CrimePane';
import type { Change } from './dropped';
import { type Book, OUTCOME_KEYS, type Outcome } from './form';
import { RedirectPane } from './RedirectPane';
import { ReferPane } from './ReferPane';
import { TaskPane } from './TaskPane';
import { UndecidedPane } from './UndecidedPane';

export interface PaneProps {
  /** The draft in the hand: its files do not leave with a referral. */
  draft: string;
  form: IntakeForm;
  change: Change;
  help: Help | undefined;
  book: Book;
  preview: Preview | undefined;
  missing: Map<string, Refusal>;
  /** How often Alt+L was pressed: each press opens what leaves with the first referral. */
  leavesAsked: number;
}

export function OutcomeCard(
  props: PaneProps & {
    /** The form with the preselected advice in it. */
    shown: IntakeForm;
    preselected: string | null;
    on: ReadonlySet<Outcome>;
    onToggle: (outcome: Outcome, on: boolean) => void;
  },
) {
  const { on, shown } = props;
  return (
    <Card padded className="outcomes">
      <fieldset>
        <legend className="field-label">
          {t('intake.outcome.label')} <em>{t('intake.outcome.hint')}</em>
        </legend>
        <div className="pills">
          {OUTCOME_KEYS.map(({ outcome, digit }) => (
            <Pill
              key={outcome}
              selected={on.has(outcome)}
              kbd={`Ctrl+${digit}`}
              onChange={(selected) => props.onToggle(outcome, selected)}
            >
              {t(`intake.outcome.${outcome}`)}
            </Pill>
          ))}
        </div>
      </fieldset>
      {on.has('advice') ? (
        <div className="pane">
          <TextArea
            label={t('intake.advice.label')}
            aside={t('intake.advice.hint')}
            rows={2}
            lang={language()}
            value={shown.advice ?? ''}
            onChange={(advice) =>
              props.change((f) => ({
                ...f,
                advice,
                category: f.category ?? props.preselected,
              }))
            }
          />
          {props.preselected ? <p className="s">{t('intake.outcome.suggested')}</p> : null}
        </div>
      ) : null}
      {on.has('crime') ? <CrimePane {...props} /> : null}
      {on.has('refer') ? <ReferPane {...props} /> : null}
      {on.has('task') ? <TaskPane {...props} /> : null}
      {on.has('redirect') ? <RedirectPane {...props} /> : null}
      {on.has('undecided') ? <UndecidedPane {...props} /> : null}
      {on.size === 0 ? <p className="s pane">{t('intake.outcome.none')}</p> : null}
    </Card>
  );
}
