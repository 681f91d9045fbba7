// Covering parts of a picture: the core draws it anew for the window, and makes the copy from the original.
import { Plus, Undo2, ZoomIn, ZoomOut } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { AttachmentLine, AttachTo } from '../../../backend';
import { useAction, useCommand } from '../../../backend/query';
import { t } from '../../../i18n';
import { Button, ErrorNote, toast } from '../../../kit';
import { FormDialog } from '../../case/FormDialog';
import './cover.css';
import { another, back, inPercent, type Marked, NOTHING, PARTS_MAX, stepped } from './parts';
import { Stage } from './Stage';

/** How much larger than what fits. */
const ZOOMS = [1, 1.5, 2, 3] as const;

export function CoverDialog(props: {
  file: AttachmentLine;
  to: AttachTo;
  /** Closed without a copy, it stays marked: nothing is lost by a key. */
  marked: Marked | undefined;
  onMark: (marked: Marked | undefined) => void;
  onClose: () => void;
}) {
  const { file, to, onMark, onClose } = props;
  const marked = props.marked ?? NOTHING;
  const { parts } = marked;
  const { data, error } = useCommand(
    'attachment_sheet',
    { to, id: file.id },
    { staleTime: Number.POSITIVE_INFINITY },
  );
  const save = useAction('attachment_cover');
  const [zoom, setZoom] = useState(0);
  const [on, setOn] = useState<number>();
  const stage = useRef<HTMLDivElement>(null);
  const focusNext = useRef<number>(undefined);
  // A part that came, or the one beside what went, is where the hand goes on; without any, what adds one.
  useEffect(() => {
    if (focusNext.current === undefined) return;
    const within = stage.current?.closest('.cover');
    const all = [...(within?.querySelectorAll<HTMLElement>('.cover-part') ?? [])];
    const next = all[Math.min(focusNext.current, all.length - 1)];
    (next ?? within?.querySelector<HTMLElement>('.cover-tools button'))?.focus();
    focusNext.current = undefined;
  });
  function add(): void {
    if (parts.length >= PARTS_MAX) return;
    focusNext.current = parts.length;
    onMark(stepped(marked, [...parts, another(parts)]));
  }
  function undo(): void {
    const before = back(marked);
    if (on !== undefined) focusNext.current = on;
    onMark(before);
  }
  function press(event: KeyboardEvent): void {
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    const larger = event.code === 'Equal' || event.code === 'NumpadAdd';
    const smaller = event.code === 'Minus' || event.code === 'NumpadSubtract';
    if (event.ctrlKey && !event.altKey && event.code === 'KeyZ') undo();
    else if (plain && event.code === 'KeyN' && !event.repeat) add();
    else if (plain && (larger || smaller)) look(larger ? 1 : -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  function look(by: number): void {
    setZoom((now) => Math.min(Math.max(now + by, 0), ZOOMS.length - 1));
  }
  const part = on === undefined ? undefined : parts[on];
  return (
    <FormDialog
      title={t('cover.title')}
      save={t('cover.save')}
      pending={save.isPending}
      error={save.error}
      disabled={parts.length === 0 || !data}
      wide
      onClose={onClose}
      onSave={() =>
        save.mutate(
          { to, id: file.id, boxes: parts, mark: t('cover.mark'), note: '' },
          {
            onSuccess: () => {
              toast(t('cover.done'));
              onMark(undefined);
              onClose();
            },
          },
        )
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of everything within, each of which has a button too */}
      <div className="cover" onKeyDown={press}>
        <p className="m">
          <span className="t file-name" translate="no">
            {file.name}
          </span>
          <br />
          {t('cover.says')}
        </p>
        {error ? <ErrorNote error={error} safe={t('files.safe')} /> : null}
        {error ? null : (
          <>
            <div className="fx wrap cover-tools">
              <Button small kbd="N" autoFocus disabled={parts.length >= PARTS_MAX} onPress={add}>
                <Plus aria-hidden="true" /> {t('cover.add')}
              </Button>
              <Button small quiet kbd="Ctrl+Z" disabled={marked.past.length === 0} onPress={undo}>
                <Undo2 aria-hidden="true" /> {t('cover.undo')}
              </Button>
              <span className="fx cover-zoom">
                <Button small quiet icon label={t('cover.smaller')} onPress={() => look(-1)}>
                  <ZoomOut aria-hidden="true" />
                </Button>
                <Button small quiet icon label={t('cover.larger')} onPress={() => look(1)}>
                  <ZoomIn aria-hidden="true" />
                </Button>
              </span>
            </div>
            <Stage
              ref={stage}
              sheet={data}
              zoom={ZOOMS[zoom] ?? 1}
              marked={marked}
              onMark={onMark}
              onFocus={setOn}
              focusNext={focusNext}
            />
            <p className="m" role="status">
              {part && on !== undefined
                ? t('cover.part', { n: on + 1, ...inPercent(part) })
                : parts.length === 0
                  ? t('cover.none')
                  : t('cover.count', { n: parts.length })}
            </p>
            <p className="s" id="cover-keys">
              {t('cover.keys')}
            </p>
          </>
        )}
      </div>
    </FormDialog>
  );
}
