import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemo } from '../../src/demo/demo.ts';
import { healthCheck, quiet, toolNames, urlOf } from './support.ts';

// Run as a process of its own: whatever close() forgets keeps it alive.
const folder = mkdtempSync(join(tmpdir(), 'alivemcp-test-'));
process.env['TMPDIR'] = folder;

const demo = await startDemo({ host: '127.0.0.1', log: quiet });
await healthCheck(demo);
await demo.faults.set('pooled', 'leak_connection', true);
await demo.faults.set('pooled', 'exhaust_pool', true);
await demo.faults.set('pooled', 'kill_database', true);
await demo.faults.set('steady', 'hang_tool', true);
await demo.faults.set('slow', 'add_latency', true, 60_000);
// One call that waits for the pool, one handshake that would take a minute: both must be let go.
const waiting = [healthCheck(demo), toolNames(urlOf(demo, 'slow'))].map((call) => call.catch(() => undefined));
await demo.close();
await Promise.all(waiting);
console.log(`closed, ${readdirSync(folder).length} files left`);
rmdirSync(folder);
