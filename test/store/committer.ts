import { writeSync } from 'node:fs';
import { openStore } from '../../src/store/open.ts';
import { realClock } from '../fixtures/clock.ts';
import { keepingLog } from './quiet.ts';
import { incident, opening, resolving } from './samples.ts';

/**
 * A process that opens and resolves incidents of three servers for as long as it lives, two channels each, and writes
 * `server version` to its output after each commit that was acknowledged. Usage: committer.ts FILE
 */
const HOUR_MS = 3_600_000;
const [, , file = ''] = process.argv;
const store = await openStore({ url: `sqlite:${file}`, clock: realClock, log: keepingLog() });
const versions = new Map([...(await store.statuses()).values()].map((status) => [status.serverId, status.version]));
const channels = ['ops', 'pager'];
const turn = async (serverId: string): Promise<void> => {
  const version = (versions.get(serverId) ?? 0) + 1;
  const about = incident(serverId, `${serverId}-${Math.ceil(version / 2)}`);
  const change = version % 2 === 1 ? opening : resolving;
  await store.commit(change(about, version, Date.now(), channels));
  versions.set(serverId, version);
  writeSync(1, `${serverId} ${version}\n`);
};
for (let hours = 1; ; hours += 1) {
  // At once, as probes end: what shares a transaction is acknowledged no sooner than what has one to itself.
  await Promise.all(['a', 'b', 'c'].map(turn));
  // House-keeping is not waited for until it is on the disk; what comes after it is.
  await store.rollUp(Date.now() + hours * HOUR_MS, 0);
}
