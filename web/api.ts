import type { Page, Problem } from '../src/http/wire.ts';
import { trusted } from './trust.ts';

/** A request of ours that brought no answer to use. The message says what happened, why, and what to do. */
export class ApiError extends Error {
  /** 0: no answer at all. */
  readonly status: number;
  readonly fields: readonly { readonly path: string; readonly message: string }[];
  constructor(message: string, status: number, fields: ApiError['fields'] = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.fields = fields;
  }
}

/** An ApiError as it is; anything else is a fault of this page and says so. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(
    `This page failed to use the monitor's answer: ${String(error)}. Reload the page; if it stays, report it.`,
    0,
  );
}

export interface Api {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  /** Every page of a list, one after the other. */
  all<T>(path: string, signal?: AbortSignal, onPart?: (items: readonly T[]) => void): Promise<T[]>;
  send<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>;
  /** A POST whose answer is a stream of server-sent events; calls `onEvent` for each. */
  stream(
    path: string,
    body: unknown,
    onEvent: (event: string, body: unknown) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

const ROOT = '/api/v1';
const DEADLINE_MS = 30_000;
/** A probe has 30 s in all, and may first have to wait for its turn. */
const PROBE_DEADLINE_MS = 90_000;
const PAGE_SIZE = 1_000;

/** Talks to the monitor. `signIn` is called when it wants a password. */
export function createApi(signIn: () => void): Api {
  async function call(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const response = await fetch(ROOT + path, { ...init, signal, cache: 'no-store' }).catch((error: unknown) => {
      if (signal.aborted && !isTimeout(signal.reason)) throw error;
      throw new ApiError(isTimeout(signal.reason) ? SILENT : UNREACHABLE, 0);
    });
    if (response.status === 401) signIn();
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
    const response = await call(path, { headers: { accept: 'application/json' } }, within(DEADLINE_MS, signal));
    return body<T>(response);
  }

  return {
    get,
    async all<T>(path: string, signal?: AbortSignal, onPart?: (items: readonly T[]) => void): Promise<T[]> {
      const first = `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE_SIZE}`;
      const items: T[] = [];
      for (let rest = ''; ; onPart?.(items)) {
        const page = await get<Page<T>>(first + rest, signal);
        items.push(...page.items);
        if (page.next === null) return items;
        rest = `&cursor=${encodeURIComponent(page.next)}`;
      }
    },
    async send<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, content?: unknown): Promise<T> {
      const response = await call(path, request(method, content, 'application/json'), within(PROBE_DEADLINE_MS));
      return body<T>(response);
    },
    async stream(path, content, onEvent, signal) {
      const response = await call(
        path,
        request('POST', content, 'text/event-stream'),
        within(PROBE_DEADLINE_MS, signal),
      );
      await readEvents(response, onEvent);
    },
  };
}

function request(method: string, content: unknown, accept: string): RequestInit {
  if (content === undefined) return { method, headers: { accept } };
  return { method, headers: { accept, 'content-type': 'application/json' }, body: JSON.stringify(content) };
}

function within(ms: number, signal?: AbortSignal): AbortSignal {
  return signal === undefined ? AbortSignal.timeout(ms) : AbortSignal.any([signal, AbortSignal.timeout(ms)]);
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

async function body<T>(response: Response): Promise<T> {
  return trusted<T>(response.status === 204 ? undefined : await response.json());
}

async function refusal(response: Response): Promise<ApiError> {
  const problem: Partial<Problem> | null = await body<Partial<Problem>>(response).catch(() => null);
  const words = problem?.detail ?? problem?.title ?? `The monitor answered ${response.status} ${response.statusText}.`;
  return new ApiError(words, response.status, problem?.errors ?? []);
}

const UNREACHABLE =
  'The monitor cannot be reached. It may be stopped, or the network between it and this browser is down.';
const SILENT = 'The monitor did not answer in time. It may be busy or hanging; its log says more.';

async function readEvents(response: Response, onEvent: (event: string, body: unknown) => void): Promise<void> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = `${rest}${value}`.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, event = '', words] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (words !== undefined) onEvent(event, JSON.parse(words));
    }
  }
}
