import { z } from 'zod';
import type { Json } from '../../src/core/json.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import type { Canary, Server } from '../../src/core/server.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { MODERN } from '../../src/probe/modern-session.ts';
import { createProber } from '../../src/probe/prober.ts';
import { aServer } from '../fixtures/facts.ts';
import { credentialsOf } from './credentials.ts';

/**
 * The client that the conformance suite tests: our own prober. Called with the URL of the suite's server, it probes that
 * server, and where that has tools once more with the first one as the canary. It exits with 1 where no session came to be;
 * what came of it is for the suite to judge.
 */
const environment = z
  .object({
    MCP_CONFORMANCE_SCENARIO: z.string(),
    MCP_CONFORMANCE_PROTOCOL_VERSION: z.string().optional(),
    /** What a scenario tells the client, as JSON: `client_id`, `client_secret`, `private_key_pem` … */
    MCP_CONFORMANCE_CONTEXT: z.string().optional(),
  })
  .parse(process.env);
const scenario = environment.MCP_CONFORMANCE_SCENARIO;
/** A scenario of 2026-07-28 wants no `initialize`; before that, we meet the suite as we meet any server. */
const protocol = environment.MCP_CONFORMANCE_PROTOCOL_VERSION === MODERN ? MODERN : 'auto';
const context = z
  .looseObject({
    toolCalls: z.array(z.object({ name: z.string(), arguments: z.record(z.string(), z.json()) })).optional(),
  })
  .parse(JSON.parse(environment.MCP_CONFORMANCE_CONTEXT ?? '{}'));

/** What the first tool of a scenario's server is called with. */
const ARGUMENTS: Readonly<Record<string, Readonly<Record<string, Json>>>> = { tools_call: { a: 2, b: 3 } };

const prober = createProber({
  location: 'conformance',
  version: '0.0.0',
  clock: systemClock,
  network: { mode: 'private', allow: [], deny: [] },
  log: { info: () => undefined, warn: () => undefined, error: (fields, message) => console.error(message, fields) },
});

async function probe(url: string, changes: Partial<Server>): Promise<ProbeReport> {
  const server = aServer({
    target: { kind: 'http', url, transport: 'auto', protocol },
    auth: await credentialsOf(scenario, context, url),
    ...changes,
  });
  const { signal } = new AbortController();
  return prober.probe({ server, scheduledAt: Date.now(), signal, knownToolHashes: [] });
}

async function main(url: string): Promise<boolean> {
  const alone = await probe(url, {});
  const first = alone.tools?.list?.tools[0]?.name;
  if (first === undefined) return hasOpened(alone);
  const calls = context.toolCalls ?? [{ name: first, arguments: ARGUMENTS[scenario] ?? {} }];
  const canaries = calls.map(
    ({ name, arguments: given }): Canary => ({
      kind: 'tool',
      tool: name,
      arguments: given,
      timeoutMs: 10_000,
      expect: [],
      allowDestructive: true,
    }),
  );
  return hasOpened(await probe(url, { canaries }));
}

function hasOpened({ steps }: ProbeReport): boolean {
  for (const { name, status, error } of steps) console.log(name, status, error?.message ?? '');
  return steps.some(({ name, status }) => name === 'initialize' && status === 'ok');
}

process.exitCode = (await main(process.argv.at(-1) ?? '')) ? 0 : 1;
