// Officers of the station a case can be given to.
import { useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { ownPost } from '../../i18n/post';
import type { ComboItem } from '../../kit';

export function useColleagues(): { me: string | null; officers: ComboItem[] } {
  const { data } = useCommand('colleagues', {});
  const officers = (data?.officers ?? []).map((officer) => ({
    id: officer.id,
    label: officer.id === data?.me ? t('control.only.me', { name: officer.name }) : officer.name,
    note: ownPost(officer.post),
  }));
  return { me: data?.me ?? null, officers };
}
