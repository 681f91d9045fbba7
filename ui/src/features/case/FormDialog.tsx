// A small form over the case: its buttons, its errors, and no second press while it saves.
import { type FormEvent, type ReactNode, useId } from 'react';
import { t } from '../../i18n';
import { Button, Dialog, ErrorNote } from '../../kit';

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
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!props.pending && !props.disabled) props.onSave();
  }
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
            onPress={() => {
              if (!props.pending) props.onSave();
            }}
          >
            {props.save}
          </Button>
        </>
      }
    >
      <form
        id={id}
        className="stack"
        onSubmit={submit}
        // Going down the tree: pills and lists keep Enter to themselves.
        onKeyDownCapture={(event) => {
          if (event.ctrlKey && (event.code === 'Enter' || event.code === 'NumpadEnter')) {
            event.stopPropagation();
            submit(event);
          }
        }}
      >
        {props.children}
        <ErrorNote error={props.error} />
      </form>
    </Dialog>
  );
}
