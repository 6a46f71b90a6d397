import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ChannelForm } from '../core/channel-kind.ts';
import type { Monitor } from '../core/monitor.ts';
import type { ReadPasted } from '../core/pasted.ts';
import type { Clock, ExportProbes, Log } from '../core/ports.ts';
import type { Store } from '../core/store.ts';
import type { EventHub } from './event-hub.ts';
import type { PreviewNotice } from './incident-answer.ts';
import type { Uptimes } from './uptimes.ts';

/** What the interface reads and writes by itself; everything else goes through the monitor. */
export type HttpStore = Pick<
  Store,
  | 'probes'
  | 'probe'
  | 'latency'
  | 'latencyRolls'
  | 'poolFigures'
  | 'versions'
  | 'spans'
  | 'maintenance'
  | 'toolLists'
  | 'toolChanges'
  | 'openIncidents'
  | 'incidents'
  | 'incident'
  | 'notices'
  | 'notice'
  | 'deliveries'
  | 'size'
>;

/** What the API's routes work with. */
export interface Room {
  readonly monitor: Monitor;
  readonly store: HttpStore;
  readonly exportProbes: ExportProbes;
  readonly clock: Clock;
  readonly log: Log;
  readonly hub: EventHub;
  readonly uptimes: Uptimes;
  readonly preview: PreviewNotice;
  /** Where people reach the monitor, for links. */
  readonly publicUrl: string;
  readonly readPasted: ReadPasted;
  /** Every kind of channel there is, as a form offers it. */
  readonly channelForms: readonly ChannelForm[];
  readonly hasPassword: boolean;
  /** The name of the session a request belongs to; null where none is wanted. */
  readonly sessionOf: (request: FastifyRequest) => string | null;
}

/** Fastify that validates and serialises by zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
