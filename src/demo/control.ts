import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Log } from '../core/ports.ts';
import { ICON, PAGE } from './control-page.ts';
import { SCRIPT } from './control-script.ts';
import { STYLE } from './control-style.ts';
import { FAULT_NAMES } from './fault.ts';
import { type FaultDesk, UnknownFaultError } from './fault-desk.ts';
import { answerJson, createListener, readBody } from './listener.ts';

const MAX_BODY_BYTES = 4_096;
const MAX_LATENCY_MS = 60_000;

const FILES: Readonly<Record<string, { readonly type: string; readonly body: string }>> = {
  '/': { type: 'text/html; charset=utf-8', body: PAGE },
  '/control.css': { type: 'text/css; charset=utf-8', body: STYLE },
  '/control.js': { type: 'text/javascript; charset=utf-8', body: SCRIPT },
  '/icon.svg': { type: 'image/svg+xml', body: ICON },
};

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

const faultBody = z.strictObject({ on: z.boolean(), ms: z.number().int().min(1).max(MAX_LATENCY_MS).optional() });
const faultPath = z.tuple([z.literal('faults'), z.string(), z.enum(FAULT_NAMES)]);
const resetPath = z.union([z.tuple([z.literal('reset')]), z.tuple([z.literal('reset'), z.string()])]);

/** Serves the control page and its API: `GET /state`, `POST /faults/{server}/{fault}` with `{on, ms?}`, `POST /reset` and `/reset/{server}`. */
export async function startControl({
  host,
  port,
  desk,
  log,
}: {
  host: '127.0.0.1';
  port: number;
  desk: FaultDesk;
  log: Log;
}): Promise<{ url: string; close(): Promise<void> }> {
  const listener = createListener({
    host,
    port,
    log,
    async handle(request, response, path) {
      const file = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
      if (request.method === 'GET' && file !== undefined) {
        response.writeHead(200, { ...HEADERS, 'content-type': file.type });
        response.end(file.body);
      } else if (request.method === 'GET' && path === '/state') {
        answerJson(response, 200, { servers: desk.state() });
      } else if (request.method === 'POST') {
        await change(path, request, response, desk);
      } else {
        problem(response, 404, 'There is nothing at this path.');
      }
    },
  });
  await listener.start();
  return { url: `${listener.origin()}/`, close: listener.stop };
}

/** Answers with the state after the change. */
async function change(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  desk: FaultDesk,
): Promise<void> {
  const segments = path.slice(1).split('/');
  const reset = resetPath.safeParse(segments);
  const fault = faultPath.safeParse(segments);
  const body = faultBody.safeParse(parse(await readBody(request, MAX_BODY_BYTES)));
  try {
    if (reset.success) await desk.reset(reset.data[1]);
    else if (!fault.success)
      return problem(response, 404, `There is no such fault. Faults: ${FAULT_NAMES.join(', ')}.`);
    else if (!body.success)
      return problem(response, 422, `Send {"on": true} or {"on": false}: ${z.prettifyError(body.error)}`);
    else await desk.set(fault.data[1], fault.data[2], body.data.on, body.data.ms);
    answerJson(response, 200, { servers: desk.state() });
  } catch (error) {
    if (error instanceof UnknownFaultError) return problem(response, 404, error.message);
    problem(response, 409, error instanceof Error ? error.message : String(error));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problem(response: ServerResponse, status: number, detail: string): void {
  answerJson(response, status, { type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail });
}

const TITLES: Readonly<Record<number, string>> = { 404: 'Not found', 409: 'It could not be done', 422: 'Invalid body' };
