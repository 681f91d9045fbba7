// In the intake: by which ticket the person was called, and what was noticed at the door.
import { t } from '../../i18n';
import { Note } from '../../kit';
import { useHall } from './QueueRows';
import { flagNames, heard } from './words';

/** Flags that ask for the crime register first: their words were not kept. */
const CRIME: ReadonlySet<string> = new Set([
  'child_danger',
  'missing',
  'violence',
  'sexual_violence',
  'threat',
  'afraid_home',
  'captivity',
  'theft',
  'fraud',
  'road_victim',
]);

export function TicketNote(props: { ticket: string }) {
  const line = useHall().data?.lines.find((one) => one.id === props.ticket);
  if (!line) return null;
  const about = heard(line.about);
  const crime = about.flags.some((flag) => CRIME.has(flag));
  return (
    <Note tone={crime ? 'late' : 'acc'}>
      <p>
        <b>{t('hall.ticket', { ticket: line.ticket })}</b>
        {about.flags.length > 0 ? (
          <> · {t('hall.ticket.noticed', { flags: flagNames(about.flags) })}</>
        ) : null}
      </p>
      {crime ? <p>{t('hall.ticket.crime')}</p> : null}
    </Note>
  );
}
