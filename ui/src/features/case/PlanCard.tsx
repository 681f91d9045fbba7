// The plan for a household: steps in their order, what each waits for, and its day as it stands now.
import type { CaseView, PlanStepView } from '../../backend';
import { t } from '../../i18n';
import { day, dayOf } from '../../i18n/dates';
import { Button, Card, Tag } from '../../kit';
import type { Book } from '../intake/form';
import { bodyName } from '../intake/useBook';
import type { Opened } from './CaseDialogs';
import { WhyDate } from './WhyDate';

export function PlanCard(props: { view: CaseView; book: Book; onOpen: (opened: Opened) => void }) {
  const { view, book, onOpen } = props;
  if (view.plan.length === 0) return null;
  const today = dayOf(new Date());
  const may = !view.read_only && view.closed === null;
  const left = view.plan.filter((s) => s.state === 'now' || s.state === 'waits').length;
  return (
    <Card
      title={t('plan.title')}
      aside={left > 0 ? t('plan.left', { n: left }) : t('plan.all_done')}
    >
      <p className="m plan-lead">{t('plan.lead', { name: view.controller.name || '–' })}</p>
      <ol className="rows plan">
        {view.plan.map((step, index) => (
          <li key={step.id} className={step.state}>
            <div className="row">
              <div>
                <span className="t">
                  {index + 1}. {step.text}
                </span>
                <p className="m">
                  {[
                    step.agency ? bodyName(book, step.agency) : t('plan.family'),
                    waitsFor(view, step),
                    step.result,
                    step.reason,
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </p>
              </div>
              <div className="fx">
                <StepDay step={step} today={today} />
                {may && (step.state === 'now' || step.state === 'waits') ? (
                  <Button
                    small
                    label={t('plan.step_acts', { n: index + 1 })}
                    onPress={() => onOpen({ kind: 'plan_step', step: step.id })}
                  >
                    {t('plan.change')}
                  </Button>
                ) : null}
              </div>
            </div>
          </li>
        ))}
      </ol>
      {may ? (
        <div className="plan-foot">
          <Button quiet small onPress={() => onOpen({ kind: 'plan_add' })}>
            {t('plan.add')}
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

/** “After steps 1 and 3”, as long as they are not done. */
function waitsFor(view: CaseView, step: PlanStepView): string {
  if (step.state !== 'waits') return '';
  const numbers = step.after
    .map((id) => view.plan.findIndex((s) => s.id === id))
    .filter((i) => view.plan[i]?.state === 'now' || view.plan[i]?.state === 'waits')
    .map((i) => i + 1);
  return numbers.length > 0 ? t('plan.after', { steps: numbers.join(', ') }) : '';
}

function StepDay(props: { step: PlanStepView; today: string }) {
  const { step, today } = props;
  if (step.state === 'dropped') return <Tag>{t('plan.dropped')}</Tag>;
  if (step.state === 'done') {
    return (
      <Tag tone="ok">
        {step.done_at
          ? t('plan.done_at', { date: day(dayOf(step.done_at), today) })
          : t('plan.done')}
      </Tag>
    );
  }
  if (!step.due) return <Tag>{t('control.due.none')}</Tag>;
  const text = t('plan.until', { date: day(step.due, today) });
  const late =
    step.late_wd > 0 ? <Tag tone="late">{t('control.due.late', { n: step.late_wd })}</Tag> : null;
  return (
    <>
      {late}
      {step.deadline ? (
        <WhyDate deadline={step.deadline} source={t('plan.source', { n: step.working_days })}>
          {text}
        </WhyDate>
      ) : (
        <span className="m">{text}</span>
      )}
    </>
  );
}
