import {
  CallToolResultSchema,
  EmptyResultSchema,
  InitializeResultSchema,
  LATEST_PROTOCOL_VERSION,
  ReadResourceResultSchema,
  ResultSchema,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { StopSignal } from '../core/stop.ts';
import type { Revision } from '../core/target.ts';
import { askAgain } from './access.ts';
import { ProbeError } from './probe-error.ts';
import type { RpcAnswer } from './rpc.ts';
import { RpcError } from './rpc-error.ts';
import { bounded, type ClientInfo, type ProtocolSession, type Wire } from './session.ts';

/** Tools are read one by one, so that one that is malformed does not void the list. Some servers send a null cursor for none. */
const ToolsPageSchema = ResultSchema.extend({
  tools: z.custom<readonly unknown[]>(Array.isArray, 'expected a list'),
  nextCursor: z.string().nullish(),
});

/**
 * A session of a revision that opens with `initialize`, of `revision` alone where one is given. The requests are ours,
 * their results are read by the SDK's schemas: what it could not read, no client built on it can. Nothing is validated
 * against the target's own schemas, because compiling them can freeze the process for seconds.
 */
export function createLegacySession(
  clientInfo: ClientInfo,
  { connect, onRefused }: Wire,
  revision: Revision | null = null,
): ProtocolSession {
  const conversation = connect();
  let lastId: number | null = null;

  const request = async (method: string, params: Params | null, signalOf: () => StopSignal): Promise<Result> => {
    const id = lastId === null ? 0 : lastId + 1;
    lastId = id;
    const message = { jsonrpc: '2.0' as const, id, method, ...(params === null ? {} : { params }) };
    return resultOf(await askAgain(() => conversation.ask(message, id, signalOf()), onRefused));
  };

  return {
    async open(enter) {
      const offered = revision ?? LATEST_PROTOCOL_VERSION;
      const params = { protocolVersion: offered, capabilities: {}, clientInfo };
      const result = await request('initialize', params, () => enter('initialize'));
      const { protocolVersion, capabilities, serverInfo } = InitializeResultSchema.parse(result);
      conversation.agreeOn(chosen(protocolVersion, revision));
      const ready = { jsonrpc: '2.0' as const, method: 'notifications/initialized' };
      await askAgain(() => conversation.tell(ready, enter('initialized')), onRefused);
      return {
        protocolVersion,
        serverInfo: { name: serverInfo.name, version: serverInfo.version },
        hasTools: capabilities.tools !== undefined,
        alsoSpeaks: [],
      };
    },
    async listTools(cursor, signal) {
      const result = await request('tools/list', cursor === null ? null : { cursor }, () => signal);
      const { tools, nextCursor } = ToolsPageSchema.parse(result);
      return { tools, next: nextCursor ?? null };
    },
    async callTool(name, args, signal) {
      const result = await request('tools/call', { name, arguments: args }, () => signal);
      const { content, isError, structuredContent } = CallToolResultSchema.parse(bounded(result, 'content'));
      const text = content.find((block) => block.type === 'text')?.text ?? null;
      return { isError: isError === true, text, structured: structuredContent };
    },
    async readResource(uri, signal) {
      const result = await request('resources/read', { uri }, () => signal);
      const { contents } = ReadResourceResultSchema.parse(bounded(result, 'contents'));
      const text = contents.find((one) => 'text' in one);
      return { isError: false, text: text !== undefined && 'text' in text ? text.text : null, structured: undefined };
    },
    async ping(signal) {
      EmptyResultSchema.parse(await request('ping', null, () => signal));
      return true;
    },
    async cancel(signal) {
      if (lastId === null) return;
      const params = { requestId: lastId, reason: 'time is up' };
      await conversation.tell({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, signal);
    },
    close: (signal) => conversation.end(signal),
  };
}

type Params = Readonly<Record<string, unknown>>;
type Result = Extract<RpcAnswer, { kind: 'result' }>['result'];

function resultOf(answer: RpcAnswer): Result {
  if (answer.kind === 'result') return answer.result;
  throw new RpcError(answer.code, answer.message, answer.detail);
}

/** Every revision that the SDK knows will do, unless one is configured. */
function chosen(version: string, revision: Revision | null): string {
  if (revision !== null && version !== revision)
    throw new ProbeError('version_mismatch', `The server chose ${version}, but ${revision} is configured.`);
  if (!SUPPORTED_PROTOCOL_VERSIONS.includes(version))
    throw new ProbeError('version_mismatch', `The server chose a protocol revision we do not speak: ${version}.`);
  return version;
}
