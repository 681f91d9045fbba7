// A list of any length of which only the visible rows exist; it asks for more near its end.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';

export function VirtualList<T>(props: {
  items: readonly T[];
  keyOf: (item: T) => string;
  /** Height of a row in CSS pixels before it is measured. */
  rowHeight: number;
  children: (item: T, index: number) => ReactNode;
  label: string;
  /** More rows exist: called when the end comes near. */
  onEnd?: (() => void) | undefined;
  /** Row to keep in sight. */
  active?: number;
  className?: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: props.items.length,
    getScrollElement: () => box.current,
    estimateSize: () => props.rowHeight,
    getItemKey: (index) => {
      const item = props.items[index];
      return item === undefined ? index : props.keyOf(item);
    },
    overscan: 8,
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  const { onEnd, active } = props;
  const near = last >= props.items.length - 20;
  useEffect(() => {
    if (near) onEnd?.();
  }, [near, onEnd]);
  useEffect(() => {
    if (active !== undefined && active >= 0) virtual.scrollToIndex(active);
  }, [active, virtual]);
  return (
    <section
      ref={box}
      className={props.className ? `vlist ${props.className}` : 'vlist'}
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys
      tabIndex={0}
    >
      <div style={{ height: virtual.getTotalSize() }}>
        {rows.map((row) => {
          const item = props.items[row.index];
          if (item === undefined) return null;
          return (
            <div
              key={row.key}
              ref={virtual.measureElement}
              data-index={row.index}
              style={{ transform: `translateY(${row.start}px)` }}
            >
              {props.children(item, row.index)}
            </div>
          );
        })}
      </div>
    </section>
  );
}
