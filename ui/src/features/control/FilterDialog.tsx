// What of the board is shown, and queues of the officer's own under a name.
import { X } from 'lucide-react';
import type { Queue, SavedQueue } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { Button, Combo, Field } from '../../kit';
import { useKept } from '../../shell/kept';
import { toastDone } from '../../shell/undo';
import { FormDialog } from '../case/FormDialog';
import { useColleagues } from '../case/useColleagues';
import { anyDay, typedDay } from '../intake/day';
import type { Book } from '../intake/form';
import { useBodies, useThemes } from '../intake/useBook';
import type { Only } from './only';

const SIDES = ['from', 'until'] as const;

export function FilterDialog(props: {
  queue: Queue;
  /** The day at the desk, `2026-11-27`. */
  today: string;
  only: Only;
  book: Book;
  saved: readonly SavedQueue[];
  onUse: (only: Only) => void;
  onClose: () => void;
}) {
  const { book, saved } = props;
  const [only, setOnly] = useKept('board.filter.only', props.only);
  const [typed, setTyped] = useKept('board.filter.typed', {
    from: typedDay(props.only.from),
    until: typedDay(props.only.until),
  });
  const [name, setName] = useKept('board.filter.name', '');
  const bodies = useBodies(book, false);
  const themes = useThemes(book);
  const { officers } = useColleagues();
  const keep = useAction('queues_save');
  const backwards = only.from !== null && only.until !== null && only.from > only.until;
  const unread = SIDES.some((side) => only[side] === null && typed[side].trim() !== '');

  function use(): void {
    if (backwards || unread) return;
    const asked = name.trim();
    if (asked === '') {
      props.onUse(only);
      return;
    }
    keep.mutate(
      { queues: [...saved, { name: asked, queue: props.queue, ...only }] },
      {
        onSuccess: ({ undo }) => {
          toastDone(t('control.own.saved', { name: asked }), undo);
          props.onUse(only);
        },
      },
    );
  }

  return (
    <FormDialog
      title={t('control.only.title')}
      save={name.trim() === '' ? t('control.only.show') : t('control.own.save')}
      pending={keep.isPending}
      error={keep.error}
      onClose={props.onClose}
      onSave={use}
    >
      <Combo
        name="board.filter.officer"
        label={t('control.only.officer')}
        items={officers}
        value={only.officer}
        placeholder={t('control.only.anybody')}
        onChange={(officer) => setOnly({ ...only, officer })}
        autoFocus
      />
      <Combo
        name="board.filter.agency"
        label={t('control.by_agency')}
        items={bodies}
        value={only.agency}
        placeholder={t('control.agency_all')}
        onChange={(agency) => setOnly({ ...only, agency })}
      />
      <Combo
        name="board.filter.category"
        label={t('control.only.category')}
        items={themes}
        value={only.category}
        placeholder={t('control.only.every_theme')}
        onChange={(category) => setOnly({ ...only, category })}
      />
      <div className="only-days">
        {SIDES.map((side) => (
          <Field
            key={side}
            label={t(`control.only.${side}`)}
            placeholder={t('intake.due.placeholder')}
            value={typed[side]}
            onChange={(value) => {
              setTyped({ ...typed, [side]: value });
              setOnly({ ...only, [side]: anyDay(value, props.today) });
            }}
            {...(only[side] === null && typed[side].trim() !== ''
              ? { error: t('paper.register.bad') }
              : side === 'until' && backwards
                ? { error: t('error.period_backwards') }
                : {})}
          />
        ))}
      </div>
      <Field
        label={t('control.own.name')}
        aside={t('control.own.optional')}
        value={name}
        onChange={setName}
      />
      {saved.length > 0 ? (
        <div>
          <p className="field-label">{t('control.own.yours')}</p>
          <ul className="own-queues">
            {saved.map((queue) => (
              <li key={queue.name}>
                <span>{queue.name}</span>
                <Button
                  quiet
                  icon
                  small
                  label={t('control.own.remove', { name: queue.name })}
                  onPress={() =>
                    keep.mutate(
                      { queues: saved.filter((q) => q !== queue) },
                      {
                        onSuccess: ({ undo }) =>
                          toastDone(t('control.own.removed', { name: queue.name }), undo),
                      },
                    )
                  }
                >
                  <X aria-hidden="true" />
                </Button>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </FormDialog>
  );
}
