import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { kindAnswer } from '../../src/http/incident-answer.ts';
import { notifierKinds } from '../../src/notify/registry.ts';
import * as fixtures from './fixtures.ts';
import * as tools from './fixtures-tools.ts';
import * as windows from './fixtures-windows.ts';

/** What the fake answers: a body, or a status with one. A function is asked each time. */
type Answer = unknown | ((request: Asked) => unknown);

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export class Refused {
  readonly status: number;
  readonly problem: Readonly<Record<string, unknown>>;
  constructor(status: number, problem: Readonly<Record<string, unknown>>) {
    this.status = status;
    this.problem = problem;
  }
}

/** An answer without a body. */
export const NOTHING = Symbol('204');

/** A page of its own, under the policy the real program sends with a mail. */
export class Html {
  readonly words: string;
  constructor(words: string) {
    this.words = words;
  }
}

const MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox";

/** A stream of server-sent events in answer to a POST. */
export class Streamed {
  readonly events: readonly (readonly [string, unknown])[];
  constructor(events: readonly (readonly [string, unknown])[]) {
    this.events = events;
  }
}

export interface FakeApi {
  readonly url: string;
  /** Requests that change something, in order. */
  readonly changes: Asked[];
  /** Answers `METHOD /path` (under /api/v1) by this from now on. */
  answer(route: string, answer: Answer): void;
  /** Tells it to the pages that listen; before the first does it waits for that one. */
  push(event: string, data: unknown): void;
  /** How many event streams are open. */
  streams(): number;
  /** Cuts the event streams, and refuses new ones until `restore`. */
  cut(): void;
  restore(): void;
  close(): Promise<void>;
}

// The page must work under the policy the real program sends.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Serves the built page and an API that answers from fixtures. */
export async function startFakeApi(pages: string): Promise<FakeApi> {
  const answers = new Map<string, Answer>(Object.entries(DEFAULTS));
  const streams = new Set<ServerResponse>();
  const changes: Asked[] = [];
  /** null: a page has listened. */
  let early: string[] | null = [];
  let refusing = false;

  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    if (!url.pathname.startsWith('/api/v1')) return servePage(pages, url.pathname, response);
    const path = url.pathname.slice('/api/v1'.length);
    if (path === '/events') return openStream(response);
    const method = request.method ?? 'GET';
    const asked = { method, path, query: url.searchParams, body: await bodyOf(request) };
    if (method !== 'GET') changes.push(asked);
    const answer = find(answers, asked);
    send(response, await (typeof answer === 'function' ? answer(asked) : answer));
  }

  function openStream(response: ServerResponse): void {
    if (refusing) {
      response.destroy();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': here\n\n');
    streams.add(response);
    for (const block of early ?? []) response.write(block);
    early = null;
    response.on('close', () => streams.delete(response));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    changes,
    answer: (route, answer) => answers.set(route, answer),
    push(event, data) {
      const block = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
      early?.push(block);
      for (const stream of streams) stream.write(block);
    },
    streams: () => streams.size,
    cut() {
      refusing = true;
      for (const stream of streams) stream.destroy();
    },
    restore() {
      refusing = false;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const list = (items: readonly unknown[]) => ({ items, next: null });

const DEFAULTS: Readonly<Record<string, Answer>> = {
  'GET /summary': fixtures.SUMMARY,
  'GET /servers': list(fixtures.ROWS),
  'GET /servers/beats': { items: fixtures.ROWS.map(({ id }) => ({ id, beats: fixtures.beatsOf(id) })) },
  'GET /servers/:id': ({ path }: Asked) =>
    path.endsWith('/billing')
      ? fixtures.UI_DETAIL
      : path.endsWith('/orders')
        ? fixtures.DETAIL
        : new Refused(404, { detail: 'There is no server with this id.' }),
  'GET /servers/:id/latency': ({ path, query }: Asked) => fixtures.latencyOf(path.split('/')[2] ?? '', query),
  'GET /servers/:id/pools': ({ query }: Asked) => fixtures.poolsOf(query),
  'GET /servers/:id/timeline': ({ query }: Asked) => fixtures.timelineOf(query),
  'GET /servers/:id/uptime': () => fixtures.uptimeDays(),
  'GET /servers/:id/probes': list(fixtures.PROBES),
  'GET /servers/:id/tools': tools.TOOLS,
  'GET /servers/:id/tools/changes': list([]),
  'POST /servers/:id/probe': fixtures.BAD_PROBE,
  'GET /incidents': ({ query }: Asked) => {
    const all = [fixtures.INCIDENT, fixtures.SLOW_INCIDENT, fixtures.OLD_INCIDENT];
    return list(
      all
        .filter((item) => query.get('state') === null || item.state === query.get('state'))
        .filter((item) => query.get('server') === null || item.server.id === query.get('server')),
    );
  },
  'GET /incidents/:id': fixtures.INCIDENT_DETAIL,
  'GET /channels': list(fixtures.CHANNELS),
  'GET /channel-kinds': list([...notifierKinds.values()].map(({ form }) => kindAnswer(form))),
  'GET /deliveries': list(fixtures.DELIVERIES),
  'GET /deliveries/:id/mail': new Html(fixtures.MAIL),
  'GET /maintenance': list(windows.PLANNED),
  'GET /status-pages': list(windows.PAGES),
  'GET /monitor': fixtures.MONITOR,
};

function find(answers: ReadonlyMap<string, Answer>, { method, path }: Asked): Answer {
  const exact = answers.get(`${method} ${path}`);
  return (
    exact ??
    answers.get(`${method} ${path.replace(/^(\/[\w-]+\/)[^/]+/, '$1:id')}`) ??
    new Refused(404, { detail: `The fake has no ${method} ${path}.` })
  );
}

function send(response: ServerResponse, value: unknown): void {
  if (value instanceof Refused) {
    response.writeHead(value.status, { 'content-type': 'application/problem+json' });
    response.end(
      JSON.stringify({
        type: 'about:blank',
        title: 'Refused',
        status: value.status,
        detail: '',
        errors: [],
        request_id: 'r',
        ...value.problem,
      }),
    );
  } else if (value instanceof Streamed) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(value.events.map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join(''));
  } else if (value instanceof Html) {
    response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': MAIL_POLICY }).end(value.words);
  } else if (value === NOTHING) {
    response.writeHead(204).end();
  } else {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  }
}

async function servePage(pages: string, path: string, response: ServerResponse): Promise<void> {
  if (path.startsWith('/badge/')) {
    response.writeHead(200, { 'content-type': 'image/svg+xml' }).end('<svg xmlns="http://www.w3.org/2000/svg"/>');
    return;
  }
  if (path === '/login') {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>');
    return;
  }
  const file = extname(path) === '' ? 'index.html' : normalize(path);
  const content = await readFile(join(pages, file));
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
  });
  response.end(content);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? null : JSON.parse(text);
}
