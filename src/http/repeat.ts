import type { WatchedServer } from '../core/monitor.ts';
import type { Server } from '../core/server.ts';
import type { ProbeRecord } from '../core/store.ts';
import { maskUrl } from '../core/url.ts';

/** Stands where a secret was: it is typed in by whoever runs the command. */
const SECRET = '…';
const PROTOCOL = '2025-11-25';
const ACCEPT = 'application/json, text/event-stream';

/**
 * Shell commands with curl that ask the server what a probe asked when it failed; credentials are left out. null: the
 * probe was good, or the server is started by a command. A call needs a session first, which the first command opens.
 */
export function repeatCommand({ server, entry }: WatchedServer, { report, judgement }: ProbeRecord): string | null {
  const { target, healthUrl } = server;
  if (judgement.reason === null || target.kind === 'stdio') return null;
  const step = judgement.reason.step;
  if (step === 'health_url') return healthUrl === null ? null : `curl -i ${quoted(maskUrl(healthUrl.ready))}`;
  const url = quoted(maskUrl(target.url));
  const open = `curl -isS ${url}${credentials(server)}${post('initialize', {
    protocolVersion: report.protocolVersion ?? PROTOCOL,
    capabilities: {},
    clientInfo: { name: 'curl', version: '1' },
  })}`;
  const call = callOf(step, server, entry);
  if (call === null) return open;
  const session = `${open} |\n  tr -d '\\r' | awk 'tolower($1) == "mcp-session-id:" { print $2 }'`;
  return `session=$(${session})\ncurl -isS ${url}${credentials(server)} \\\n  -H "mcp-session-id: $session"${call}`;
}

function callOf(step: string | null, { canaries: [canary] }: Server, entry: WatchedServer['entry']): string | null {
  if (step === 'tools_list') return post('tools/list', {});
  if (step !== 'canary' || canary === undefined) return null;
  if (canary.kind === 'resource') return post('resources/read', { uri: canary.resource });
  // As written: what a reference stands for may be a secret.
  const written = [entry['canary']].flat()[0];
  const given = written !== null && typeof written === 'object' && 'arguments' in written ? written['arguments'] : {};
  return post('tools/call', { name: canary.tool, arguments: given });
}

function post(method: string, params: object): string {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  return ` \\\n  -H 'content-type: application/json' -H 'accept: ${ACCEPT}' \\\n  -d ${quoted(body)}`;
}

function credentials({ auth, headers }: Server): string {
  const names = Object.keys(headers).map((name) => `${name}: ${SECRET}`);
  const own = auth === null ? [] : [`authorization: ${auth.type === 'basic' ? 'Basic' : 'Bearer'} ${SECRET}`];
  return [...own, ...names].map((line) => ` \\\n  -H ${quoted(line)}`).join('');
}

/** One word of a POSIX shell, whatever is in it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
