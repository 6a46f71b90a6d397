import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** How far outside the window rows are drawn ahead. */
const AHEAD = '600px 0px';
const ROW_HEIGHT = 41;

/** A stretch of a long table, drawn only near the window; else a row as tall as it was, or should be. */
export function Chunk({
  rows,
  always,
  children,
}: {
  rows: number;
  always: boolean;
  children: () => ComponentChildren;
}) {
  const body = useRef<HTMLTableSectionElement>(null);
  const height = useRef(rows * ROW_HEIGHT);
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (body.current === null || always) return;
    const watcher = new IntersectionObserver(
      ([entry]) => {
        if (entry === undefined) return;
        if (entry.boundingClientRect.height > 0) height.current = entry.boundingClientRect.height;
        setNear(entry.isIntersecting);
      },
      { rootMargin: AHEAD },
    );
    watcher.observe(body.current);
    return () => watcher.disconnect();
  }, [always]);
  return (
    <tbody ref={body}>
      {always || near ? (
        children()
      ) : (
        <tr class="far">
          <td colSpan={7}>
            <div style={{ height: `${height.current}px` }} />
          </td>
        </tr>
      )}
    </tbody>
  );
}
