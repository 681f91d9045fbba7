// A small form over the case: its buttons, its errors, and no second press while it saves.
import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { t } from '../../i18n';
import { Button, Dialog, ErrorNote } from '../../kit';
import { UnreadFields, useUnread } from '../../kit/unread';

export function FormDialog(props: {
  title: ReactNode;
  children: ReactNode;
  save: string;
  onSave: () => void;
  onClose: () => void;
  pending: boolean;
  error: unknown;
  disabled?: boolean;
  danger?: boolean;
  wide?: boolean;
}) {
  const id = useId();
  const unread = useUnread();
  function save(): void {
    if (props.pending || unread.stops() || props.disabled) return;
    props.onSave();
  }
  useFinishKey(save);
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={props.title}
      {...(props.wide ? { wide: true } : {})}
      foot={
        <>
          <Button onPress={props.onClose}>{t('case.dialog.cancel')}</Button>
          <Button
            primary
            kbd="Ctrl+Enter"
            pending={props.pending}
            disabled={props.disabled ?? false}
            onPress={save}
          >
            {props.save}
          </Button>
        </>
      }
    >
      <form
        id={id}
        className="stack"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          save();
        }}
      >
        <UnreadFields value={unread.fields}>{props.children}</UnreadFields>
        <ErrorNote error={props.error} />
      </form>
    </Dialog>
  );
}

/** Ctrl+Enter anywhere in the window over the screen: also before any field has the focus. */
export function useFinishKey(save: () => void): void {
  const now = useRef(save);
  now.current = save;
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      const enter = event.code === 'Enter' || event.code === 'NumpadEnter';
      if (!enter || !event.ctrlKey || event.altKey || event.repeat) return;
      event.preventDefault();
      event.stopPropagation();
      now.current();
    }
    // While the key goes down the tree: pills and lists keep Enter to themselves.
    window.addEventListener('keydown', press, true);
    return () => window.removeEventListener('keydown', press, true);
  }, []);
}
