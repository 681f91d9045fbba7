// Address and telephone of the station, as its papers print them: the head of the desk sets them.
import type { FormEvent } from 'react';
import type { StationContacts } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { Button } from '../../kit/Button';
import { Card } from '../../kit/basics';
import { Field } from '../../kit/Field';
import { ErrorNote } from '../../kit/Note';
import { toast } from '../../kit/Toast';
import { useKept } from '../../shell/kept';

export function StationCard() {
  const { data, error, refetch } = useCommand('station_contacts', {});
  return (
    <Card title={t('settings.station')} padded>
      {error ? <ErrorNote error={error} onRetry={() => void refetch()} /> : null}
      {data ? <ContactsForm contacts={data} /> : null}
    </Card>
  );
}

function ContactsForm(props: { contacts: StationContacts }) {
  const [now, setNow] = useKept('station.now', props.contacts);
  const set = useAction('station_contacts_set');
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (set.isPending) return;
    set.mutate(now, {
      onSuccess: (kept) => {
        setNow(kept);
        toast(t('settings.station.saved'));
      },
    });
  };
  const field = (key: keyof StationContacts) => (
    <Field
      label={t(`settings.station.${key}`)}
      value={now[key]}
      onChange={(value) => setNow((old) => ({ ...old, [key]: value }))}
    />
  );
  return (
    <form className="stack" onSubmit={save}>
      <p className="m prose">{t('settings.station.text')}</p>
      {field('address_kk')}
      {field('address_ru')}
      {field('phone')}
      <ErrorNote error={set.error} />
      <div className="acts">
        <Button type="submit" pending={set.isPending}>
          {t('settings.station.save')}
        </Button>
      </div>
    </form>
  );
}
