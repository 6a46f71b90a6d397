import { ChoiceField, SecretField, TextField } from '../parts/text-field.tsx';
import type { AuthDraft } from './draft.ts';

const EMPTY_SECRET = { kept: false, text: '' } as const;

const KINDS: Readonly<Record<AuthDraft['type'], AuthDraft>> = {
  none: { type: 'none' },
  bearer: { type: 'bearer', token: EMPTY_SECRET },
  basic: { type: 'basic', username: '', password: EMPTY_SECRET },
  client_credentials: {
    type: 'client_credentials',
    issuer: '',
    clientId: '',
    clientSecret: EMPTY_SECRET,
    scope: '',
    more: {},
  },
};

const NAMES = {
  none: 'none',
  bearer: 'bearer token',
  basic: 'user and password',
  client_credentials: 'OAuth client credentials',
} as const;

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
      {auth.type === 'client_credentials' && <ClientCredentialsFields auth={auth} onChange={onChange} />}
    </>
  );
}

function ClientCredentialsFields({
  auth,
  onChange,
}: {
  auth: Extract<AuthDraft, { type: 'client_credentials' }>;
  onChange: (auth: AuthDraft) => void;
}) {
  const hasKey = 'private_key' in auth.more;
  return (
    <>
      <TextField
        label="Issuer"
        path="auth.issuer"
        placeholder="https://id.example.com"
        hint="Exactly as the authorization server names itself. Only it is asked for a token."
        value={auth.issuer}
        onInput={(issuer) => onChange({ ...auth, issuer })}
      />
      <div class="field-pair">
        <TextField
          label="Client id"
          path="auth.client_id"
          hint={hasKey ? 'It signs with a private key.' : undefined}
          value={auth.clientId}
          onInput={(clientId) => onChange({ ...auth, clientId })}
        />
        {!hasKey && (
          <SecretField
            label="Client secret"
            path="auth.client_secret"
            secret={auth.clientSecret}
            onChange={(clientSecret) => onChange({ ...auth, clientSecret })}
          />
        )}
      </div>
      <TextField
        label="Scope"
        path="auth.scope"
        hint="Optional; several with a space between them."
        value={auth.scope}
        onInput={(scope) => onChange({ ...auth, scope })}
      />
    </>
  );
}
