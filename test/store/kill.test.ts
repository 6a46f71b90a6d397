import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { open, temporaryFolder } from './folder.ts';

const COMMITTER = fileURLToPath(new URL('./committer.ts', import.meta.url));
const ROUNDS = 6;
const CHANNELS = 2;

/** Runs the committer until it has acknowledged `enough` commits, kills it, and resolves with the last version of each server. */
function runAndKill(file: string, enough: number): Promise<Map<string, number>> {
  const child = spawn(process.execPath, ['--import', 'tsx', COMMITTER, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.split('\n').length > enough) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => resolve(lastVersions(output)));
  });
}

/** The last line may be cut: only lines that are whole were acknowledged. */
function lastVersions(output: string): Map<string, number> {
  const whole = output.split('\n').slice(0, -1);
  return new Map(
    whole.map((line) => {
      const [server = '', version] = line.split(' ');
      return [server, Number(version)];
    }),
  );
}

test('whatever is killed when, each acknowledged change is there, with its notices, and the store is sound', async () => {
  const file = join(temporaryFolder(), 'alivemcp.db');
  for (let round = 1; round <= ROUNDS; round += 1) {
    const acknowledged = await runAndKill(file, 20 * round);
    const store = await open(`sqlite:${file}`);
    expect(await store.quickCheck()).toBeNull();
    const statuses = await store.statuses();
    for (const [server, version] of acknowledged) {
      const stored = statuses.get(server)?.version ?? 0;
      // One commit may have reached the disk before its acknowledgement reached us.
      expect([version, version + 1]).toContain(stored);
      expect((await everything(store.probes.bind(store, server))).length).toBe(stored);
      const incidents = await everything((query) => store.incidents({ state: null, serverId: server }, query));
      expect(incidents.length).toBe(Math.ceil(stored / 2));
      expect(incidents.filter(({ resolvedAt }) => resolvedAt === null).length).toBe(stored % 2);
    }
    const transitions = [...statuses.values()].reduce((sum, { version }) => sum + version, 0);
    expect((await everything((query) => store.deliveries(null, query))).length).toBe(transitions * CHANNELS);
    await store.close();
  }
});

async function everything<T>(
  read: (query: {
    limit: number;
    cursor: string | null;
  }) => Promise<{ readonly items: readonly T[]; readonly next: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: { readonly items: readonly T[]; readonly next: string | null } = await read({ limit: 1000, cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}
