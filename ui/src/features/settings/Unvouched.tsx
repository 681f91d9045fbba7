// Officers of the station for whom nobody vouches: the head compares a code by voice and vouches with one act.
import type { UnvouchedOfficer } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { ownPost } from '../../i18n/post';
import { roleName } from '../../i18n/role';
import { Button, Card, ErrorNote, Tag, toast } from '../../kit';
import { useKept } from '../../shell/kept';
import { FormDialog } from '../case/FormDialog';

export function Unvouched() {
  const { data, error, refetch } = useCommand('officers_unvouched', {});
  const [asked, ask] = useKept<UnvouchedOfficer>('vouch.asked');
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data || data.officers.length === 0) return null;
  return (
    <Card title={t('settings.vouch')}>
      <p className="m prose vouch-text">{t('settings.vouch.text')}</p>
      <ul>
        {data.officers.map((officer) => (
          <li key={officer.id} className="vouch-one">
            <div>
              <p>
                <span className="t">{officer.name}</span>{' '}
                <Tag tone={officer.known ? 'calm' : 'warn'}>
                  {t(officer.known ? 'settings.vouch.known' : 'settings.vouch.waits')}
                </Tag>{' '}
                {officer.left ? <Tag>{t('settings.vouch.left')}</Tag> : null}
              </p>
              <p className="m">
                {[roleName(officer.role), ownPost(officer.post)].filter(Boolean).join(' · ')}
              </p>
              <p className="m num">{t('settings.vouch.code', { mark: officer.mark })}</p>
              {officer.me ? <p className="m">{t('settings.vouch.me')}</p> : null}
            </div>
            {officer.me ? null : (
              <Button
                small
                label={t('settings.vouch.one', { name: officer.name })}
                onPress={() => ask(officer)}
              >
                {t('settings.vouch.act')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {asked ? <VouchDialog officer={asked} onClose={() => ask(undefined)} /> : null}
    </Card>
  );
}

function VouchDialog(props: { officer: UnvouchedOfficer; onClose: () => void }) {
  const { officer, onClose } = props;
  const vouch = useAction('officer_vouch');
  const sign = () => {
    vouch.mutate(
      { officer: officer.id, mark: officer.mark },
      {
        onSuccess: () => {
          toast(t('settings.vouch.done', { name: officer.name }));
          onClose();
        },
      },
    );
  };
  return (
    <FormDialog
      title={t('settings.vouch.one', { name: officer.name })}
      save={t('settings.vouch.same')}
      pending={vouch.isPending}
      error={vouch.error}
      onClose={onClose}
      onSave={sign}
    >
      <p>{t(officer.left ? 'settings.vouch.compare_left' : 'settings.vouch.compare')}</p>
      <p className="num vouch-mark">{officer.mark}</p>
      <p className="m">{t('settings.vouch.means', { role: roleName(officer.role) })}</p>
    </FormDialog>
  );
}
