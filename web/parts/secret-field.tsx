import type { Secret } from '../edit/draft.ts';

/** Write-only: a stored secret is shown as set, and can only be replaced. */
export function SecretInput({
  secret,
  onChange,
  name,
  wiring,
  placeholder,
}: {
  secret: Secret;
  name: string;
  onChange: (secret: Secret) => void;
  wiring: { readonly id?: string; readonly 'aria-label'?: string };
  placeholder?: string;
}) {
  if (secret.kept) {
    return (
      <span class="secret-set">
        <span>set, not shown</span>
        <button
          type="button"
          {...wiring}
          aria-label={`Replace ${name}`}
          onClick={() => onChange({ kept: false, text: '' })}
        >
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
      value={secret.text}
      placeholder={placeholder ?? ''}
      {...wiring}
      onInput={(event) => onChange({ kept: false, text: event.currentTarget.value })}
    />
  );
}
