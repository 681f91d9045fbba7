// F1: every key, by where it works.
import { type MessageId, t } from '../i18n';
import { Kbd } from '../kit/basics';
import { Dialog } from '../kit/Dialog';

type Line = readonly [keys: string, what: MessageId];

const EVERYWHERE: readonly Line[] = [
  ['Ctrl+N', 'app.keys.new'],
  ['Alt+N', 'hall.next'],
  ['Alt+H', 'hall.give'],
  ['Ctrl+K', 'app.keys.search'],
  ['Ctrl+L', 'app.keys.lock'],
  ['Ctrl+Z', 'app.keys.undo'],
  ['Alt+1…2', 'app.keys.screens'],
  ['Alt+3', 'app.nav.round'],
  ['Alt+5', 'app.nav.knowledge'],
  ['Alt+6', 'app.nav.shift'],
  ['Alt+7', 'app.nav.sync'],
  ['Alt+8', 'app.nav.settings'],
  ['Alt+9', 'app.nav.training'],
  ['F1', 'app.keys.help'],
  ['F2', 'app.keys.language'],
  ['F6', 'app.keys.region'],
];
const INTAKE: readonly Line[] = [
  ['Ctrl+Enter', 'app.keys.finish'],
  ['Esc', 'app.keys.aside'],
  ['Ctrl+1…6', 'app.keys.outcomes'],
  ['Alt+I', 'intake.issue.add'],
  ['Alt+L', 'intake.keys.leaves'],
  ['Alt+S', 'intake.keys.signs'],
  ['Alt+W', 'app.keys.who'],
  ['Alt+A', 'app.keys.address'],
  ['Alt+T', 'app.keys.text'],
  ['Alt+F', 'scan.key'],
  ['Alt+Enter', 'app.keys.take'],
  ['Ctrl+P', 'app.keys.print'],
];
const CASE: readonly Line[] = [
  ['Alt+Enter', 'case.next.label'],
  ['Alt+F', 'scan.key'],
  ['Alt+C', 'correct.act'],
  ['Alt+I', 'case.issue.add'],
  ['Alt+L', 'look.act'],
  ['Alt+W', 'case.person.add'],
  ['Alt+R', 'case.said.key'],
  ['Ctrl+P', 'app.keys.print'],
];
const HALL: readonly Line[] = [
  ['Ctrl+Enter', 'hall.give'],
  ['Alt+Enter', 'app.keys.take'],
  ['Alt+W', 'hall.name'],
];
const ROUND: readonly Line[] = [
  ['Enter', 'round.result'],
  ['N', 'round.intake'],
  ['P', 'round.keys.plan'],
  ['X', 'round.drop'],
  ['Alt+A', 'round.address'],
  ['Ctrl+Enter', 'round.hand_in'],
];
const LISTS: readonly Line[] = [
  ['↑ ↓', 'app.keys.move'],
  ['Enter', 'app.keys.open'],
  ['Space', 'app.keys.select'],
  ['R', 'app.keys.remind'],
  ['/', 'app.keys.filter'],
  ['M', 'app.keys.mine'],
  ['F', 'app.keys.only'],
  ['G', 'app.keys.by_body'],
  ['L', 'control.lists.open'],
];

export function KeysDialog(props: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t('app.keys.title')} wide>
      <div className="keys">
        <Group title="app.keys.everywhere" lines={EVERYWHERE} />
        <Group title="app.keys.intake" lines={INTAKE} />
        <div>
          <Group title="app.keys.case" lines={CASE} />
          <Group title="app.keys.lists" lines={LISTS} />
        </div>
        <div>
          <Group title="hall.title" lines={HALL} />
          <Group title="app.nav.round" lines={ROUND} />
        </div>
      </div>
    </Dialog>
  );
}

function Group(props: { title: MessageId; lines: readonly Line[] }) {
  return (
    <section>
      <h3 className="t">{t(props.title)}</h3>
      <dl>
        {props.lines.map(([keys, what]) => {
          // The one key here that has a word for a name, not a print on its cap.
          const named = keys === 'Space' ? t('app.keys.space') : keys;
          return (
            <div key={keys}>
              <dt>
                <Kbd keys={named} />
                <span className="sr">{named}</span>
              </dt>
              <dd>{t(what)}</dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
