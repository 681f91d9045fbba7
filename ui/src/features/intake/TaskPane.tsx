// Own police actions: which unit, what, by which day.
import type { TaskForm } from '../../backend';
import { t } from '../../i18n';
import { Button, Combo, TextArea } from '../../kit';
import { DayField } from './DayField';
import { newTask, proposedUnit } from './form';
import type { PaneProps } from './OutcomeCard';
import { useBodies } from './useBook';

export function TaskPane(props: PaneProps) {
  const { form, change, help, book } = props;
  const units = useBodies(book, true);
  const edit = (index: number, patch: Partial<TaskForm>) =>
    change((f) => ({
      ...f,
      tasks: f.tasks.map((task, i) => (i === index ? { ...task, ...patch } : task)),
    }));
  return (
    <div className="pane tasks">
      {form.tasks.map((task, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: tasks are only added and removed at the end
        <section className="task-box" key={index} aria-label={t('intake.outcome.task')}>
          <div className="field-grid">
            <Combo
              name={`intake.task.${index}.unit`}
              label={t('intake.task.unit')}
              items={units}
              value={task.unit}
              onChange={(unit) => {
                if (unit !== null) edit(index, { unit });
              }}
            />
            <DayField
              name={`intake.task.${index}.day`}
              label={t('intake.task.due')}
              value={task.due}
              onChange={(due) => edit(index, { due })}
            />
          </div>
          <TextArea
            id={`task-${index}`}
            label={t('intake.task.text')}
            rows={2}
            value={task.text}
            onChange={(text) => edit(index, { text })}
            {...(props.missing.has(`task-${index}`)
              ? { error: t('intake.missing.task_text') }
              : {})}
          />
          {form.tasks.length > 1 ? (
            <Button
              quiet
              small
              onPress={() =>
                change(
                  (f) => ({ ...f, tasks: f.tasks.filter((_, i) => i !== index) }),
                  t('intake.dropped', { what: t('intake.outcome.task') }),
                )
              }
            >
              {t('intake.task.remove')}
            </Button>
          ) : null}
        </section>
      ))}
      <Button
        quiet
        small
        onPress={() =>
          change((f) => ({ ...f, tasks: [...f.tasks, newTask(proposedUnit(f, help, book), '')] }))
        }
      >
        {t('intake.task.add')}
      </Button>
    </div>
  );
}
