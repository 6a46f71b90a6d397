import type { ComponentChildren } from 'preact';
import type { ChannelKind } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { isMap, type Json, text, wordsIn } from './entry.ts';
import { Field, type FieldProps, useAnswer } from './field.tsx';
import { Options } from './options.tsx';

interface TextProps extends FieldProps {
  readonly placeholder?: string | undefined;
  /** What is shown and done instead of what stands under the path. */
  readonly value?: string;
  readonly onInput?: (value: string) => void;
  readonly onChange?: () => void;
  /** Answers whether it is done with what was pasted. */
  readonly onPaste?: (text: string) => boolean;
  /** Lines; without it there is one. */
  readonly rows?: number | undefined;
  /** What it is likely to be one of. */
  readonly among?: readonly string[];
  readonly look?: 'wide' | 'wide url';
  readonly readOnly?: boolean;
  /** A date and a time of day. */
  readonly isTime?: boolean;
  readonly beside?: ComponentChildren;
}

/** Text; of a list its words. */
export function TextField({
  value,
  onInput,
  onChange,
  onPaste,
  rows,
  among = [],
  look,
  beside,
  readOnly = false,
  isTime,
  placeholder = '',
  ...field
}: TextProps) {
  const [stored, put] = useAnswer(field.path);
  const common = {
    class: look ?? '',
    spellcheck: false,
    autocomplete: 'off',
    placeholder,
    value: value ?? text(stored),
    onInput: ({ currentTarget }: { currentTarget: { readonly value: string } }) =>
      (onInput ?? put)(currentTarget.value),
    onChange,
    onPaste: (event: ClipboardEvent) => {
      if (onPaste?.(event.clipboardData?.getData('text') ?? '')) event.preventDefault();
    },
  } as const;
  return (
    <Field {...field}>
      {(wiring) =>
        rows === undefined ? (
          <>
            <input
              {...wiring}
              {...common}
              inputMode={look === 'wide url' ? 'url' : 'text'}
              readOnly={readOnly}
              {...(isTime && { type: 'datetime-local' as const })}
              {...(among.length > 0 && { list: `${wiring.id}-list` })}
            />
            {among.length > 0 && (
              <datalist id={`${wiring.id}-list`}>
                {among.map((one) => (
                  <option key={one} value={one} />
                ))}
              </datalist>
            )}
            {beside}
          </>
        ) : (
          <textarea {...wiring} {...common} rows={rows} />
        )
      }
    </Field>
  );
}

/** A field as the monitor describes it. */
export function AskedField({
  of: { key, label, hint, example, secret },
}: {
  of: Pick<ChannelKind['fields'][number], 'key' | 'label'> & Partial<ChannelKind['fields'][number]>;
}) {
  const Kind = secret ? SecretField : TextField;
  return <Kind path={key} label={label} hint={hint} placeholder={example} />;
}

function SecretField({ placeholder, ...field }: TextProps) {
  const [value, put] = useAnswer(field.path);
  return (
    <Field {...field}>
      {(wiring) => (
        <SecretInput
          wiring={{ ...wiring, placeholder: placeholder ?? '' }}
          name={field.label}
          value={value}
          onChange={put}
        />
      )}
    </Field>
  );
}

/** Write-only: a stored secret is shown as set, and can only be replaced. */
export function SecretInput({
  value,
  name,
  wiring,
  onChange,
}: {
  value: Json | undefined;
  name: string;
  wiring: { readonly id?: string; readonly 'aria-label'?: string; readonly placeholder?: string };
  onChange: (value: string) => void;
}) {
  if (isMap(value)) {
    return (
      <span class="secret-set">
        <span>set, not shown</span>
        <button type="button" {...wiring} aria-label={`Replace ${name}`} onClick={() => onChange('')}>
          Replace
        </button>
      </span>
    );
  }
  return (
    <input
      type="password"
      autocomplete="off"
      spellcheck={false}
      value={text(value)}
      {...wiring}
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** A choice among a few. */
export function ChoiceField({
  options,
  chosen,
  onChoose,
  ...field
}: FieldProps & {
  readonly options: Readonly<Record<string, string>>;
  readonly chosen?: string;
  readonly onChoose?: (key: string) => void;
}) {
  const [stored, put] = useAnswer(field.path);
  return (
    <Field {...field}>
      {(wiring) => (
        <select
          {...wiring}
          value={chosen ?? text(stored)}
          onChange={(event) => (onChoose ?? put)(event.currentTarget.value)}
        >
          <Options of={options} />
        </select>
      )}
    </Field>
  );
}

/** A box to tick, with what it means. */
export function Tick({
  wiring,
  on,
  onTick,
  children,
}: {
  wiring?: { readonly id: string };
  on: boolean;
  onTick: (on: boolean) => void;
  children: ComponentChildren;
}) {
  return (
    <label>
      <input {...wiring} type="checkbox" checked={on} onChange={(event) => onTick(event.currentTarget.checked)} />
      {children}
    </label>
  );
}

/** Yes or no; no is left out. */
export function TickField({ words, ...field }: FieldProps & { readonly words: string }) {
  const [value, put] = useAnswer(field.path);
  return (
    <Field group {...field}>
      {(wiring) => (
        <div class="choices">
          <Tick wiring={wiring} on={value === true} onTick={(on) => put(on || undefined)}>
            {words}
          </Tick>
        </div>
      )}
    </Field>
  );
}

/** More than these are not offered, but can be typed. */
const OFFERED = 500;

/** Servers by their ids, in an order. */
export function ServersField({ hint }: { hint: string }) {
  const rows = useDashboard().fleet.rows.value ?? [];
  const [answer, put] = useAnswer('servers');
  const chosen = wordsIn(answer);
  const others = rows.filter(({ id }) => !chosen.includes(id)).sort((a, b) => a.name.localeCompare(b.name));
  const add = others.length > 0 && others.length <= OFFERED && (
    <select aria-label="Add a server" value="" onChange={(event) => put([...chosen, event.currentTarget.value])}>
      <option value="">Add a server …</option>
      <Options of={Object.fromEntries(others.map(({ id, name }) => [id, name]))} />
    </select>
  );
  return <TextField label="Servers" path="servers" hint={hint} beside={add} />;
}
