import { at, text } from '../parts/entry.ts';
import { AskedField, ChoiceField } from '../parts/fields.tsx';
import { useFormState } from '../parts/form.tsx';

const NAMES = {
  none: 'none',
  bearer: 'bearer token',
  basic: 'user and password',
  client_credentials: 'OAuth client credentials',
} as const;

const ISSUER = 'Exactly as the authorization server names itself. Only it is asked for a token.';
const SECRET = { key: 'auth.client_secret', label: 'Client secret', secret: true };

/** What each type asks for; a pair stands side by side. */
const ASKED: Readonly<Record<string, Parameters<typeof AskedField>[0]['of'][][]>> = {
  bearer: [[{ key: 'auth.token', label: 'Token', secret: true }]],
  basic: [
    [
      { key: 'auth.username', label: 'User' },
      { key: 'auth.password', label: 'Password', secret: true },
    ],
  ],
  client_credentials: [
    [{ key: 'auth.issuer', label: 'Issuer', hint: ISSUER, example: 'https://id.example.com' }],
    [{ key: 'auth.client_id', label: 'Client id' }, SECRET],
    [{ key: 'auth.scope', label: 'Scope', hint: 'Optional; several with a space between them.' }],
  ],
  // A private key is shown by nothing and stays as it is.
  signed: [[{ key: 'auth.client_id', label: 'Client id', hint: 'It signs with a private key.' }]],
};

export function AuthField() {
  const { stored, draft, put } = useFormState();
  const type = text(at(draft, 'auth.type')) || 'none';
  const choose = (next: string) => {
    const known = at(stored, 'auth.type') === next ? stored['auth'] : { type: next };
    put('auth', next === 'none' ? undefined : known);
  };
  const asked = ASKED[type] ?? [];
  const isSigned = at(draft, 'auth.private_key') !== undefined;
  return (
    <>
      <ChoiceField label="Authentication" path="auth!" options={NAMES} chosen={type} onChoose={choose} />
      {asked
        .map((pair) => (isSigned && pair.includes(SECRET) ? (ASKED['signed']?.[0] ?? []) : pair))
        .map((pair) => (
          <div key={pair[0]?.key} class={pair.length > 1 ? 'field-pair' : ''}>
            {pair.map((one) => (
              <AskedField key={one.key} of={one} />
            ))}
          </div>
        ))}
    </>
  );
}
