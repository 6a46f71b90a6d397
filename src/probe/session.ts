import type { Json } from '../core/json.ts';
import type { StopSignal } from '../core/stop.ts';
import type { Revision } from '../core/target.ts';
import { LIMITS } from './budget.ts';
import type { Conversation } from './conversation.ts';
import { ResultShapeError } from './probe-error.ts';

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

/** Who we say we are. */
export interface ClientInfo {
  readonly name: string;
  readonly version: string;
}

/** The way a session talks to its server. */
export interface Wire {
  /** Makes what one session is held in. */
  readonly connect: () => Conversation;
  /** Asked what becomes of a message that failed. Null: send it again; else the error to fail with. */
  readonly onRefused: (error: unknown) => Promise<unknown>;
}

/** Each block of a result costs a schema microseconds; there is no end to how many fit into 4 MiB. */
export function bounded(
  result: Readonly<Record<string, unknown>>,
  key: 'content' | 'contents',
): Readonly<Record<string, unknown>> {
  const blocks = result[key];
  if (!Array.isArray(blocks) || blocks.length <= LIMITS.blocks) return result;
  throw new ResultShapeError(`${key} holds more than ${LIMITS.blocks} blocks.`);
}
