// Files dropped anywhere on the screen, and files or pictures pasted into it.
import { useEffect, useRef, useState } from 'react';
import { asRefusal, type Hand, hands, type Offered } from '../../backend';
import { t } from '../../i18n';
import { insertTyped, isTyping } from '../../kit/typing';
import type { NamedFile } from './sending';

/** Tells of dropped and pasted files; true while one is dragged over the window. */
export function useDropped(
  enabled: boolean,
  take: (files: NamedFile[]) => void,
  inDialog = false,
): boolean {
  const now = useRef(take);
  now.current = take;
  const [over, setOver] = useState(false);
  useEffect(() => {
    function drag(event: DragEvent): void {
      if (!hasFiles(event.dataTransfer)) return;
      // Without this the window would show the file in its own place.
      event.preventDefault();
      const may = enabled && !windowIsOpen(inDialog);
      if (event.dataTransfer) event.dataTransfer.dropEffect = may ? 'copy' : 'none';
      setOver(may);
    }
    function leave(event: DragEvent): void {
      // Where the window tells of the hand, the page's own news of it is wrong at every edge it crosses.
      if (event.relatedTarget === null && !byHand) setOver(false);
    }
    function drop(event: DragEvent): void {
      setOver(false);
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      if (enabled && !windowIsOpen(inDialog) && files.length > 0) now.current(files.map(named));
    }
    function paste(event: ClipboardEvent): void {
      if (!enabled || windowIsOpen(inDialog)) return;
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) {
        // A text that is pasted is here; where nothing is, or only where files lie, the window may know better
        // (WebKitGTK tells no types). The page's own paste would write their names into the field.
        const text = event.clipboardData?.getData('text/plain') ?? '';
        const shell = hands();
        if (!shell || (text !== '' && !tellsPlaces(text))) return;
        event.preventDefault();
        const field = document.activeElement;
        void shell.pasted().then((offered) => {
          const copied = text === '' || offered.some((one) => namesIt(text, one.name));
          if (copied) void takeOffered(offered, pasted);
          // It was words after all: they come as if nothing had been asked.
          else if (document.activeElement === field) insertTyped(text);
        });
        return;
      }
      // A copied paragraph brings its picture along: where one types, the text is what is meant.
      const text = event.clipboardData?.types.includes('text/plain') ?? false;
      if (text && isTyping(event.target)) return;
      event.preventDefault();
      now.current(files.map(pasted));
    }
    let byHand = false;
    async function takeOffered(offered: readonly Offered[], call = named): Promise<void> {
      const files = await Promise.all(offered.map((one) => brought(one, call)));
      if (files.length > 0) now.current(files);
    }
    function hand(news: Hand): void {
      const may = enabled && !windowIsOpen(inDialog);
      byHand = news.is === 'over';
      setOver(may && byHand);
      if (may && news.is === 'dropped') void takeOffered(news.files);
    }
    const stop = hands()?.onHand(hand);
    window.addEventListener('dragenter', drag);
    window.addEventListener('dragover', drag);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    window.addEventListener('paste', paste);
    return () => {
      stop?.();
      window.removeEventListener('dragenter', drag);
      window.removeEventListener('dragover', drag);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
      window.removeEventListener('paste', paste);
    };
  }, [enabled, inDialog]);
  return over;
}

/** Every line tells where a file lies: so a file manager says in words what it copied. */
function tellsPlaces(text: string): boolean {
  return text
    .trim()
    .split(/\r?\n/)
    .every((line) => /^(\/|file:\/\/)/.test(line));
}

/** This file is named there, as it is or as in an address. */
function namesIt(text: string, name: string): boolean {
  if (text.includes(name)) return true;
  try {
    return decodeURIComponent(text).includes(name);
  } catch {
    return false;
  }
}

function hasFiles(data: DataTransfer | null): boolean {
  return data?.types.includes('Files') ?? false;
}

/** A window lies over the screen: what is dropped then is not meant for what is under it. */
export function windowIsOpen(inDialog = false): boolean {
  const open = document.querySelectorAll('[role="dialog"], [role="alertdialog"]:not(.toast)');
  return open.length > (inDialog ? 1 : 0);
}

export function named(file: File): NamedFile {
  return { file, name: file.name };
}

/** A file the window offers, as a page has files. */
async function brought(offered: Offered, call: (file: File) => NamedFile): Promise<NamedFile> {
  const { id, name, bytes } = offered;
  // Nothing of a file that is refused anyway is read into memory.
  if (bytes > HAND_MAX) {
    const refused = { code: 'attachment_too_large', params: {} };
    return { file: new File([], name), name, refused };
  }
  try {
    return call(new File([await (hands()?.take(id) ?? '')], name));
  } catch (error) {
    return { file: new File([], name), name, refused: asRefusal(error) };
  }
}

/** Bytes: the core has the limit, and no file this large is under it. */
const HAND_MAX = 64 * 1024 * 1024;

/** Every picture of a clipboard is called `image.png`: it is named by its time, so that two differ. */
function pasted(file: File): NamedFile {
  const end = /^image\.(\w+)$/.exec(file.name)?.[1];
  if (!end) return named(file);
  const two = (n: number) => String(n).padStart(2, '0');
  const at = new Date();
  const moment = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join('-');
  return { file, name: `${t('files.pasted')} ${moment}.${end}` };
}
