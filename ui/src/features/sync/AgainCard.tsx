// Two copies of this desk work: what happened, that nothing is lost, and the one way on.
import type { FormEvent } from 'react';
import { t } from '../../i18n';
import { Button, Card, ErrorNote } from '../../kit';
import { Field } from '../../kit/Field';
import { useKept } from '../../shell/kept';
import { useStateAction } from '../../shell/state';
import type { Contact } from './useContact';

export function AgainCard(props: { contact: Contact }) {
  const [code, setCode] = useKept('again.code', '');
  const join = useStateAction('profile_join_again');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (join.isPending || code.trim() === '') return;
    // What was written since goes at once.
    join.mutate({ code: code.trim() }, { onSuccess: () => props.contact.start() });
  };
  return (
    <Card padded title={t('sync.again')} className="sync-state sync-copy">
      <p className="sync-says">{t('sync.again.safe')}</p>
      <p>{t('sync.again.what')}</p>
      <p>{t('sync.again.do')}</p>
      <form className="stack" onSubmit={submit}>
        <Field label={t('wizard.code')} value={code} onChange={setCode} />
        <ErrorNote error={join.error} />
        <div className="acts">
          <Button primary type="submit" pending={join.isPending} disabled={code.trim() === ''}>
            {join.isPending ? t('wizard.joining') : t('sync.again.act')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
