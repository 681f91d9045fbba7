// Exactly what leaves the station with a request, field by field; its files are listed beside.
import type { Leaving } from '../../backend';
import { tCode } from '../../i18n';

export function Leaves(props: { fields: readonly Leaving[] }) {
  return (
    <dl className="leaves">
      {props.fields
        .filter((leaf) => leaf.field !== 'file')
        .map((leaf) => (
          <div key={leaf.field}>
            <dt>{tCode(`intake.leaving.${leaf.field}`, leaf.field)}</dt>
            <dd>{leaf.value}</dd>
          </div>
        ))}
    </dl>
  );
}
