import { z } from 'zod';
import { REVISIONS } from '../core/target.ts';
import { authSchema } from './auth-schema.ts';
import { duration, FACTOR_EXPECTED, factor } from './duration.ts';
import {
  channelList,
  commandList,
  environment,
  flag,
  headerMap,
  httpUrl,
  line,
  serverId,
  tagList,
  timezone,
  wholeNumber,
} from './fields.ts';

/** The whole probe ends after 30 s (contract, limits), so no step may be given more. */
const stepTimeout = duration('1ms', '30s');
const REMINDER_EXPECTED = 'expected a duration from 1s to 24h such as `1h`, or `off`';
const onOrOff = z.literal([true, false, 'off'], { error: 'expected `true` or `off`' });

const expectation = z.strictObject(
  {
    path: z
      .string({ error: 'expected a dotted path into the result, such as `pool.waiting`; `""` is the whole result' })
      .max(512),
    equals: z.json().optional(),
    contains: z.string({ error: 'expected text; put it in quotes' }).max(4096).optional(),
    less: z.number({ error: 'expected a number' }).optional(),
    greater: z.number({ error: 'expected a number' }).optional(),
    exists: flag.optional(),
  },
  { error: strictOr('expected a path and what to find there, such as `{ path: ok, equals: true }`') },
);

const canary = z.strictObject(
  {
    tool: line(256).optional(),
    resource: line(2048).optional(),
    arguments: z
      .record(z.string(), z.json(), { error: 'expected names and values, such as `{ query: "select 1" }`' })
      .optional(),
    timeout: stepTimeout.optional(),
    expect: z
      .array(expectation, { error: 'expected a list, such as `[{ path: ok, equals: true }]`' })
      .max(50, { error: 'expected at most 50 expectations' })
      .optional(),
    allow_destructive: flag.optional(),
  },
  { error: strictOr('expected a tool or a resource, such as `{ tool: health_check }`, or a list of them') },
);

const healthUrl = z.strictObject(
  {
    ready: httpUrl,
    live: httpUrl.optional(),
    headers: headerMap.optional(),
    expect_status: z
      .array(wholeNumber(100, 599), { error: 'expected a list of statuses, such as `[200, 204]`' })
      .min(1, { error: 'expected at least one status; leave the key out for any 2xx' })
      .optional(),
  },
  { error: strictOr('expected an address, or `{ ready, live, headers, expect_status }`') },
);

const latencyRule = z.strictObject(
  {
    of: z.enum(['initialize', 'tools_list', 'canary', 'health_url', 'connect']).optional(),
    p95: duration('1ms', '30s').optional(),
    over: duration('1m', '24h').optional(),
    min_samples: wholeNumber(1, 100_000).optional(),
    confirm_over: duration('1m', '24h').optional(),
    spike: z.union([z.literal([false, 'off'], { error: FACTOR_EXPECTED }), factor]).optional(),
  },
  { error: strictOr('expected a rule such as `{ of: initialize, p95: 500ms, over: 1h }`') },
);

const WARNINGS_EXPECTED = 'expected a list such as `[21d, 14d, 7d, 1d]`, or `off`';
const expiryWarnings = z
  .array(duration('1h', '365d'), { error: WARNINGS_EXPECTED })
  .max(10, { error: 'expected at most 10 warnings' });

const alerts = z.strictObject(
  {
    latency: z
      .array(latencyRule, {
        error: 'expected a list of rules, such as `[{ of: initialize, p95: 500ms }]`; `[]` is none',
      })
      .max(20, { error: 'expected at most 20 rules' })
      .optional(),
    pool: onOrOff.optional(),
    tools: onOrOff.optional(),
    tls: z.union([z.literal([false, 'off'], { error: WARNINGS_EXPECTED }), expiryWarnings]).optional(),
    reminder: z
      .union([z.literal([false, 'off'], { error: REMINDER_EXPECTED }), duration('1s', '24h', REMINDER_EXPECTED)])
      .optional(),
  },
  { error: strictOr('expected keys such as `latency`') },
);

const confirm = z.strictObject(
  {
    down: wholeNumber(1, 100).optional(),
    up: wholeNumber(1, 100).optional(),
    recheck: duration('1s', '1h').optional(),
  },
  { error: strictOr('expected `{ down: 3, up: 2, recheck: 20s }`') },
);

/** What a server may say and what `defaults` may say for all of them. */
const shared = {
  transport: z.enum(['auto', 'http', 'sse']).optional(),
  protocol: z.enum(['auto', ...REVISIONS]).optional(),
  headers: headerMap.optional(),
  auth: authSchema.optional(),
  client_name: line(128).optional(),
  canary: z.union([canary, z.array(canary).max(10, { error: 'expected at most 10 canaries' })]).optional(),
  health_url: z.union([httpUrl, healthUrl]).optional(),
  interval: duration('1s', '7d').optional(),
  cron: line(256).optional(),
  timezone: timezone.optional(),
  timeout: stepTimeout.optional(),
  confirm: confirm.optional(),
  alerts: alerts.optional(),
  announce_first: flag.optional(),
  public: flag.optional(),
  channels: channelList.optional(),
  tags: tagList.optional(),
  paused: flag.optional(),
} as const;

/** `defaults:` as written. */
export const defaultsSchema = z.strictObject(shared, {
  error: strictOr('expected the keys of a server, such as `interval: 60s`'),
});

/** One entry of `servers:` as written, and the body of POST /servers. */
export const serverSchema = z.strictObject(
  {
    id: serverId,
    name: line(128).optional(),
    url: httpUrl.optional(),
    command: commandList.optional(),
    env: environment.optional(),
    ...shared,
  },
  { error: strictOr('expected a server, such as `{ id: orders, url: https://orders.example.com/mcp }`') },
);

export type ServerEntry = z.output<typeof serverSchema>;

/** Says `expected` where the value is no mapping at all; unknown keys are left to the one who explains them. */
export function strictOr(expected: string): (issue: { readonly code?: string }) => string | undefined {
  return ({ code }) => (code === 'unrecognized_keys' ? undefined : expected);
}
