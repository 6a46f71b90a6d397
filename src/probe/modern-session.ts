import type {
  DiscoverResult,
  JsonSchemaValidator,
  jsonSchemaValidator,
  PriorDiscovery,
  Request,
} from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { StopSignal } from '../core/stop.ts';
import { REVISIONS, type Revision } from '../core/target.ts';
import { isObject } from './json.ts';
import { paramHeaders } from './param-headers.ts';
import { ProbeError, ResultShapeError } from './probe-error.ts';
import { RpcError } from './rpc-error.ts';
import { createSdkTransport } from './sdk-transport.ts';
import { bounded, type CallResult, type ClientInfo, type Hello, type ProtocolSession, type Wire } from './session.ts';

/** The revision that is opened by `server/discover` and keeps no sessions. */
export const MODERN: Revision = '2026-07-28';
/** The revision the server was asked in is not one of its own (MCP 2026-07-28, "Protocol Version Negotiation"). */
const UNSUPPORTED_VERSION = -32022;

/** Before the server was asked: with it the SDK neither asks by itself nor wraps errors of the transport. */
const UNDISCOVERED: PriorDiscovery = {
  kind: 'modern',
  discover: {
    supportedVersions: [MODERN],
    capabilities: {},
    resultType: 'complete',
    ttlMs: 0,
    cacheScope: 'private',
  },
};

const AnyResult = z.looseObject({});

/** Longer than any deadline of ours: the SDK's own timer must not speak first. */
const NEVER_MS = 3_600_000;

/**
 * A session of revision 2026-07-28 through the SDK's newer Client, which is loaded on first use: `server/discover` takes
 * the place of `initialize`, each request stands by itself, and nothing is to be given back.
 */
export function createModernSession(clientInfo: ClientInfo, { connect, onRefused }: Wire): ProtocolSession {
  let signalOf: () => StopSignal = () => AbortSignal.abort();
  const conversation = connect();
  let ask: Ask = () => Promise.reject(new Error('the session is not open'));
  const options = { timeout: NEVER_MS };
  const during = (signal: StopSignal): void => {
    signalOf = () => signal;
  };
  let listed: readonly unknown[] = [];
  const schemas = new Map<unknown, unknown>();
  const shorten = readingTools((tools) => {
    listed = tools;
    for (const tool of tools) if (isObject(tool)) schemas.set(tool['name'], tool['inputSchema']);
  });
  const transport = createSdkTransport({ conversation, signalOf: () => signalOf(), shorten, onRefused });

  return {
    async open(enter) {
      const sdk = await import('@modelcontextprotocol/client');
      const client = new sdk.Client(clientInfo, {
        capabilities: {},
        inputRequired: { autoFulfill: false },
        jsonSchemaValidator: ACCEPT_ALL,
      });
      client.onerror = transport.unreadable;
      ask = (request, headers = {}) => exactly(sdk, client.request(request, AnyResult, { ...options, headers }));
      await client.connect(transport, { prior: UNDISCOVERED });
      signalOf = () => enter('initialize');
      return readDiscovery(await discover(() => exactly(sdk, client.discover(options))));
    },
    async listTools(cursor, signal) {
      during(signal);
      const params = cursor === null ? {} : { params: { cursor } };
      const { nextCursor } = await ask({ method: 'tools/list', ...params });
      return { tools: listed, next: typeof nextCursor === 'string' ? nextCursor : null };
    },
    async callTool(name, args, signal) {
      during(signal);
      const { content, isError, structuredContent } = await ask(
        { method: 'tools/call', params: { name, arguments: { ...args } } },
        paramHeaders(schemas.get(name), args),
      );
      return { isError: isError === true, text: firstText(content), structured: structuredContent };
    },
    async readResource(uri, signal) {
      during(signal);
      const { contents } = await ask({ method: 'resources/read', params: { uri } });
      return { isError: false, text: firstText(contents), structured: undefined };
    },
    ping: async () => false,
    // A request is called off by ending its exchange, which its signal has done already.
    cancel: async () => undefined,
    close: (signal) => conversation.end(signal),
  };
}

type Sdk = typeof import('@modelcontextprotocol/client');
type Ask = (request: Request, headers?: Readonly<Record<string, string>>) => Promise<Readonly<Record<string, unknown>>>;

/** Asked once more where the server refuses our revision and names it among its own in the same breath. */
async function discover(ask: () => Promise<DiscoverResult>): Promise<DiscoverResult> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof RpcError && speaksModern(error))) throw error;
    return ask();
  }
}

/** Does a refusal of our revision name it among those that are spoken? */
export function speaksModern({ code, detail }: { readonly code: number; readonly detail: unknown }): boolean {
  const supported = isObject(detail) ? detail['supported'] : undefined;
  return code === UNSUPPORTED_VERSION && Array.isArray(supported) && supported.includes(MODERN);
}

function readDiscovery({ supportedVersions, capabilities, _meta: meta }: DiscoverResult): Hello {
  if (!supportedVersions.includes(MODERN)) {
    const versions = supportedVersions.slice(0, 5).join(', ');
    throw new ProbeError(
      'version_mismatch',
      `The server speaks none of our protocol revisions, but ${versions === '' ? 'none at all' : versions}.`,
    );
  }
  return {
    protocolVersion: MODERN,
    serverInfo: identity(meta?.['io.modelcontextprotocol/serverInfo']),
    hasTools: capabilities.tools !== undefined,
    alsoSpeaks: REVISIONS.filter((revision) => revision !== MODERN && supportedVersions.includes(revision)),
  };
}

/** Who it is may be left out; a name that is none does no harm either. */
function identity(info: unknown): Hello['serverInfo'] {
  if (!isObject(info)) return null;
  const { name, version } = info;
  return typeof name === 'string' && typeof version === 'string' ? { name, version } : null;
}

function firstText(blocks: unknown): CallResult['text'] {
  const found = Array.isArray(blocks)
    ? blocks.find((block) => isObject(block) && typeof block['text'] === 'string')
    : undefined;
  return isObject(found) && typeof found['text'] === 'string' ? found['text'] : null;
}

/**
 * The SDK reads a list of tools by one schema, so that one malformed tool voids it, and a null cursor too. It gets the
 * result without them; the tools go to `onTools` unread.
 */
function readingTools(
  onTools: (tools: readonly unknown[]) => void,
): (result: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> {
  return (result) => {
    const { tools, nextCursor, ...others } = bounded(bounded(result, 'content'), 'contents');
    if (!Array.isArray(tools)) return result;
    onTools(tools);
    return { ...others, tools: [], ...(nextCursor === null || nextCursor === undefined ? {} : { nextCursor }) };
  };
}

/** What the server said, as an error of ours; what the transport threw passes as it is. */
async function exactly<T>({ ProtocolError, SdkError, SdkErrorCode }: Sdk, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (ProtocolError.isInstance(error)) throw new RpcError(error.code, error.message, error.data);
    const isShape =
      SdkError.isInstance(error) &&
      (error.code === SdkErrorCode.InvalidResult || error.code === SdkErrorCode.UnsupportedResultType);
    throw isShape ? new ResultShapeError(shapeWords(error.message), error) : error;
  }
}

/** The SDK puts its schema's issues into the message as JSON; the first one is enough. */
function shapeWords(message: string): string {
  const [what = '', issues] = message.split(/: (?=\[)/, 2);
  try {
    const [first]: unknown[] = JSON.parse(issues ?? '');
    const { path, message: said } = isObject(first) ? first : {};
    return `${what}: ${Array.isArray(path) ? path.join('.') : ''}: ${String(said)}`;
  } catch {
    return message;
  }
}

/** Accepts whatever comes, in place of the SDK's compiler of JSON schemas: compiling a target's can freeze the process for seconds. */
const ACCEPT_ALL: jsonSchemaValidator = {
  getValidator<T>(): JsonSchemaValidator<T> {
    return (input) => ({ valid: true, data: unvalidated<T>(input), errorMessage: undefined });
  },
};

/** The SDK's validator interface promises a type that only its schema could prove; nobody here reads the value. */
function unvalidated<T>(input: unknown): T {
  // biome-ignore lint/plugin: see above
  return input as T;
}
