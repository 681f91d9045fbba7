// A text with parts of its own look: `<b>{n}</b> records wait` with `parts={{ b: <b /> }}`.
import { Trans } from '@lingui/react';
import type { ReactElement } from 'react';
import type { MessageId, Values } from './index';

export function Rich(props: {
  id: MessageId;
  values?: Values;
  parts?: Record<string, ReactElement>;
}) {
  return (
    <Trans
      id={props.id}
      {...(props.values ? { values: props.values } : {})}
      components={props.parts ?? { b: <b /> }}
    />
  );
}
