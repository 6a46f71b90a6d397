import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { openApi } from '../fixtures/api.ts';
import { openPlace, type Place, type Program } from '../fixtures/program.ts';
import { startReceiver } from '../fixtures/receiver.ts';
import { BROKEN, startMoody, WELL } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';

const IDS = ['orders', 'files', 'mail'];
const DISK_BYTES = 4 * 2 ** 20;

interface Disk {
  readonly name: string;
  /** Called before the program starts. */
  prepare(here: Place): void;
  fill(here: Place, program: Program): void;
  free(here: Place, program: Program): void;
  readonly sentence: RegExp;
}

/** A disk of 4 MiB, which only root can make. */
const tmpfs: Disk = {
  name: 'a disk of 4 MiB that is full',
  prepare(here) {
    mkdirSync(here.path('data'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', here.path('data')]);
    // Lazily: the program may not have ended yet.
    onTestFinished(() => void execFileSync('umount', ['-l', here.path('data')]));
  },
  // Ends when nothing more goes in.
  fill: (here) => void spawnSync('dd', ['if=/dev/zero', `of=${here.path('data/filler')}`, 'bs=4k']),
  free: (here) => rmSync(here.path('data/filler')),
  sentence: /its disk is full\. Free some space/,
};

/** What anybody may do to a process of theirs: no file of it may grow any more. */
const limit: Disk = {
  name: 'a disk that takes no more',
  prepare: () => undefined,
  fill: (here, { pid }) => setLimit(pid, statSync(here.path('data/a.db-wal')).size),
  free: (_, { pid }) => setLimit(pid, 'unlimited'),
  sentence: /its disk reported an error\. Check the disk/,
};

const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;

test.each(canMount ? [limit, tmpfs] : [limit])(
  '$name: it is told, probing goes on, and once it takes something again nothing that was seen is missing',
  async (disk) => {
    const target = await startMoody();
    onTestFinished(target.close);
    const heard: string[] = [];
    const receiver = await startReceiver((response, { body }) => {
      heard.push(body);
      response.writeHead(204).end();
    });
    onTestFinished(receiver.close);
    const here = await openPlace();
    onTestFinished(here.close);
    disk.prepare(here);
    await here.write('config.yaml', {
      monitor: { store: 'sqlite:data/a.db' },
      defaults: { interval: '1s', confirm: { down: 2, up: 1, recheck: '1s' }, channels: ['pager'] },
      channels: { pager: { type: 'webhook', url: receiver.url } },
      servers: IDS.map((id) => ({ id, url: target.url(id) })),
    });
    const program = await here.serve();
    const api = openApi(program.url);
    for (const id of IDS) await api.becomes(id, 'up');
    const visitsOf = (id: string) => target.visits().filter(({ path }) => path === id).length;

    disk.fill(here, program);
    const { fault } = await until(
      async () => {
        const { store } = await api.monitor();
        return store.fault !== null && { ...store };
      },
      { what: 'the store says that it takes no more', ms: 30_000 },
    );
    expect(fault).toMatch(disk.sentence);
    target.become(BROKEN, 'mail');
    const before = IDS.map(visitsOf);
    await until(() => IDS.every((id, at) => visitsOf(id) >= (before[at] ?? 0) + 5), {
      what: 'probing goes on',
      ms: 30_000,
    });
    expect((await api.probes('orders')).length).toBeGreaterThan(0);
    expect((await api.send('GET', '/ready')).status).toBe(200);
    expect(heard).toEqual([]);

    disk.free(here, program);
    await api.becomes('mail', 'down', 30_000);
    await until(() => heard.length === 1, { what: 'the outage is told' });
    expect((await api.monitor()).store).toMatchObject({ fault: null, waiting: 0 });
    for (const id of ['orders', 'files']) {
      const seen = visitsOf(id);
      await until(async () => (await api.probes(id)).length >= seen, { what: 'each probe of a good server is kept' });
    }
    const lines = program.stdout().split('\n');
    expect(lines.filter((line) => line.includes('the store refuses to write'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('the store takes results again'))).toHaveLength(1);
    target.become(WELL, 'mail');
    await api.becomes('mail', 'up');
    expect(await program.stop()).toEqual({ code: 0, signal: null });
    const checked = await here.serve();
    expect((await openApi(checked.url).incidents()).map(({ state }) => state)).toEqual(['resolved']);
  },
);

function setLimit(pid: number, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
}
