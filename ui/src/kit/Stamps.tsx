// Three circles joined by a line: delivered, registered, accepted.
import { Check, X } from 'lucide-react';
import { Fragment } from 'react';
import { t } from '../i18n';

const NAMES = ['stamp.delivered', 'stamp.registered', 'stamp.accepted'] as const;

/** `stamps` as the core gives them: `yes`, `no`, `empty`. `proofs`: who, when, by what, a text for
 * each; shown on hover and read aloud. */
export function Stamps(props: { stamps: readonly string[]; proofs?: readonly string[] }) {
  const said = NAMES.map((name, index) => {
    const stamp = props.stamps[index] ?? 'empty';
    const proof = props.proofs?.[index];
    const word = t(`${name}.${stamp === 'yes' ? 'yes' : stamp === 'no' ? 'no' : 'empty'}`);
    return proof ? `${word}: ${proof}` : word;
  });
  return (
    <span className="stamps" role="img" aria-label={said.join('; ')} title={said.join('\n')}>
      {NAMES.map((name, index) => {
        const stamp = props.stamps[index] ?? 'empty';
        return (
          <Fragment key={name}>
            {index > 0 ? <u /> : null}
            <i className={stamp === 'yes' ? 'y' : stamp === 'no' ? 'n' : ''}>
              {stamp === 'yes' ? <Check /> : stamp === 'no' ? <X /> : null}
            </i>
          </Fragment>
        );
      })}
    </span>
  );
}
