// The picture with its covered parts: drawn over with the mouse, and every part moved and sized by arrows.
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useRef,
} from 'react';
import type { AttachmentSheet } from '../../../backend';
import { t } from '../../../i18n';
import {
  fitted,
  inPercent,
  type Marked,
  PARTS_MAX,
  type Part,
  type Place,
  pressed,
  sized,
  spanned,
  stepped,
} from './parts';

/** A press that goes no further than this is no part: ten-thousandths. */
const SLIP = 60;

interface Drag {
  /** What a part becomes while the mouse is there. */
  to: (at: Place) => Part;
  /** Which one. */
  n: number;
  from: Place;
  moved: boolean;
}

export function Stage(props: {
  ref: RefObject<HTMLDivElement | null>;
  sheet: AttachmentSheet | undefined;
  zoom: number;
  marked: Marked;
  onMark: (marked: Marked) => void;
  /** The part that has the focus. */
  onFocus: (n: number | undefined) => void;
  /** The part that gets it once it is drawn. */
  focusNext: RefObject<number | undefined>;
}) {
  const { sheet, onMark, focusNext } = props;
  const { parts } = props.marked;
  const now = useRef(props.marked);
  now.current = props.marked;
  /** What a held arrow goes on with: one step back for all of it. */
  const held = useRef('');
  const drag = useRef<Drag>(undefined);

  useEffect(() => () => stop.current(), []);
  const stop = useRef(() => {});

  function place(event: { clientX: number; clientY: number }): Place {
    const box = props.ref.current?.getBoundingClientRect();
    if (!box || box.width === 0 || box.height === 0) return { x: 0, y: 0 };
    return {
      x: (10_000 * (event.clientX - box.left)) / box.width,
      y: (10_000 * (event.clientY - box.top)) / box.height,
    };
  }
  function begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    // The browser would drag the picture itself.
    event.preventDefault();
    const from = place(event);
    const target = event.target as HTMLElement;
    const box = target.closest<HTMLElement>('.cover-part');
    const n = box ? Number(box.dataset.n) : parts.length;
    const one = parts[n];
    if (!one && parts.length >= PARTS_MAX) return;
    const dx = (at: Place) => at.x - from.x;
    const dy = (at: Place) => at.y - from.y;
    const corner = target.closest('.cover-corner') !== null;
    const to = (at: Place): Part => {
      if (!one) return spanned(from, at);
      if (corner) return sized(one, one.w + dx(at), one.h + dy(at));
      return fitted({ ...one, x: one.x + dx(at), y: one.y + dy(at) });
    };
    box?.focus();
    held.current = '';
    drag.current = { to, n, from, moved: false };
    stop.current = () => {
      window.removeEventListener('pointermove', go);
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', end);
    };
    window.addEventListener('pointermove', go);
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', end);
  }
  function go(event: globalThis.PointerEvent): void {
    const one = drag.current;
    if (!one) return;
    const at = place(event);
    const far = Math.max(Math.abs(at.x - one.from.x), Math.abs(at.y - one.from.y));
    if (!one.moved && far < SLIP) return;
    const all = [...now.current.parts];
    if (one.n > all.length) return;
    all[one.n] = one.to(at);
    const marked = stepped(now.current, all, one.moved);
    one.moved = true;
    // The next move may come before this one is drawn.
    now.current = marked;
    focusNext.current = one.n;
    onMark(marked);
  }
  function end(): void {
    drag.current = undefined;
    stop.current();
  }
  function press(event: KeyboardEvent, n: number): void {
    const one = parts[n];
    if (!one || event.ctrlKey || event.altKey || event.metaKey) return;
    const there = pressed(one, event.code, event.shiftKey);
    if (there) {
      const holds = `${event.code} ${event.shiftKey} ${n}`;
      const all = parts.map((p, i) => (i === n ? there : p));
      onMark(stepped(props.marked, all, holds === held.current));
      held.current = holds;
    } else if (event.code === 'Delete' || event.code === 'Backspace') {
      held.current = '';
      focusNext.current = n;
      const rest = parts.filter((_, i) => i !== n);
      onMark(stepped(props.marked, rest));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
  const size = {
    '--aspect': sheet ? sheet.width / sheet.height : 4 / 3,
    '--zoom': props.zoom,
  } as CSSProperties;
  return (
    <div className="cover-stage" aria-busy={!sheet}>
      <div
        className="cover-picture"
        role="application"
        aria-label={t('cover.picture')}
        aria-describedby="cover-keys"
        ref={props.ref}
        style={size}
        onPointerDown={begin}
      >
        {sheet ? (
          <img alt="" draggable={false} src={`data:image/jpeg;base64,${sheet.jpeg}`} />
        ) : (
          <p className="m">{t('cover.waits')}</p>
        )}
        {parts.map((part, n) => {
          const style = {
            left: `${part.x / 100}%`,
            top: `${part.y / 100}%`,
            width: `${part.w / 100}%`,
            height: `${part.h / 100}%`,
          };
          return (
            <button
              // A part is its place in the order they were made.
              // biome-ignore lint/suspicious/noArrayIndexKey: it has no other name
              key={n}
              type="button"
              className="cover-part"
              data-n={n}
              style={style}
              aria-label={t('cover.part', { n: n + 1, ...inPercent(part) })}
              onFocus={() => props.onFocus(n)}
              onBlur={() => {
                held.current = '';
                props.onFocus(undefined);
              }}
              onKeyDown={(event) => press(event, n)}
              onKeyUp={() => {
                held.current = '';
              }}
            >
              <span className="cover-corner" />
            </button>
          );
        })}
      </div>
    </div>
  );
}
