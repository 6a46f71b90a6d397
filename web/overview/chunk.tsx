import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** How far outside the window rows are drawn ahead. */
const AHEAD = '800px 0px';
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
  const drawn = always || near;
  useEffect(() => {
    if (body.current === null || always) return;
    const watcher = new IntersectionObserver(([entry]) => setNear(entry?.isIntersecting ?? true), {
      rootMargin: AHEAD,
    });
    watcher.observe(body.current);
    return () => watcher.disconnect();
  }, [always]);
  useLayoutEffect(() => {
    if (drawn && body.current !== null) height.current = body.current.offsetHeight;
  });
  return (
    <tbody ref={body}>
      {drawn ? (
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
