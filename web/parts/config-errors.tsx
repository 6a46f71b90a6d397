import type { Monitor } from '../../src/http/wire.ts';
import { Ticked } from './ticked.tsx';

/** The mistakes of the configuration file, by line and column. */
export function ConfigErrors({ errors }: { errors: NonNullable<Monitor['reload']>['errors'] }) {
  return (
    <ul class="config-errors mono">
      {errors.map(({ line, column, message }) => (
        <li key={`${line}:${column}:${message}`}>
          {line}:{column} <Ticked text={message} />
        </li>
      ))}
    </ul>
  );
}
