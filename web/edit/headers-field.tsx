import { Field } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { SecretInput } from '../parts/secret-field.tsx';
import type { HeaderDraft } from './draft.ts';

export function HeadersField({
  headers,
  onChange,
}: {
  headers: readonly HeaderDraft[];
  onChange: (headers: readonly HeaderDraft[]) => void;
}) {
  const change = (index: number, next: HeaderDraft) => onChange(headers.with(index, next));
  return (
    <Field
      group
      label="Headers"
      path="headers"
      hint="Sent with every request. Values are stored encrypted and never shown again."
    >
      {(wiring) => (
        <div class="header-list">
          {headers.map((header, index) => (
            <div class="header-row" key={index}>
              <input
                aria-label={`Name of header ${index + 1}`}
                placeholder="X-Api-Key"
                spellcheck={false}
                value={header.name}
                readOnly={header.value.kept}
                onInput={(event) => change(index, { ...header, name: event.currentTarget.value })}
              />
              <SecretInput
                name={`header ${header.name}`}
                secret={header.value}
                onChange={(value) => change(index, { ...header, value })}
                wiring={{ 'aria-label': `Value of header ${header.name || index + 1}` }}
              />
              <button type="button" class="plain icon-only" onClick={() => onChange(headers.toSpliced(index, 1))}>
                <Icon name="cross" />
                <span class="hidden">Remove header {header.name}</span>
              </button>
            </div>
          ))}
          <button
            {...wiring}
            type="button"
            onClick={() => onChange([...headers, { name: '', value: { kept: false, text: '' } }])}
          >
            <Icon name="add" />
            Add a header
          </button>
        </div>
      )}
    </Field>
  );
}
