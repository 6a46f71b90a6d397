import type { ToolChange } from '../../src/http/wire.ts';

/** Field by field, worst first. Values of the target are text, never markup. */
export function Differences({ of: { differences, omitted } }: { of: Pick<ToolChange, 'differences' | 'omitted'> }) {
  return (
    <ul class="differences">
      {differences.map(({ grade, message, path, before, after }, index) => (
        <li key={index}>
          <span class={`grade grade-${grade}`}>{grade}</span> {message}
          {path !== '' && (
            <div class="values mono small">
              <span class="quiet">{path}</span>
              <del>{before}</del>
              <ins>{after}</ins>
            </div>
          )}
        </li>
      ))}
      {omitted > 0 && <li class="quiet">and {omitted} more</li>}
    </ul>
  );
}
