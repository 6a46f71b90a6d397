import { Field } from '../parts/field.tsx';
import { SecretInput } from '../parts/secret-field.tsx';
import type { AuthDraft } from './draft.ts';

const EMPTY_SECRET = { kept: false, text: '' } as const;

const KINDS: Readonly<Record<AuthDraft['type'], AuthDraft>> = {
  none: { type: 'none' },
  bearer: { type: 'bearer', token: EMPTY_SECRET },
  basic: { type: 'basic', username: '', password: EMPTY_SECRET },
};

/** `stored`: what the monitor has, to go back to. */
export function AuthField({
  auth,
  stored,
  onChange,
}: {
  auth: AuthDraft;
  stored: AuthDraft;
  onChange: (auth: AuthDraft) => void;
}) {
  const choose = (type: string) => {
    const next = Object.values(KINDS).find((kind) => kind.type === type) ?? KINDS.none;
    onChange(stored.type === next.type ? stored : next);
  };
  return (
    <>
      <Field label="Authentication" path="auth" exactly>
        {(wiring) => (
          <select {...wiring} value={auth.type} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="none">none</option>
            <option value="bearer">bearer token</option>
            <option value="basic">user and password</option>
          </select>
        )}
      </Field>
      {auth.type === 'bearer' && (
        <Field label="Token" path="auth.token">
          {(wiring) => (
            <SecretInput wiring={wiring} secret={auth.token} onChange={(token) => onChange({ ...auth, token })} />
          )}
        </Field>
      )}
      {auth.type === 'basic' && (
        <div class="field-pair">
          <Field label="User" path="auth.username">
            {(wiring) => (
              <input
                {...wiring}
                autocomplete="off"
                value={auth.username}
                onInput={(event) => onChange({ ...auth, username: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field label="Password" path="auth.password">
            {(wiring) => (
              <SecretInput
                wiring={wiring}
                secret={auth.password}
                onChange={(password) => onChange({ ...auth, password })}
              />
            )}
          </Field>
        </div>
      )}
    </>
  );
}
