// A day typed as people write it: «27.11». Says back which day it is. What cannot be read, or is past (of what
// has been: still to come), is no day: an earlier one does not stay behind it, and its form is not saved.
import { useEffect, useRef, useState } from 'react';
import { t } from '../../i18n';
import { dayOf, weekday } from '../../i18n/dates';
import { Field } from '../../kit';
import { useHoldBack } from '../../kit/unread';
import { useKept } from '../../shell/kept';
import { readDay, readGoneDay, typedDay } from './day';

export function DayField(props: {
  /** Its own on the screen: for what is typed over a change of language. */
  name: string;
  label: string;
  aside?: string;
  value: string | null;
  onChange: (iso: string | null) => void;
  /** A day that has been, today at the latest; else today at the earliest. */
  gone?: boolean;
}) {
  const { value } = props;
  const readTyped = props.gone ? readGoneDay : readDay;
  const [typed, setTyped] = useKept(props.name, () => typedDay(value));
  const [left, setLeft] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const read = readTyped(typed, dayOf(new Date()));
  const meant = read.kind === 'day' ? read.iso : null;
  const wrong = read.kind !== 'day' && read.kind !== 'empty';
  const error =
    read.kind === 'past'
      ? t('intake.due.past')
      : read.kind === 'ahead'
        ? t('error.day_ahead')
        : read.kind === 'bad' && left
          ? t('intake.due.bad')
          : undefined;
  useHoldBack(wrong, () => {
    setLeft(true);
    input.current?.focus();
  });
  // The day was changed from elsewhere (a row before it went, an undo): it is shown as it is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new value speaks against what is typed
  useEffect(() => {
    if (value !== meant && value !== null) setTyped(typedDay(value));
  }, [value]);
  return (
    <Field
      label={props.label}
      {...(props.aside ? { aside: props.aside } : {})}
      value={typed}
      placeholder={t('intake.due.placeholder')}
      inputRef={input}
      onBlur={() => setLeft(true)}
      onChange={(text) => {
        setTyped(text);
        setLeft(false);
        const next = readTyped(text, dayOf(new Date()));
        props.onChange(next.kind === 'day' ? next.iso : null);
      }}
      {...(error ? { error } : {})}
      {...(read.kind === 'day' ? { hint: weekday(read.iso) } : {})}
    />
  );
}
