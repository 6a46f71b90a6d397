import { expect, test } from 'vitest';
import { describe } from '../../src/core/message.ts';
import type { AddressedNotice } from '../../src/core/notice.ts';
import { reason } from '../../src/core/reasons.ts';
import type { SelfContext } from '../../src/core/self.ts';
import { openSelf, resolveSelf, SELF_ID } from '../../src/core/self.ts';
import { NOON } from '../fixtures/facts.ts';

const MINUTE = 60_000;

const offline = {
  about: 'network',
  reason: reason('monitor_offline', null, 'The control address does not answer, nor do 12 servers.'),
  facts: [{ label: 'control', value: 'https://example.com: no answer in 5 s' }],
  since: NOON,
};

function context(changes: Partial<SelfContext> = {}): SelfContext {
  const ids = (function* () {
    for (let n = 1; ; n += 1) yield `id${n}`;
  })();
  return {
    routes: [
      { id: 'mail', severity: null, tags: ['prod'] },
      { id: 'major', severity: 'major', tags: [] },
      { id: 'pager', severity: 'critical', tags: [] },
    ],
    location: 'local',
    publicUrl: 'http://127.0.0.1:8080',
    at: NOON + MINUTE,
    newId: () => String(ids.next().value),
    ...changes,
  };
}

const channelsOf = (notices: readonly AddressedNotice[]) => notices.map(({ channel }) => channel);

test('an incident of the monitor is told to every channel that takes its severity, whatever its tags', () => {
  const { incident, notices } = openSelf(offline, context());
  expect(channelsOf(notices)).toEqual(['mail', 'major']);
  expect(incident).toMatchObject({ serverId: SELF_ID, severity: 'major', told: ['mail', 'major'], startedAt: NOON });
  expect(notices[0]?.notice.dashboardUrl).toBe(`http://127.0.0.1:8080/incidents/${incident.id}`);
});

test('its end goes where its beginning went', () => {
  const { incident } = openSelf(offline, context({ except: ['mail'] }));
  expect(incident.told).toEqual(['major']);
  const { incident: over, notices } = resolveSelf(incident, context({ at: NOON + 8 * MINUTE }));
  expect(channelsOf(notices)).toEqual(['major']);
  expect(over.resolvedAt).toBe(NOON + 8 * MINUTE);
  expect(notices[0]?.notice.event).toBe('incident.resolved');
});

test('with nobody to tell it is kept as told to nobody', () => {
  const { incident, notices } = openSelf(offline, context({ routes: [] }));
  expect(channelsOf(notices)).toEqual([null]);
  expect(incident.told).toEqual([]);
});

test('its messages speak of the monitor, never of a server or of probes', () => {
  const { incident, notices } = openSelf(offline, context());
  const begin = notices.map(({ notice }) => describe(notice))[0];
  expect(begin?.subject).toBe('OFFLINE · AliveMCP monitor · our own network is gone');
  expect(begin?.sentence).toBe('AliveMCP monitor cannot reach the network, so nothing is known of the servers.');
  expect(begin?.explanation).toContain('The control address does not answer');
  expect(begin?.facts.map(([label]) => label)).toEqual([
    'Control',
    'Reason',
    'Severity',
    'Since',
    'Monitor',
    'Probed from',
  ]);
  expect(begin?.tryThis).toHaveLength(1);
  const { notices: after } = resolveSelf(incident, context({ at: NOON + 8 * MINUTE }));
  const end = after.map(({ notice }) => describe({ ...notice, wasDown: true }))[0];
  expect(end?.subject).toBe('UP · AliveMCP monitor · was offline 8 min');
  expect(end?.sentence).toBe('AliveMCP monitor was offline 12:00–12:08 UTC and reaches the network again.');
  expect(end?.explanation).not.toContain('probe');
});
