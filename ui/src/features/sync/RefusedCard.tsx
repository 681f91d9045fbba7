// What the region refused or set aside: why, and the one thing to do about each.
import type { RefusedRecord } from '../../backend';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Button, Card, LinkButton, Tag } from '../../kit';
import { useKept } from '../../shell/kept';
import { href } from '../../shell/router';
import { RefusalDialog } from '../case/RefusalDialog';
import { DecisionSays } from './DecisionSays';
import type { Contact } from './useContact';
import { caseSays, kindSays, whySays } from './words';

export function RefusedCard(props: { refused: readonly RefusedRecord[]; contact: Contact }) {
  return (
    <Card title={t('sync.refused')} aside={t('sync.refused.safe')} className="sync-refused">
      <ul>
        {alike(props.refused).map((group) => (
          <li key={group[0].event}>
            <Records group={group} contact={props.contact} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

type Group = readonly [RefusedRecord, ...RefusedRecord[]];

/** Records of one case that were not taken for the same reason are one matter. */
function alike(refused: readonly RefusedRecord[]): Group[] {
  const groups = new Map<string, [RefusedRecord, ...RefusedRecord[]]>();
  for (const record of refused) {
    const key = `${record.case.id} ${record.code} ${record.set_aside}`;
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  return [...groups.values()];
}

function Records(props: { group: Group; contact: Contact }) {
  const [first] = props.group;
  const [settling, setSettling] = useKept(`refused.${first.event}`, false);
  // The list is newest first; what one act wrote reads in the order it was written.
  const kinds = [...new Set(props.group.map((record) => kindSays(record.kind)).reverse())];
  return (
    <article className="sync-record">
      <div className="grow">
        <p>
          <span className="t">{kinds.join(' · ')}</span>{' '}
          <Tag tone={first.set_aside ? 'warn' : 'late'}>
            {t(first.set_aside ? 'sync.refused.aside' : 'sync.refused.rejected')}
          </Tag>
        </p>
        <p>{t('sync.refused.why', { reason: whySays(first.code) })}</p>
        {first.decision ? (
          <DecisionSays decision={first.decision} />
        ) : (
          <p className="m">{t(`sync.do.${first.action}`)}</p>
        )}
        <p className="s">
          {[
            caseSays(first.case),
            props.group.length > 1 ? t('sync.refused.records', { n: props.group.length }) : '',
            t('sync.refused.who', { name: first.by, at: moment(first.at) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <div className="sync-acts">
        <Act record={first} contact={props.contact} />
        <Button
          small
          quiet
          label={t('sync.settle.one', { what: kinds.join(', '), where: caseSays(first.case) })}
          onPress={() => setSettling(true)}
        >
          {t('sync.settle')}
        </Button>
      </div>
      {settling ? (
        <RefusalDialog
          of={{ case: first.case.id, events: props.group.map((record) => record.event) }}
          what={`${kinds.join(' · ')}. ${t('sync.refused.why', { reason: whySays(first.code) })}`}
          onClose={() => setSettling(false)}
        />
      ) : null}
    </article>
  );
}

/** What to do about it: exactly one, and none where nothing is to be done. */
function Act(props: { record: RefusedRecord; contact: Contact }) {
  const { record, contact } = props;
  switch (record.action) {
    case 'correct':
    case 'head':
      return record.case.opens ? (
        <LinkButton small href={href({ screen: 'case', id: record.case.id })}>
          {t(`sync.do.${record.action}.act`)}
        </LinkButton>
      ) : null;
    case 'region':
      return (
        <Button small pending={contact.running} onPress={contact.start}>
          {t('sync.do.region.act')}
        </Button>
      );
    default:
      return null;
  }
}
