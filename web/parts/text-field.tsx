import type { ComponentChildren } from 'preact';
import type { Secret } from '../edit/draft.ts';
import { Field } from './field.tsx';
import { SecretInput } from './secret-field.tsx';

interface Common {
  readonly label: string;
  readonly path: string;
  readonly hint?: ComponentChildren;
  readonly placeholder?: string;
}

/** One line of text. */
export function TextField({
  value,
  wide = false,
  readOnly = false,
  placeholder = '',
  isTime = false,
  among = [],
  onInput,
  ...field
}: Common & {
  readonly value: string;
  readonly wide?: boolean;
  readonly readOnly?: boolean;
  /** A date and a time of day, by the viewer's clock. */
  readonly isTime?: boolean;
  /** What it is likely to be one of. */
  readonly among?: readonly string[];
  readonly onInput: (value: string) => void;
}) {
  return (
    <Field {...field}>
      {(wiring) => (
        <>
          <input
            {...wiring}
            class={wide ? 'wide' : ''}
            {...(isTime && { type: 'datetime-local' as const })}
            {...(among.length > 0 && { list: `${wiring.id}-list` })}
            spellcheck={false}
            autocomplete="off"
            readOnly={readOnly}
            placeholder={placeholder}
            value={value}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
          {among.length > 0 && (
            <datalist id={`${wiring.id}-list`}>
              {among.map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

export function SecretField({
  secret,
  placeholder = '',
  onChange,
  ...field
}: Common & {
  readonly secret: Secret;
  readonly onChange: (secret: Secret) => void;
}) {
  return (
    <Field {...field}>
      {(wiring) => (
        <SecretInput wiring={wiring} name={field.label} secret={secret} placeholder={placeholder} onChange={onChange} />
      )}
    </Field>
  );
}

/** A choice among a few. */
export function ChoiceField({
  options,
  chosen,
  onChoose,
  ...field
}: Common & {
  readonly options: Readonly<Record<string, string>>;
  readonly chosen: string;
  readonly onChoose: (key: string) => void;
}) {
  return (
    <Field {...field}>
      {(wiring) => (
        <select {...wiring} value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
          {Object.entries(options).map(([key, name]) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
