/** The things that can be good or bad about a server, in the order in which they fail. */
export const SIGNALS = ['protocol', 'canary', 'health_url', 'latency', 'pool', 'tools', 'tls', 'auth'] as const;
export type Signal = (typeof SIGNALS)[number];

/** How a signal stands. `unknown` means that nothing was learnt about it. */
export const LEVELS = ['ok', 'warn', 'fail', 'unknown'] as const;
export type Level = (typeof LEVELS)[number];

/** A server's overall standing. Maintenance is a flag beside it, not a state. */
export const SERVER_STATES = ['unknown', 'up', 'degraded', 'down', 'auth_required', 'rate_limited', 'paused'] as const;
export type ServerState = (typeof SERVER_STATES)[number];

/** What one probe alone says: a server's state without the pause. */
export type ProbeState = Exclude<ServerState, 'paused'>;

export const SEVERITIES = ['critical', 'major', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];
