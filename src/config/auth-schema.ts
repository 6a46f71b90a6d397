import { z } from 'zod';
import { SIGNING_ALGORITHMS } from '../core/server.ts';
import { httpUrl, line, secretText } from './fields.ts';

const KEY_EXPECTED = 'expected a private key in PEM, such as `"${file:/run/secrets/client.pem}"`';
const RESOURCE_EXPECTED = 'expected an absolute address without `#…`, or `off` to name none';
/** RFC 6749 section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;
const SCOPE_EXPECTED = 'expected scopes with one space between them, such as `mcp:read mcp:write`';

/** `auth:` of a server. What holds between its keys is in auth-checks.ts. */
export const authSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('bearer'), token: secretText }),
    z.strictObject({ type: z.literal('basic'), username: line(256), password: secretText }),
    z.strictObject({
      type: z.literal('client_credentials'),
      issuer: httpUrl,
      client_id: line(512),
      client_secret: secretText.optional(),
      private_key: z
        .string({ error: KEY_EXPECTED })
        .max(16_384, { error: 'expected at most 16384 characters' })
        .optional(),
      algorithm: z.enum(SIGNING_ALGORITHMS, { error: `expected one of ${SIGNING_ALGORITHMS.join(', ')}` }).optional(),
      scope: z.string({ error: SCOPE_EXPECTED }).max(2048).regex(SCOPE, { error: SCOPE_EXPECTED }).optional(),
      resource: z
        .string({ error: RESOURCE_EXPECTED })
        .max(2048, { error: 'expected at most 2048 characters' })
        .refine((text) => text === 'off' || (URL.canParse(text) && !text.includes('#')), { error: RESOURCE_EXPECTED })
        .optional(),
    }),
  ],
  {
    error:
      'expected `{ type: bearer, token: … }`, `{ type: basic, username: …, password: … }` or `{ type: client_credentials, issuer: …, client_id: …, client_secret: … }`',
  },
);

export type AuthEntry = z.output<typeof authSchema>;
