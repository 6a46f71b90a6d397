import type { Tool } from '../../src/http/wire.ts';
import { type Json, mapOf, text } from '../parts/entry.ts';
import { TextField } from '../parts/fields.tsx';
import { argumentsOf } from './entry.ts';

/** A field for each argument the tool's schema names; what is typed is written into the JSON beside it, and read from there. */
export function ArgumentFields({
  schema,
  given,
  onChange,
}: {
  schema: Tool['input_schema'];
  given: Json | undefined;
  onChange: (words: string) => void;
}) {
  const { properties, required } = mapOf(schema);
  const all = argumentsOf(given);
  if (all === null) return null;
  return (
    <div class="field-pair">
      {Object.entries(mapOf(properties)).map(([name, rule]) => {
        const { type, description, enum: among } = mapOf(rule);
        const { [name]: value, ...others } = all;
        return (
          <TextField
            key={name}
            label={Array.isArray(required) && required.includes(name) ? `${name} (needed)` : name}
            path={`canary.arguments.${name}`}
            hint={text(description)}
            placeholder={Array.isArray(among) ? among.join(' | ') : text(type)}
            value={value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)}
            onInput={(typed) => {
              const next = typed === '' ? others : { ...all, [name]: type === 'string' ? typed : jsonOf(typed) };
              onChange(JSON.stringify(next, null, 2));
            }}
          />
        );
      })}
    </div>
  );
}

/** What was typed, as JSON where it is JSON. */
function jsonOf(typed: string): Json {
  try {
    const value: Json = JSON.parse(typed);
    return value;
  } catch {
    return typed;
  }
}
