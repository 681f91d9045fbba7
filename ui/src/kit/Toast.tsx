// What just happened, with ten seconds to undo a local act (Ctrl+Z does the same).

import { Text } from 'react-aria-components/Text';
import {
  UNSTABLE_Toast as AriaToast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components/Toast';
import { t } from '../i18n';
import { Button } from './Button';
import { Kbd } from './basics';

interface Told {
  text: string;
  undo?: (() => void) | undefined;
}

const SECONDS = 10;
const queue = new ToastQueue<Told>({ maxVisibleToasts: 2 });

/** Says it. With `undo` there is a button, and Ctrl+Z, for ten seconds. Returns how to take it away. */
export function toast(text: string, undo?: () => void): () => void {
  const key = queue.add({ text, undo }, { timeout: SECONDS * 1000 });
  return () => queue.close(key);
}

/** Undoes the newest act that can be undone. Says whether there was one. */
export function undoLast(): boolean {
  const last = queue.visibleToasts.find((told) => told.content.undo);
  if (!last) return false;
  last.content.undo?.();
  queue.close(last.key);
  return true;
}

/** Takes all of them away: they may name people, and the next face of the window is another's. */
export function clearToasts(): void {
  for (const { key } of [...queue.visibleToasts]) queue.close(key);
}

export function Toasts() {
  return (
    <ToastRegion queue={queue} className="toasts" aria-label={t('kit.toasts')}>
      {({ toast: told }) => (
        <AriaToast toast={told} className="toast">
          <ToastContent>
            <Text slot="title">{told.content.text}</Text>
          </ToastContent>
          {told.content.undo ? (
            <Button
              small
              onPress={() => {
                told.content.undo?.();
                queue.close(told.key);
              }}
            >
              {t('kit.undo')} <Kbd keys="Ctrl+Z" />
            </Button>
          ) : null}
          {/* Its name is what stands on it: the library would call it “close”. */}
          <Button small slot="close" label={t('kit.ok')}>
            {t('kit.ok')}
          </Button>
        </AriaToast>
      )}
    </ToastRegion>
  );
}
