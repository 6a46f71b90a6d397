import type { Tool } from '../../src/http/wire.ts';
import { TextField } from '../parts/text-field.tsx';
import { type Entry, isMap, text } from './draft.ts';
import { argumentsOf } from './entry.ts';

/** A field for each argument the tool's schema names; what is typed is written into the JSON beside it, and read from there. */
export function ArgumentFields({
  schema,
  words,
  onChange,
}: {
  schema: Tool['input_schema'];
  words: string;
  onChange: (words: string) => void;
}) {
  const properties = isMap(schema) ? schema['properties'] : null;
  const required = isMap(schema) ? schema['required'] : null;
  const given = argumentsOf(words);
  if (!isMap(properties) || given === null) return null;
  return (
    <div class="field-pair">
      {Object.entries(properties).map(([name, rule]) => {
        const value = given[name];
        const asked = isMap(rule) ? rule : {};
        const isNeeded = Array.isArray(required) && required.includes(name);
        const write = (typed: string) => {
          const { [name]: _, ...others } = given;
          const all = typed === '' ? others : { ...others, [name]: jsonOf(typed, asked['type'] === 'string') };
          onChange(JSON.stringify(all, null, 2));
        };
        return (
          <TextField
            key={name}
            label={isNeeded ? `${name} (needed)` : name}
            path={`canary.arguments.${name}`}
            hint={text(asked['description']) || undefined}
            placeholder={Array.isArray(asked['enum']) ? asked['enum'].join(' | ') : text(asked['type'])}
            value={value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)}
            onInput={write}
          />
        );
      })}
    </div>
  );
}

/** What was typed, as JSON where it is JSON and no text is asked for. */
function jsonOf(typed: string, isText: boolean): Entry[string] {
  if (isText) return typed;
  try {
    const value: Entry[string] = JSON.parse(typed);
    return value;
  } catch {
    return typed;
  }
}
