import { useEffect, useRef, useState } from 'preact/hooks';
import { useDashboard } from '../context.ts';
import type { Trend } from '../trend.ts';
import { Icon } from './icon.tsx';

const WIDTH = 64;
const HEIGHT = 18;

/** The curve of the last day and an arrow where the last hour leaves it. Read only once it can be seen. */
export function Spark({ id }: { id: string }) {
  const box = useRef<HTMLSpanElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (box.current === null) return;
    const watcher = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true),
    );
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  return (
    <span class="spark" ref={box}>
      {seen && <Curve id={id} />}
    </span>
  );
}

function Curve({ id }: { id: string }) {
  const trend = useDashboard().trends.of(id).value;
  if (trend === null) return null;
  return (
    <>
      <Direction direction={trend.direction} />
      <svg viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`} aria-hidden="true">
        <path d={curve(trend.slots)} />
      </svg>
    </>
  );
}

function Direction({ direction }: { direction: Trend['direction'] }) {
  if (direction === 'level') return <span class="trend" />;
  const words =
    direction === 'up'
      ? 'Slower in the last hour than in the day before it'
      : 'Faster in the last hour than in the day before it';
  return (
    <span class={`trend ${direction}`} title={words}>
      <Icon name={direction} />
      <span class="hidden">{words}</span>
    </span>
  );
}

/** From zero to the highest slot; gaps are gaps, a lone slot is a dot. One slot is no curve yet. */
function curve(slots: Trend['slots']): string {
  if (slots.filter((slot) => slot !== null).length < 2) return '';
  const top = Math.max(...slots.map((slot) => slot ?? 0));
  const step = WIDTH / (slots.length - 1);
  return slots
    .map((slot, index) => {
      if (slot === null) return '';
      const pen = (slots[index - 1] ?? null) === null ? 'M' : 'L';
      const y = top === 0 ? HEIGHT : HEIGHT - (slot / top) * HEIGHT;
      const dot = pen === 'M' && (slots[index + 1] ?? null) === null ? 'h.01' : '';
      return `${pen}${(index * step).toFixed(1)} ${y.toFixed(1)}${dot}`;
    })
    .join('');
}
