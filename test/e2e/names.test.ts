import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { loadDeps } from '../../src/cli/load-deps.ts';
import { compose } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load.ts';
import { openApi } from '../fixtures/api.ts';
import { realClock } from '../fixtures/clock.ts';

const CONFIG = JSON.stringify({
  monitor: { listen: '127.0.0.1:0', store: 'sqlite::memory:' },
  servers: [
    { id: 'dns-not-found', url: 'http://nowhere.test/mcp' },
    { id: 'dns-failed', url: 'http://later.test/mcp' },
    { id: 'silent', url: 'http://silent.test/mcp', timeout: '1s' },
    { id: 'monitor-fault', url: 'http://broken.test/mcp' },
  ],
});

/** Its answers do not depend on the network of the machine, as those of a real one would. */
async function lookup(name: string): Promise<readonly string[]> {
  if (name === 'nowhere.test') throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
  if (name === 'later.test') throw Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' });
  if (name === 'silent.test') return new Promise(() => undefined);
  // Not what its type says: whatever follows is our own fault.
  return JSON.parse('[7]');
}

test('names that do not exist or are not looked up in time, and a fault of ours, have reasons of their own', async () => {
  const read = () => loadConfig('config.yaml', { ...loadDeps(), readFile: async () => CONFIG });
  const loaded = await read();
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  const errors: string[] = [];
  const running = await compose({
    config: loaded.config,
    readConfig: read,
    clock: realClock,
    log: { info: () => undefined, warn: () => undefined, error: (_, message) => void errors.push(message) },
    version: '0.0.0',
    webRoot: fileURLToPath(new URL('../../dist/web', import.meta.url)),
    secretKey: undefined,
    lookup,
  });
  onTestFinished(running.close);
  const api = openApi(running.url);
  const expected = {
    'dns-not-found': { state: 'down', reason: { code: 'dns_not_found', step: 'dns' } },
    'dns-failed': { state: 'down', reason: { code: 'dns_failed', step: 'dns' } },
    silent: { state: 'down', reason: { code: 'dns_failed', step: 'dns' } },
    'monitor-fault': { state: 'unknown', reason: { code: 'monitor_fault' } },
  };
  for (const [id, wanted] of Object.entries(expected)) {
    const [probe] = await api.probed(id, 1);
    expect(probe, id).toMatchObject(wanted);
  }
  expect(errors).toEqual(['probe failed by our own fault']);
});
