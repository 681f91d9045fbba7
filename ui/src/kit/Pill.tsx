// Pills: one choice that is on or off, many of many, or one of several.
import type { ReactNode } from 'react';
import { Checkbox } from 'react-aria-components/Checkbox';
import { CheckboxGroup } from 'react-aria-components/CheckboxGroup';
import { Label } from 'react-aria-components/Label';
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { amount } from '../i18n';
import { Kbd } from './basics';

export interface PillOption {
  id: string;
  label: ReactNode;
  /** A number after the words. */
  count?: number;
  kbd?: string;
  disabled?: boolean;
}

function Inside(props: { option: PillOption }) {
  const { label, count, kbd } = props.option;
  return (
    <>
      <span>
        {label}
        {count === undefined ? null : ` ${amount(count)}`}
      </span>
      {kbd ? <Kbd keys={kbd} /> : null}
    </>
  );
}

/** On or off by itself (a toggle button). */
export function Pill(props: {
  children: ReactNode;
  selected: boolean;
  onChange: (selected: boolean) => void;
  kbd?: string;
  count?: number;
  disabled?: boolean;
}) {
  return (
    <ToggleButton
      className="pill"
      isSelected={props.selected}
      onChange={props.onChange}
      isDisabled={props.disabled ?? false}
      {...(props.kbd ? { 'aria-keyshortcuts': props.kbd } : {})}
    >
      <Inside
        option={{
          id: '',
          label: props.children,
          ...(props.count === undefined ? {} : { count: props.count }),
          ...(props.kbd ? { kbd: props.kbd } : {}),
        }}
      />
    </ToggleButton>
  );
}

interface Group {
  /** What is chosen here; `hideLabel` leaves it to screen readers. */
  label: ReactNode;
  aside?: ReactNode;
  hideLabel?: boolean;
  options: readonly PillOption[];
  disabled?: boolean;
}

function GroupLabel(props: Group) {
  return (
    <Label className={props.hideLabel ? 'sr' : 'field-label'}>
      {props.label}
      {props.aside ? <em> {props.aside}</em> : null}
    </Label>
  );
}

/** Any number of them (checkboxes). */
export function PillChecks(
  props: Group & { value: readonly string[]; onChange: (value: string[]) => void },
) {
  return (
    <CheckboxGroup
      value={[...props.value]}
      onChange={props.onChange}
      isDisabled={props.disabled ?? false}
    >
      <GroupLabel {...props} />
      <div className="pills">
        {props.options.map((option) => (
          <Checkbox
            className="pill"
            key={option.id}
            value={option.id}
            isDisabled={option.disabled ?? false}
            {...(option.kbd ? { 'aria-keyshortcuts': option.kbd } : {})}
          >
            <Inside option={option} />
          </Checkbox>
        ))}
      </div>
    </CheckboxGroup>
  );
}

/** Exactly one, or none yet (radio buttons). */
export function PillRadios(
  props: Group & {
    value: string | null;
    onChange: (value: string) => void;
    /** The first one has the focus when it appears. */
    autoFocus?: boolean;
  },
) {
  return (
    <RadioGroup
      value={props.value}
      onChange={props.onChange}
      orientation="horizontal"
      isDisabled={props.disabled ?? false}
    >
      <GroupLabel {...props} />
      <div className="pills">
        {props.options.map((option, n) => (
          <Radio
            className="pill"
            key={option.id}
            value={option.id}
            isDisabled={option.disabled ?? false}
            autoFocus={n === 0 && (props.autoFocus ?? false)}
          >
            <Inside option={option} />
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
