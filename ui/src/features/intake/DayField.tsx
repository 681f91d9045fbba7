// A day typed as people write it: «27.11». Says back which day it is.
import { useState } from 'react';
import { t } from '../../i18n';
import { dayOf, weekday } from '../../i18n/dates';
import { Field } from '../../kit';
import { readDay, typedDay } from './day';

export function DayField(props: {
  label: string;
  aside?: string;
  value: string | null;
  onChange: (iso: string | null) => void;
}) {
  const [typed, setTyped] = useState(() => typedDay(props.value));
  const [left, setLeft] = useState(false);
  const read = readDay(typed, dayOf(new Date()));
  const error =
    read.kind === 'past'
      ? t('intake.due.past')
      : read.kind === 'bad' && left
        ? t('intake.due.bad')
        : undefined;
  return (
    <Field
      label={props.label}
      {...(props.aside ? { aside: props.aside } : {})}
      value={typed}
      placeholder={t('intake.due.placeholder')}
      onBlur={() => setLeft(true)}
      onChange={(value) => {
        setTyped(value);
        setLeft(false);
        const next = readDay(value, dayOf(new Date()));
        if (next.kind === 'empty') props.onChange(null);
        else if (next.kind === 'day') props.onChange(next.iso);
      }}
      {...(error ? { error } : {})}
      {...(read.kind === 'day' ? { hint: weekday(read.iso) } : {})}
    />
  );
}
