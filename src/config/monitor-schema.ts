import { z } from 'zod';
import { duration } from './duration.ts';
import { cidr, flag, httpUrl, httpUrlOrNone, line, listenAddress, wholeNumber } from './fields.ts';
import { strictOr } from './server-schema.ts';

const STORE_EXPECTED = 'expected `sqlite:` and a file, such as `sqlite:data/alivemcp.db`';

function checkStore(text: string, context: z.RefinementCtx): void {
  if (/^postgres(ql)?:/.test(text)) {
    context.addIssue({
      code: 'custom',
      message: 'a `postgres:` store is not in this version; use `sqlite:data/alivemcp.db`',
    });
  } else if (!/^sqlite:(?!\/\/)[^\0]{1,1024}$/.test(text)) {
    context.addIssue({ code: 'custom', message: STORE_EXPECTED });
  }
}

const network = z.strictObject(
  {
    mode: z.enum(['private', 'public']).optional(),
    allow: z.array(cidr, { error: 'expected a list of ranges, such as `[10.0.0.0/8]`' }).max(1000).optional(),
    deny: z.array(cidr, { error: 'expected a list of ranges, such as `[10.0.0.0/8]`' }).max(1000).optional(),
  },
  { error: strictOr('expected `{ mode: private, allow: [], deny: [] }`') },
);

const concurrency = z.strictObject(
  { total: wholeNumber(1, 1000).optional(), per_origin: wholeNumber(1, 1000).optional() },
  { error: strictOr('expected `{ total: 50, per_origin: 4 }`') },
);

const publicUrl = httpUrl.refine((text) => !text.includes('?'), { error: 'expected an address without `?…`' });

/** `monitor:` as written. */
export const monitorSchema = z.strictObject(
  {
    listen: listenAddress.optional(),
    public_url: publicUrl.optional(),
    store: z.string({ error: STORE_EXPECTED }).superRefine(checkStore).optional(),
    location: line(64).optional(),
    client_name: line(128).optional(),
    password: z
      .string({ error: 'expected text; put it in quotes' })
      .max(1024, { error: 'expected at most 1024 characters' })
      .optional(),
    retention: z
      .strictObject(
        { probes: duration('1d', '400d').optional(), rollups: duration('31d', '3650d').optional() },
        { error: strictOr('expected `{ probes: 14d, rollups: 400d }`') },
      )
      .optional(),
    concurrency: concurrency.optional(),
    heartbeat: z
      .strictObject(
        { url: httpUrlOrNone.optional(), every: duration('1s', '24h').optional() },
        { error: strictOr('expected `{ url: "https://example.com/", every: 60s }`') },
      )
      .optional(),
    control: z
      .strictObject(
        { url: httpUrlOrNone.optional() },
        { error: strictOr('expected `{ url: "https://example.com/" }`') },
      )
      .optional(),
    network: network.optional(),
    demo: flag.optional(),
  },
  { error: strictOr('expected the keys of the monitor, such as `listen: 127.0.0.1:8080`') },
);

export type MonitorEntry = z.output<typeof monitorSchema>;
