// The folder the scanner writes into: chosen by its path, checked by the core.
import type { FormEvent } from 'react';
import type { ScanLook } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { Button } from '../../kit/Button';
import { Card } from '../../kit/basics';
import { Field } from '../../kit/Field';
import { ErrorNote, Note, refusalText } from '../../kit/Note';
import { PillRadios } from '../../kit/Pill';
import { toast } from '../../kit/Toast';
import { useKept } from '../../shell/kept';
import { Left } from '../files';

export function ScanFolderCard() {
  const { data, error } = useCommand('scan_look', {});
  return (
    <Card title={t('settings.scan')} padded>
      {error ? <ErrorNote error={error} /> : null}
      {data ? <ScanForm key={data.folder ?? ''} look={data} /> : null}
    </Card>
  );
}

function ScanForm(props: { look: ScanLook }) {
  const { look } = props;
  const [path, setPath] = useKept('scan.path', look.folder ?? '');
  const [remove, setRemove] = useKept('scan.remove', look.folder === null || look.remove);
  const set = useAction('scan_folder_set');
  const save = (to: string) => {
    if (set.isPending) return;
    set.mutate(
      { path: to, remove },
      {
        onSuccess: (done) =>
          toast(done.path ? t('settings.scan.set', { path: done.path }) : t('settings.scan.none')),
      },
    );
  };
  return (
    <form
      className="stack"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        save(path);
      }}
    >
      <p className="m prose">{t('settings.scan.text')}</p>
      <Field
        id="scan-path"
        label={t('settings.scan.path')}
        hint={t('settings.scan.path.hint')}
        value={path}
        onChange={setPath}
      />
      <PillRadios
        label={t('settings.scan.remove')}
        aside={t('settings.scan.remove.aside')}
        value={remove ? 'remove' : 'leave'}
        onChange={(value) => setRemove(value === 'remove')}
        options={[
          { id: 'remove', label: t('settings.scan.remove.yes') },
          { id: 'leave', label: t('settings.scan.remove.no') },
        ]}
      />
      <ErrorNote error={set.error} />
      {look.problem ? (
        <Note tone="warn">
          <p className="t">{refusalText(look.problem)}</p>
          <p>{t('scan.problem_do')}</p>
        </Note>
      ) : null}
      {look.older > 0 ? (
        <Note tone="warn">
          <p>{t('settings.scan.older', { n: look.older })}</p>
        </Note>
      ) : null}
      <Left n={look.left} />
      <div className="acts">
        <Button
          type="submit"
          pending={set.isPending}
          disabled={path.trim() === '' && look.folder === null}
        >
          {t('settings.scan.save')}
        </Button>
        {look.folder ? (
          <Button
            quiet
            onPress={() => {
              setPath('');
              save('');
            }}
          >
            {t('settings.scan.off')}
          </Button>
        ) : null}
      </div>
    </form>
  );
}
