import { isMap } from '../parts/entry.ts';
import { Field, useAnswer } from '../parts/field.tsx';
import { SecretInput } from '../parts/fields.tsx';
import { Icon } from '../parts/icon.tsx';
import { headersOf } from './entry.ts';

export function HeadersField() {
  const [answer, put] = useAnswer('headers');
  const headers = headersOf(answer);
  return (
    <Field
      group
      label="Headers"
      path="headers"
      hint="Sent with every request. Values are stored encrypted and never shown again."
    >
      {(wiring) => (
        <div class="header-list">
          {headers.map(([name, value], index) => (
            <div class="header-row" key={index}>
              <input
                aria-label={`Name of header ${index + 1}`}
                placeholder="X-Api-Key"
                spellcheck={false}
                value={name}
                readOnly={isMap(value)}
                onInput={(event) => put(headers.with(index, [event.currentTarget.value, value]))}
              />
              <SecretInput
                name={`header ${name}`}
                value={value}
                wiring={{ 'aria-label': `Value of header ${name || index + 1}` }}
                onChange={(typed) => put(headers.with(index, [name, typed]))}
              />
              <button type="button" class="plain icon-only" onClick={() => put(headers.toSpliced(index, 1))}>
                <Icon name="cross" />
                <span class="hidden">Remove header {name}</span>
              </button>
            </div>
          ))}
          <button {...wiring} type="button" onClick={() => put([...headers, ['', '']])}>
            <Icon name="add" />
            Add a header
          </button>
        </div>
      )}
    </Field>
  );
}
