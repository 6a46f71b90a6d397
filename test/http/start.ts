import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dispatcher, request } from 'undici';
import { onTestFinished } from 'vitest';
import { readPasted } from '../../src/config/pasted.ts';
import type { Clock } from '../../src/core/ports.ts';
import { type AppOptions, createApp } from '../../src/http/app.ts';
import { createExportHere } from '../../src/http/export-here.ts';
import { createFakeClock, type FakeClock } from '../fixtures/clock.ts';
import { createFakeMonitor, type FakeMonitor } from './fake-monitor.ts';
import { createFakeStore, emptyMemory, type Memory } from './fake-store.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body, parsed; null when it is not JSON. */
  readonly json: unknown;
}

export interface Started {
  readonly url: string;
  readonly host: string;
  readonly clock: FakeClock;
  readonly monitor: FakeMonitor;
  readonly memory: Memory;
  /** What was logged, as JSON lines. */
  readonly log: string[];
  readonly close: () => Promise<void>;
  call(method: Dispatcher.HttpMethod, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
}

/** The HTTP interface on a free port of loopback, over a monitor and a store that a test fills. */
export async function start(changes: Partial<AppOptions> = {}): Promise<Started> {
  const clock = createFakeClock();
  const memory = emptyMemory();
  const monitor = createFakeMonitor(clock, memory);
  const log: string[] = [];
  const write = (fields: object, message: string) => log.push(JSON.stringify({ ...fields, message }));
  const store = createFakeStore(memory);
  const app = await createApp({
    monitor,
    store,
    exportProbes: createExportHere(store),
    clock: clock satisfies Clock,
    log: { info: write, warn: write, error: write },
    version: '0.1.0',
    webRoot: emptyFolder(),
    listenHost: '127.0.0.1',
    publicUrl: 'http://127.0.0.1:8080',
    password: null,
    previewers: [
      ({ server }) => ({
        kind: 'email',
        subject: `DOWN · ${server.name}`,
        text: 'It is down.',
        html: '<p>It is down.</p>',
      }),
      () => ({ kind: 'http', method: 'POST', headers: { 'webhook-id': 'n1' }, body: '{"version":1}' }),
    ],
    readPasted,
    channelForms: [],
    isScheduling: () => true,
    ...changes,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await app.close();
  });

  async function call(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) {
    const sent = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const type = body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' };
    const answer = await request(url + path, { method, body: sent, headers: { ...type, ...headers } });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text, json: parse(text) };
  }

  return {
    url,
    host: new URL(url).host,
    clock,
    monitor,
    memory,
    log,
    close: () => app.close(),
    call,
    get: (path, headers) => call('GET', path, undefined, headers),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'alivemcp-web-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
