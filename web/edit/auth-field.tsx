import { ChoiceField, SecretField, TextField } from '../parts/text-field.tsx';
import type { AuthDraft } from './draft.ts';

const EMPTY_SECRET = { kept: false, text: '' } as const;

const KINDS: Readonly<Record<AuthDraft['type'], AuthDraft>> = {
  none: { type: 'none' },
  bearer: { type: 'bearer', token: EMPTY_SECRET },
  basic: { type: 'basic', username: '', password: EMPTY_SECRET },
};

const NAMES = { none: 'none', bearer: 'bearer token', basic: 'user and password' } as const;

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
      <ChoiceField label="Authentication" path="auth!" options={NAMES} chosen={auth.type} onChoose={choose} />
      {auth.type === 'bearer' && (
        <SecretField
          label="Token"
          path="auth.token"
          secret={auth.token}
          onChange={(token) => onChange({ ...auth, token })}
        />
      )}
      {auth.type === 'basic' && (
        <div class="field-pair">
          <TextField
            label="User"
            path="auth.username"
            value={auth.username}
            onInput={(username) => onChange({ ...auth, username })}
          />
          <SecretField
            label="Password"
            path="auth.password"
            secret={auth.password}
            onChange={(password) => onChange({ ...auth, password })}
          />
        </div>
      )}
    </>
  );
}
