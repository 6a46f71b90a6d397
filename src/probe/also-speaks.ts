import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Revision } from '../core/target.ts';
import type { Conversation } from './conversation.ts';
import type { EraMemory } from './era-memory.ts';
import { MODERN, speaksModern } from './modern-session.ts';
import type { RpcAnswer } from './rpc.ts';
import type { Run } from './run.ts';
import type { ClientInfo } from './session.ts';
import { openDeadline } from './steps.ts';

/** How long a server may take to tell. It is asked once a day, when the probe proper is over. */
const ASK_MS = 1000;
const ID = 0;

/**
 * Does a server that was opened by `initialize` speak revision 2026-07-28 as well? Whatever comes of the question is no
 * fault of the server: one that does not know it refuses it in ways of its own. Asked without the SDK of that revision,
 * which takes 10 MB and is loaded only for servers that speak no other.
 */
export async function askAlsoSpeaks(
  { conversation, clientInfo }: { readonly conversation: Pick<Conversation, 'ask'>; readonly clientInfo: ClientInfo },
  eras: EraMemory,
  { server, clock, signal }: Run,
): Promise<readonly Revision[]> {
  const known = eras.recall(server)?.alsoSpeaks ?? null;
  if (known !== null || signal.aborted) return known ?? [];
  const deadline = openDeadline(clock, ASK_MS, signal);
  try {
    const answer = await conversation.ask(question(clientInfo), ID, deadline.signal);
    eras.told(server, saysModern(answer) ? [MODERN] : []);
  } catch {
    if (!signal.aborted) eras.told(server, []);
  } finally {
    deadline.close();
  }
  return eras.recall(server)?.alsoSpeaks ?? [];
}

/** MCP 2026-07-28, "Discovery" and "Requests". */
function question(clientInfo: ClientInfo): JSONRPCMessage {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return { jsonrpc: '2.0', id: ID, method: 'server/discover', params: { _meta: meta } };
}

/** One may refuse the revision it was asked in and name it among its own in the same breath. */
function saysModern(answer: RpcAnswer): boolean {
  if (answer.kind === 'error') return speaksModern(answer);
  const { supportedVersions } = answer.result;
  return Array.isArray(supportedVersions) && supportedVersions.includes(MODERN);
}
