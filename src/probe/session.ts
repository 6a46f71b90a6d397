import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { CallToolResultSchema, EmptyResultSchema, ReadResourceResultSchema } from '@modelcontextprotocol/sdk/types.js';
import type { JsonSchemaValidator, jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';
import { z } from 'zod';
import type { Json } from '../core/json.ts';
import type { StopSignal } from '../core/stop.ts';
import type { Revision } from '../core/target.ts';
import { LIMITS } from './budget.ts';
import type { ProbeTransport } from './http-transport.ts';
import { ProbeError, ResultShapeError } from './probe-error.ts';

/** A session with a server, whatever the transport and the revision. Every request ends with its signal at the latest. */
export interface ProtocolSession {
  /** Opens the session. `enter` is called as each part begins and gives the signal for it. */
  open(enter: Enter): Promise<Hello>;
  /** One page of the tools, unread. */
  listTools(
    cursor: string | null,
    signal: StopSignal,
  ): Promise<{ readonly tools: readonly unknown[]; readonly next: string | null }>;
  callTool(name: string, args: Readonly<Record<string, Json>>, signal: StopSignal): Promise<CallResult>;
  readResource(uri: string, signal: StopSignal): Promise<CallResult>;
  /** Resolves with whether there is a ping: revision 2026-07-28 has none. */
  ping(signal: StopSignal): Promise<boolean>;
  /** Tells the server that the last request is no longer waited for. */
  cancel(signal: StopSignal): Promise<void>;
  /** Gives the session back. Resolves with whether the server had opened one. */
  close(signal: StopSignal): Promise<boolean>;
}

/** Begins a part of opening a session, within `ms` or the step's own limit, and gives the signal for it. The same part again begins it anew. */
export type Enter = (part: 'initialize' | 'initialized', ms?: number) => StopSignal;

/** What the server said of itself. Text from the target, not yet cleaned. */
export interface Hello {
  readonly protocolVersion: string | null;
  readonly serverInfo: { readonly name: string; readonly version: string } | null;
  readonly hasTools: boolean;
  /** Revisions of ours it says it speaks besides this one. */
  readonly alsoSpeaks: readonly Revision[];
}

/** What a tool or a resource gave. Text from the target, not yet cleaned. */
export interface CallResult {
  readonly isError: boolean;
  /** The first block of text; null: none. */
  readonly text: string | null;
  readonly structured: unknown;
}

/** Tools are read one by one, so that one that is malformed does not void the list. Some servers send a null cursor for none. */
const ToolsPageSchema = z.looseObject({
  tools: z.custom<readonly unknown[]>(Array.isArray, 'expected a list'),
  nextCursor: z.string().nullish(),
});

/** Read by the SDK's own schema once we know that it is not too long for that. */
const AnyResultSchema = z.looseObject({});

/** Longer than any deadline of ours: the SDK's own timer must not speak first. */
export const NEVER_MS = 3_600_000;

/** Who we say we are. */
export interface ClientInfo {
  readonly name: string;
  readonly version: string;
}

/** Makes the transport of a session; `signalOf` gives the signal of the step to which a message belongs. */
export type Connect = (signalOf: (method: string) => StopSignal) => ProbeTransport;

/**
 * A session through the SDK's Client, of `revision` alone where one is given. One client per probe: a long-lived one
 * grows with every list it reads. Nothing is validated against the target's schemas, because compiling them can freeze
 * the process for seconds.
 */
export function createSession(
  clientInfo: ClientInfo,
  connect: Connect,
  revision: Revision | null = null,
): ProtocolSession {
  let signalOf: (method: string) => StopSignal = () => AbortSignal.abort();
  const transport = connect((method) => signalOf(method));
  if (revision !== null) insistOn(transport, revision);
  const client = new Client(clientInfo, { capabilities: {}, jsonSchemaValidator: ACCEPT_ALL });
  client.onerror = transport.unreadable;
  const options = { timeout: NEVER_MS };
  const during = (signal: StopSignal): void => {
    signalOf = () => signal;
  };
  return {
    async open(enter) {
      signalOf = (method) => enter(method === 'initialize' ? 'initialize' : 'initialized');
      await client.connect(transport, options);
      const info = client.getServerVersion();
      return {
        protocolVersion: transport.protocolVersion(),
        serverInfo: info === undefined ? null : { name: info.name, version: info.version },
        hasTools: client.getServerCapabilities()?.tools !== undefined,
        alsoSpeaks: [],
      };
    },
    async listTools(cursor, signal) {
      during(signal);
      const params = cursor === null ? {} : { params: { cursor } };
      const page = await client.request({ method: 'tools/list', ...params }, ToolsPageSchema, options);
      return { tools: page.tools, next: page.nextCursor ?? null };
    },
    async callTool(name, args, signal) {
      during(signal);
      const result = await client
        .request({ method: 'tools/call', params: { name, arguments: { ...args } } }, AnyResultSchema, options)
        .then((raw) => CallToolResultSchema.parse(bounded(raw, 'content')));
      const text = result.content.find((block) => block.type === 'text')?.text ?? null;
      return { isError: result.isError === true, text, structured: result.structuredContent };
    },
    async readResource(uri, signal) {
      during(signal);
      const result = await client
        .request({ method: 'resources/read', params: { uri } }, AnyResultSchema, options)
        .then((raw) => ReadResourceResultSchema.parse(bounded(raw, 'contents')));
      const text = result.contents.find((contents) => 'text' in contents);
      return { isError: false, text: text !== undefined && 'text' in text ? text.text : null, structured: undefined };
    },
    async ping(signal) {
      during(signal);
      await client.request({ method: 'ping' }, EmptyResultSchema, options);
      return true;
    },
    cancel: (signal) => transport.cancel(signal),
    // The client itself holds nothing: no timer of it runs once its last request is settled.
    close: (signal) => transport.terminate(signal),
  };
}

/** The SDK offers its newest revision and takes every one it knows: here only one is offered and taken. */
function insistOn(transport: ProbeTransport, revision: Revision): void {
  const { send, setProtocolVersion } = transport;
  transport.send = (message, options) =>
    send(
      'method' in message && message.method === 'initialize'
        ? { ...message, params: { ...message.params, protocolVersion: revision } }
        : message,
      options,
    );
  transport.setProtocolVersion = (chosen) => {
    if (chosen !== revision)
      throw new ProbeError('version_mismatch', `The server chose ${chosen}, but ${revision} is configured.`);
    setProtocolVersion?.(chosen);
  };
}

/** Each block of a result costs the schema microseconds; there is no end to how many fit into 4 MiB. */
export function bounded(
  result: Readonly<Record<string, unknown>>,
  key: 'content' | 'contents',
): Readonly<Record<string, unknown>> {
  const blocks = result[key];
  if (!Array.isArray(blocks) || blocks.length <= LIMITS.blocks) return result;
  throw new ResultShapeError(`${key} holds more than ${LIMITS.blocks} blocks.`);
}

/** Accepts whatever comes, in place of the SDK's compiler of JSON schemas. */
export const ACCEPT_ALL: jsonSchemaValidator = {
  getValidator<T>(): JsonSchemaValidator<T> {
    return (input) => ({ valid: true, data: unvalidated<T>(input), errorMessage: undefined });
  },
};

/** The SDK's validator interface promises a type that only its schema could prove; nobody here reads the value. */
function unvalidated<T>(input: unknown): T {
  // biome-ignore lint/plugin: see above
  return input as T;
}
