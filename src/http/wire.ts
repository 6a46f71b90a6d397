import type { z } from 'zod';
import type * as incident from './schema-incident.ts';
import type * as maintenance from './schema-maintenance.ts';
import type * as monitor from './schema-monitor.ts';
import type * as probe from './schema-probe.ts';
import type * as server from './schema-server.ts';
import type * as statusPage from './schema-status-page.ts';
import type * as tools from './schema-tools.ts';

/*
 * The types of every answer of the HTTP API, for the dashboard; the schemas beside this file are the server's.
 * snake_case; times are ISO 8601 UTC, durations milliseconds with `_ms`, shares 0..1; what is missing is null.
 * An answer holds what is named here and nothing else: the serialiser drops the rest.
 */

export type Reason = z.infer<typeof probe.Reason>;
export type Pool = z.infer<typeof probe.Pool>;
export type Step = z.infer<typeof probe.Step>;
export type LikelyCause = z.infer<typeof probe.LikelyCause>;
export type CanaryResult = z.infer<typeof probe.CanaryResult>;
export type Probe = z.infer<typeof probe.Probe>;
export type ServerRow = z.infer<typeof server.ServerRow>;
export type PastedServers = z.infer<typeof server.PastedServers>;
export type Beats = z.infer<typeof server.Beats>;
export type ServerDetail = z.infer<typeof server.ServerDetail>;
export type Latency = z.infer<typeof server.Latency>;
export type Timeline = z.infer<typeof server.Timeline>;
export type Pools = z.infer<typeof server.Pools>;
export type Tool = z.infer<typeof tools.Tool>;
export type Trial = z.infer<typeof tools.Trial>;
export type Tools = z.infer<typeof tools.Tools>;
export type ToolDifference = z.infer<typeof tools.ToolDifference>;
export type ToolChange = z.infer<typeof tools.ToolChange>;
export type UptimeDays = z.infer<typeof server.UptimeDays>;
export type Preview = z.infer<typeof incident.Preview>;
export type Delivery = z.infer<typeof incident.Delivery>;
export type Notice = z.infer<typeof incident.Notice>;
export type Incident = z.infer<typeof incident.Incident>;
export type IncidentDetail = z.infer<typeof incident.IncidentDetail>;
export type Channel = z.infer<typeof incident.Channel>;
export type ChannelKind = z.infer<typeof incident.ChannelKind>;
export type ChannelTest = z.infer<typeof incident.ChannelTest>;
export type StatusPage = z.infer<typeof statusPage.StatusPage>;
export type MaintenanceWindow = z.infer<typeof maintenance.MaintenanceWindow>;
export type Problem = z.infer<typeof monitor.Problem>;
export type Summary = z.infer<typeof monitor.Summary>;
export type Monitor = z.infer<typeof monitor.Monitor>;
export type ServerEvent = z.infer<typeof monitor.ServerEvent>;

/** One page of a list. `next` is the cursor of the following one; null at the end. */
export interface Page<T> {
  items: T[];
  next: string | null;
}
