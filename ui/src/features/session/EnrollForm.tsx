// Joining a region: its address and a one-time code. Used by the first run and by the settings.
import type { FormEvent, ReactNode } from 'react';
import type { AppState } from '../../backend';
import { t } from '../../i18n';
import { Button } from '../../kit/Button';
import { Field } from '../../kit/Field';
import { ErrorNote } from '../../kit/Note';
import { useKept } from '../../shell/kept';
import { useStateAction } from '../../shell/state';

export function EnrollForm(props: {
  onDone: (state: AppState) => void;
  /** Beside the button: “later”. */
  children?: ReactNode;
  autoFocus?: boolean;
}) {
  const [server, setServer] = useKept('enroll.server', 'https://');
  const [code, setCode] = useKept('enroll.code', '');
  const join = useStateAction('profile_enroll');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (join.isPending) return;
    join.mutate({ server: server.trim(), code: code.trim() }, { onSuccess: props.onDone });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Field
        label={t('wizard.server')}
        value={server}
        onChange={setServer}
        type="url"
        autoFocus={props.autoFocus ?? false}
      />
      <Field label={t('wizard.code')} value={code} onChange={setCode} />
      <ErrorNote error={join.error} />
      <div className="acts">
        <Button
          primary
          type="submit"
          pending={join.isPending}
          disabled={server.trim().length < 9 || code.trim() === ''}
        >
          {join.isPending ? t('wizard.joining') : t('wizard.join')}
        </Button>
        {props.children}
      </div>
    </form>
  );
}
