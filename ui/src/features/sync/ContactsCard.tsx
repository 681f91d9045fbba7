// The last tries to reach the region: those that ended alike in a row are one line.
import type { SyncContact } from '../../backend';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Card, EmptyState } from '../../kit';
import { refusalText } from '../../kit/Note';

export function ContactsCard(props: { contacts: readonly SyncContact[] }) {
  return (
    <Card title={t('sync.contacts')} className="sync-contacts">
      {props.contacts.length === 0 ? <EmptyState>{t('sync.contacts.none')}</EmptyState> : null}
      <ol>
        {props.contacts.map((contact) => (
          <li key={`${contact.at} ${contact.since}`} className="sync-contact">
            <span className="num">{moment(contact.at)}</span>
            <span className={contact.failure ? 'sync-failed' : ''}>{contactSays(contact)}</span>
            {contact.times > 1 ? (
              <span className="s sync-again">
                {t('sync.contacts.times', { n: contact.times, at: moment(contact.since) })}
              </span>
            ) : null}
          </li>
        ))}
      </ol>
    </Card>
  );
}

function contactSays(contact: SyncContact): string {
  if (contact.failure) return refusalText(contact.failure);
  const said = (['sent', 'refused', 'received'] as const)
    .filter((part) => contact[part] > 0)
    .map((part) => t(`sync.contacts.${part}`, { n: contact[part] }));
  return said.length > 0 ? said.join(', ') : t('sync.contacts.quiet');
}
