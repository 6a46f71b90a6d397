import { z } from 'zod';
import { type Auth, SIGNING_ALGORITHMS } from '../../src/core/server.ts';

const contextSchema = z.object({
  client_id: z.string(),
  client_secret: z.string().optional(),
  private_key_pem: z.string().optional(),
  signing_algorithm: z.enum(SIGNING_ALGORITHMS).optional(),
});

/** The credentials a scenario gives the client; the issuer, which an operator configures, is looked up as one would. */
export async function credentialsOf(scenario: string, context: unknown, url: string): Promise<Auth | null> {
  if (!scenario.startsWith('auth/client-credentials-')) return null;
  const given = contextSchema.parse(context);
  const { client_secret: secret, private_key_pem: privateKey = '', signing_algorithm: algorithm = 'RS256' } = given;
  return {
    type: 'client_credentials',
    issuer: await issuerOf(url),
    clientId: given.client_id,
    proof: secret === undefined ? { kind: 'key', privateKey, algorithm } : { kind: 'secret', secret },
    scope: null,
    resource: url,
  };
}

async function issuerOf(url: string): Promise<string> {
  const { origin, pathname } = new URL(url);
  const read = async (address: string): Promise<unknown> => (await fetch(address)).json();
  const resource = await read(`${origin}/.well-known/oauth-protected-resource${pathname}`);
  const { authorization_servers: servers } = z
    .object({ authorization_servers: z.array(z.url()).min(1) })
    .parse(resource);
  const metadata = await read(new URL('/.well-known/oauth-authorization-server', servers[0]).href);
  return z.object({ issuer: z.url() }).parse(metadata).issuer;
}
