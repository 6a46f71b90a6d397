import { Ticked } from './ticked.tsx';

/** What to try, most promising first. */
export function Advice({ items }: { items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <div class="advice">
      <em>Try</em>
      <ul>
        {items.map((item) => (
          <li key={item}>
            <Ticked text={item} />
          </li>
        ))}
      </ul>
    </div>
  );
}
