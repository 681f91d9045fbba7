// In the preview of what leaves: attached files do not.
import type { Attachments, AttachTo } from '../../backend';
import { client, useCommand } from '../../backend/query';
import { t } from '../../i18n';

export function FilesStay(props: { to: AttachTo }) {
  const { data } = useCommand('attachment_list', props.to);
  const n = (data?.files ?? []).filter((f) => !f.withdrawn).length;
  return n > 0 ? <p className="s">{t('files.stay', { n })}</p> : null;
}

/** What the screen knows of the files: for asking whether there is anything to bring back. */
export function hasFiles(to: AttachTo): boolean {
  const known = client.getQueryData<Attachments>(['attachment_list', to]);
  return (known?.files ?? []).some((f) => !f.withdrawn);
}
