// Our own promises in a case: who, what, by when, done or not.
import type { CaseView } from '../../backend';
import { t } from '../../i18n';
import { day, dayOf } from '../../i18n/dates';
import { Button, Card, Tag } from '../../kit';
import { dueTag } from '../control/due';
import type { Book } from '../intake/form';
import { bodyName } from '../intake/useBook';
import type { Opened } from './CaseDialogs';
import type { Next } from './next';

export function Tasks(props: {
  view: CaseView;
  book: Book;
  next: Next;
  onOpen: (opened: Opened) => void;
}) {
  const { view, book, next, onOpen } = props;
  if (view.tasks.length === 0) return null;
  const today = dayOf(new Date());
  const may = !view.read_only && view.closed === null;
  return (
    <Card title={t('case.tasks.title')}>
      <ul className="rows">
        {view.tasks.map((task) => {
          // A task carries no count of working days: a day gone by is said as a day.
          const tag = dueTag(
            { what: 'do_task', due: task.due, late_wd: 0, no_receipt: false },
            today,
          );
          return (
            <li key={task.id}>
              <div className="row">
                <div>
                  <span className="t">{task.text}</span>
                  <p className="m">
                    {bodyName(book, task.unit)}
                    {task.done
                      ? ` · ${t('case.task.done_at', { date: day(dayOf(task.done.at), today) })}`
                      : ''}
                    {task.result ? ` · ${task.result}` : ''}
                  </p>
                </div>
                <div className="fx">
                  {task.done ? (
                    <Tag tone="ok">{t('case.task.done')}</Tag>
                  ) : (
                    <Tag tone={tag.tone} {...(tag.long ? { title: tag.long } : {})}>
                      {tag.text}
                    </Tag>
                  )}
                  {may && !task.done && !(next.act === 'do_task' && next.task === task.id) ? (
                    <Button small onPress={() => onOpen({ kind: 'task_done', task: task.id })}>
                      {t('case.task.finish')}
                    </Button>
                  ) : null}
                </div>
              </div>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
