import { z } from 'zod';

/** How one author wrote the server. The defaults are what the guides teach. */
export const ReferenceOptions = z.object({
  /** Of /mcp, /live, /ready and /health. 0: any free one. */
  port: z.int().default(0),
  database: z.object({ port: z.int(), user: z.string(), password: z.string() }),
  /** Port of a standby that reads may go to; null: there is none. */
  replicaPort: z.int().nullable().default(null),
  max: z.int().default(10),
  /** 0: callers wait for ever, which is the driver's own default. */
  connectionTimeoutMs: z.int().default(3000),
  statementTimeoutMs: z.int().default(10_000),
  idleTimeoutMs: z.int().default(30_000),
  /** Calls that one caller may have under way. */
  perCaller: z.int().default(3),
  /** After SIGTERM: how long `/ready` says so before the listener closes. */
  drainMs: z.int().default(3000),
  /**
   * What a failed call says: the driver's words; those after `pool_exhausted:`, as a wrapper puts before everything;
   * or `database unavailable`, whatever it was.
   */
  errors: z.enum(['driver', 'wrapped', 'vague']).default('driver'),
  /** Which figures it publishes, and in whose names. */
  figures: z.enum(['plain', 'with-max', 'camel', 'counted', 'none']).default('with-max'),
  /** When `health_check` counts: most do so while they hold the client they asked with. */
  counts: z.enum(['holding', 'after']).default('after'),
  /** A prepared statement with a name, as drivers and mappers make. */
  namedStatements: z.boolean().default(false),
});
export type ReferenceOptions = z.output<typeof ReferenceOptions>;
