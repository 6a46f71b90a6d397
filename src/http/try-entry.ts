import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Step as CoreStep } from '../core/probe.ts';
import { probeAnswer, stepAnswer } from './probe-answer.ts';
import { ProblemError } from './problem.ts';
import type { App, Room } from './room.ts';
import { Probe } from './schema-probe.ts';
import { Entry } from './schema-request.ts';

/** A probe has 30 s in all; the rest is for waiting its turn. */
const DEADLINE_MS = 60_000;
const MAX_AT_ONCE = 4;

/**
 * `POST /probe`: one probe of an entry that is not saved. With `Accept: text/event-stream` each step is sent as it
 * ends (`event: step`), then the whole probe (`event: probe`).
 */
export function tryRoutes(app: App, { monitor }: Room): void {
  let running = 0;
  app.post(
    '/probe',
    {
      schema: { tags: ['probes'], summary: 'Probe an entry that is not saved', body: Entry, response: { 200: Probe } },
    },
    async ({ body, headers }, reply) => {
      if (running >= MAX_AT_ONCE) throw busy();
      running += 1;
      const gone = closing(reply.raw);
      const steps = stepStream(reply, headers.accept?.includes('text/event-stream') ?? false);
      try {
        const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(DEADLINE_MS)]);
        const record = await monitor.tryEntry(body, steps.send, signal);
        const answer = probeAnswer({ ...record, id: null });
        return steps.end(answer) ? reply : answer;
      } catch (error) {
        if (!gone.signal.aborted && !steps.fail()) throw error;
        return reply.hijack();
      } finally {
        running -= 1;
        gone.forget();
      }
    },
  );
}

function busy(): ProblemError {
  return new ProblemError(429, `${MAX_AT_ONCE} tests are running already. Try again when one of them is done.`, {
    headers: { 'retry-after': '5' },
  });
}

/** Aborts when the client leaves before it has its answer. */
function closing(response: ServerResponse): { signal: AbortSignal; forget: () => void } {
  const controller = new AbortController();
  const onClose = () => controller.abort(new Error('the client left'));
  response.once('close', onClose);
  return { signal: controller.signal, forget: () => response.off('close', onClose) };
}

interface StepStream {
  readonly send: (step: CoreStep) => void;
  /** Each is false when this is no stream, or none has begun yet. */
  readonly end: (probe: object) => boolean;
  readonly fail: () => boolean;
}

function stepStream(reply: FastifyReply, isWanted: boolean): StepStream {
  let hasBegun = false;

  function write(event: string, body: object): void {
    if (!hasBegun) {
      reply.hijack();
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
    }
    hasBegun = true;
    reply.raw.write(`event: ${event}\ndata: ${JSON.stringify(body)}\n\n`);
  }

  return {
    send(step) {
      if (isWanted) write('step', stepAnswer(step));
    },
    end(probe) {
      if (isWanted) {
        write('probe', probe);
        reply.raw.end();
      }
      return isWanted;
    },
    fail() {
      if (hasBegun) reply.raw.destroy();
      return hasBegun;
    },
  };
}
