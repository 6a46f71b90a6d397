import { z } from 'zod';
import { NOTICE_STATUSES } from '../core/notice.ts';
import { SERVER_STATES } from '../core/signal.ts';
import { entry, stepName } from './schema-probe.ts';

/** One of several, written `?a=x,y` or `?a=x&a=y`. */
function several<T extends z.ZodType>(item: T) {
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').filter((part) => part !== '') : value),
    z.array(item),
  );
}

export const IdParams = z.object({ id: z.string() });
export const ProbeParams = z.object({ id: z.string(), probe: z.string() });

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** The last page's `next`. */
  cursor: z.string().max(500).optional(),
});

export const SORTS = ['state', 'name', 'p95', 'uptime'] as const;

export const ServersQuery = PageQuery.extend({
  state: several(z.enum(SERVER_STATES)).optional(),
  /** All of these. */
  tag: several(z.string()).optional(),
  /** Part of the id, name, URL or a tag. */
  q: z.string().max(200).optional(),
  sort: z.enum(SORTS).default('state'),
});

export const BeatsQuery = z.object({ ids: several(z.string()).optional() });
/** The time up to now, or from one instant to another. */
export const SpanQuery = z.object({
  window: z
    .string()
    .regex(/^[1-9]\d{0,4}[mhd]$/, 'Write a duration such as 30m, 24h or 7d.')
    .default('24h'),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export const LatencyQuery = SpanQuery.extend({ step: stepName.default('initialize') });
export const PoolsQuery = SpanQuery.extend({ name: z.string().max(64).optional() });
export const ExportQuery = z.object({ format: z.enum(['csv', 'ndjson']).default('csv') });
export const UptimeQuery = z.object({ days: z.coerce.number().int().min(1).max(400).default(90) });
export const IncidentsQuery = PageQuery.extend({
  state: z.enum(['open', 'resolved']).optional(),
  server: z.string().optional(),
});
export const DeliveriesQuery = PageQuery.extend({
  status: z.enum(NOTICE_STATUSES).optional(),
});

/** As in the configuration file; the monitor says what is wrong with it. */
export const Entry = entry.superRefine((body, context) => {
  if ('command' in body)
    context.addIssue({
      code: 'custom',
      path: ['command'],
      message: 'A command can be set in the configuration file only.',
    });
});
/** What a person pasted; how long it may be says whoever reads it. */
export const PasteBody = z.strictObject({ text: z.string() });
export const PauseBody = z.strictObject({ until: z.iso.datetime({ offset: true }).nullish() }).nullish();
/** `hash`: only if it is still that list. */
export const AcceptToolsBody = z.strictObject({ hash: z.string().max(64).nullish() }).nullish();
export const AcknowledgeBody = z.strictObject({ note: z.string().trim().max(500).nullish() }).nullish();
export const SessionBody = z.strictObject({ password: z.string().max(1000) });
