// The control screen.
import type { Queue } from '../../backend';

export function ControlScreen(_props: { queue: Queue }) {
  return null;
}
