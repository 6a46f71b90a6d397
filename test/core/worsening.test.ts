import { expect, test } from 'vitest';
import { decideIncidents } from '../../src/core/incidents.ts';
import { judge } from '../../src/core/judge.ts';
import { reason } from '../../src/core/reasons.ts';
import { decideNotices, namedIn } from '../../src/core/routing.ts';
import { severityOf } from '../../src/core/severity.ts';
import { advance, newStatus } from '../../src/core/state.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { aReport, aServer, callTool, NOON } from '../fixtures/facts.ts';
import { anIncident } from '../fixtures/notices.ts';

const breaking = reason('tools_changed_breaking', 'tools_list', 'The tool ship is gone.');
const broken: Verdict = { level: 'fail', reason: breaking };
const rule = {
  of: 'initialize',
  p95Ms: 500,
  overMs: 60_000,
  minSamples: 5,
  confirmOverMs: 60_000,
  spike: null,
} as const;
const server = aServer({
  channels: ['mail', 'pager'],
  announceFirst: true,
  canaries: [callTool],
  latencyRules: [rule],
});
const routes = [
  { id: 'mail', severity: null, tags: [] },
  { id: 'pager', severity: 'major', tags: [] },
] as const;
const context = {
  server: namedIn(server),
  channels: server.channels,
  routes,
  location: 'local',
  publicUrl: 'http://x',
  at: NOON,
  newId: () => 'new',
};

const told = anIncident({
  id: 'drift',
  signal: 'tools',
  level: 'warn',
  severity: 'info',
  reason: reason('tools_changed', 'tools_list', 'search: parameter zip is new.'),
  cause: null,
  told: ['mail'],
});

/** One probe that says breaking drift, while these incidents are open. */
function probed(open: readonly (typeof told)[]) {
  const report = aReport();
  const judgement = judge(report, server, { tools: broken });
  const before = newStatus(server.id, NOON);
  const { status: after, turns } = advance(before, judgement, server.confirm, NOON);
  const newId = () => 'new';
  return decideIncidents({
    server,
    report,
    judgement,
    before,
    after,
    turns,
    open,
    at: NOON,
    newId,
    toolLines: ['Gone.'],
  });
}

test('drift that breaks callers is a major incident, other drift an info', () => {
  expect(severityOf('tools', breaking)).toBe('major');
  expect(severityOf('tools', reason('tools_changed', 'tools_list'))).toBe('info');
  expect(severityOf('tools', reason('tools_unstable', 'tools_list'))).toBe('info');
  expect(severityOf('canary', null)).toBe('critical');
});

test('an incident that grows more severe is told to those who were not told of it yet, and to nobody twice', () => {
  const { changed, announcements } = probed([told]);
  expect(changed).toMatchObject([{ id: 'drift', severity: 'major', level: 'fail', evidence: { texts: ['Gone.'] } }]);
  const { notices, told: after } = decideNotices(announcements, context);
  expect(notices.map(({ channel, notice }) => [channel, notice.event])).toEqual([['pager', 'incident.opened']]);
  expect(after[0]?.told).toEqual(['mail', 'pager']);
  const [grown] = after;
  if (grown === undefined) throw new Error('nothing was told');
  expect(decideNotices([{ event: 'incident.opened', incident: grown }], context).notices).toEqual([]);
  const ended = decideNotices([{ event: 'incident.resolved', incident: grown }], context).notices;
  expect(ended.map(({ channel }) => channel)).toEqual(['mail', 'pager']);
});

test('one that was evidence of a less severe incident stands for itself once it is worse', () => {
  const slow = anIncident({ id: 'slow', signal: 'latency', severity: 'warning', told: ['mail'] });
  const { changed, announcements } = probed([slow, { ...told, told: null, attachedTo: 'slow' }]);
  expect(changed.find(({ id }) => id === 'drift')).toMatchObject({ attachedTo: null, severity: 'major' });
  expect(announcements.map(({ event, incident }) => [event, incident.id])).toEqual([['incident.opened', 'drift']]);
});

test('one that was evidence of a worse incident stays so', () => {
  const down = anIncident({ id: 'down', told: ['mail'] });
  const { changed, announcements } = probed([down, { ...told, told: null, attachedTo: 'down' }]);
  expect(changed.find(({ id }) => id === 'drift')).toMatchObject({ attachedTo: 'down', severity: 'major' });
  expect(announcements).toEqual([]);
});

test('one that grew more severe in the probe that ended what it was evidence of is told once', () => {
  const gone = anIncident({ id: 'gone', signal: 'protocol', told: ['mail'] });
  const { announcements } = probed([gone, { ...told, told: null, attachedTo: 'gone' }]);
  expect(announcements.map(({ event, incident }) => [event, incident.id])).toEqual([
    ['incident.resolved', 'gone'],
    ['incident.opened', 'drift'],
  ]);
});
