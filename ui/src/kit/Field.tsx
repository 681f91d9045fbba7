// One line and many lines of text, with label, hint and error beside them.
import { type ReactNode, type Ref, useLayoutEffect, useRef } from 'react';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import { TextArea as AriaTextArea } from 'react-aria-components/TextArea';
import { TextField } from 'react-aria-components/TextField';
import { pasteJoined } from './letter';

interface Shared {
  /** What it is; `aside` in lighter type after it. */
  label: ReactNode;
  aside?: ReactNode;
  hint?: ReactNode;
  /** What is wrong, in the officer's words. */
  error?: ReactNode;
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  placeholder?: string;
  autoFocus?: boolean;
  required?: boolean;
  disabled?: boolean;
  /** At the end of the box: a tag, a button. */
  inside?: ReactNode;
  /** Key that brings the focus here, for `aria-keyshortcuts`. */
  keys?: string;
  maxLength?: number;
  lang?: string;
  id?: string;
}

function Around(props: Shared & { children: ReactNode; type?: string }) {
  return (
    <TextField
      className="field"
      value={props.value}
      onChange={props.onChange}
      isInvalid={Boolean(props.error)}
      isRequired={props.required ?? false}
      isDisabled={props.disabled ?? false}
      validationBehavior="aria"
      autoComplete="off"
      spellCheck="false"
      {...(props.onBlur ? { onBlur: props.onBlur } : {})}
      {...(props.autoFocus ? { autoFocus: true } : {})}
      {...(props.maxLength ? { maxLength: props.maxLength } : {})}
      {...(props.id ? { id: props.id } : {})}
      {...(props.type ? { type: props.type as 'text' } : {})}
    >
      <Label className="field-label">
        {props.label}
        {props.aside ? <em> {props.aside}</em> : null}
      </Label>
      <div className="field-box">
        {props.children}
        {props.inside}
      </div>
      {props.hint ? (
        <Text slot="description" className="field-hint" elementType="p">
          {props.hint}
        </Text>
      ) : null}
      <FieldError className="field-error" elementType="p">
        {props.error}
      </FieldError>
    </TextField>
  );
}

export function Field(
  props: Shared & {
    type?: 'text' | 'password' | 'search' | 'tel' | 'url' | 'date';
    inputRef?: Ref<HTMLInputElement>;
  },
) {
  return (
    <Around {...props} {...(props.type ? { type: props.type } : {})}>
      <Input
        placeholder={props.placeholder}
        {...(props.inputRef ? { ref: props.inputRef } : {})}
        {...(props.keys ? { 'aria-keyshortcuts': props.keys } : {})}
        {...(props.lang ? { lang: props.lang } : {})}
      />
    </Around>
  );
}

/** Grows with its text, from `rows` lines on; it never scrolls inside. */
export function TextArea(props: Shared & { rows?: number; areaRef?: Ref<HTMLTextAreaElement> }) {
  const area = useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const box = area.current;
    if (!box) return;
    const grow = () => {
      box.style.height = 'auto';
      box.style.height = `${box.scrollHeight}px`;
    };
    grow();
    if (typeof ResizeObserver === 'undefined') return;
    let width = box.clientWidth;
    const watch = new ResizeObserver(() => {
      if (box.clientWidth === width) return;
      width = box.clientWidth;
      grow();
    });
    watch.observe(box);
    return () => watch.disconnect();
  }, [props.value]);
  return (
    <Around {...props}>
      <AriaTextArea
        ref={(box) => {
          area.current = box;
          const outer = props.areaRef;
          if (typeof outer === 'function') outer(box);
          else if (outer) outer.current = box;
        }}
        rows={props.rows ?? 3}
        onPaste={pasteJoined}
        placeholder={props.placeholder}
        {...(props.keys ? { 'aria-keyshortcuts': props.keys } : {})}
        {...(props.lang ? { lang: props.lang } : {})}
      />
    </Around>
  );
}
