// What of the board is shown, and queues of the officer's own under a name.
import { X } from 'lucide-react';
import { useState } from 'react';
import type { Queue, SavedQueue } from '../../backend';
import { useAction } from '../../backend/query';
import { t } from '../../i18n';
import { Button, Combo, Field } from '../../kit';
import { toastDone } from '../../shell/undo';
import { FormDialog } from '../case/FormDialog';
import { useColleagues } from '../case/useColleagues';
import type { Book } from '../intake/form';
import { useBodies, useThemes } from '../intake/useBook';
import type { Only } from './only';

export function FilterDialog(props: {
  queue: Queue;
  only: Only;
  book: Book;
  saved: readonly SavedQueue[];
  onUse: (only: Only) => void;
  onClose: () => void;
}) {
  const { book, saved } = props;
  const [only, setOnly] = useState(props.only);
  const [name, setName] = useState('');
  const bodies = useBodies(book, false);
  const themes = useThemes(book);
  const { officers } = useColleagues();
  const keep = useAction('queues_save');

  function use(): void {
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
        label={t('control.only.officer')}
        items={officers}
        value={only.officer}
        placeholder={t('control.only.anybody')}
        onChange={(officer) => setOnly({ ...only, officer })}
        autoFocus
      />
      <Combo
        label={t('control.by_agency')}
        items={bodies}
        value={only.agency}
        placeholder={t('control.agency_all')}
        onChange={(agency) => setOnly({ ...only, agency })}
      />
      <Combo
        label={t('control.only.category')}
        items={themes}
        value={only.category}
        placeholder={t('control.only.every_theme')}
        onChange={(category) => setOnly({ ...only, category })}
      />
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
