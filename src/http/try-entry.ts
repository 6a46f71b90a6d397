import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Step as CoreStep } from '../core/probe.ts';
import { explain } from './errors.ts';
import { probeAnswer, stepAnswer } from './probe-answer.ts';
import { ProblemError, problemAnswer } from './problem.ts';
import type { App, Room } from './room.ts';
import { Entry } from './schema-request.ts';
import { Trial } from './schema-tools.ts';
import { toolAnswer } from './tools.ts';
import type * as wire from './wire.ts';

/** A probe has 30 s in all; the rest is for waiting its turn. */
const DEADLINE_MS = 60_000;
const MAX_AT_ONCE = 4;
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/**
 * `POST /probe`: one probe of an entry that is not saved. With `Accept: text/event-stream` each step is sent as it
 * ends (`event: step`), then the whole probe (`event: probe`), or why there is none (`event: problem`).
 */
export function tryRoutes(app: App, { monitor, log }: Room): void {
  let running = 0;
  app.post(
    '/probe',
    {
      schema: { tags: ['probes'], summary: 'Probe an entry that is not saved', body: Entry, response: { 200: Trial } },
    },
    async (request, reply) => {
      if (running >= MAX_AT_ONCE) throw busy();
      running += 1;
      const gone = closing(reply.raw);
      const steps = stepStream(reply, request.headers.accept?.includes('text/event-stream') ?? false);
      try {
        const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(DEADLINE_MS)]);
        const record = await monitor.tryEntry(request.body, steps.send, signal);
        const tools = record.report.tools?.list?.tools ?? [];
        return steps.end({ ...probeAnswer({ ...record, id: null }), tools: tools.map(toolAnswer) });
      } catch (error) {
        if (gone.signal.aborted) return reply.hijack();
        if (!steps.hasBegun()) throw error;
        return steps.fail(problemAnswer(explain(error, request, log), request.id));
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
  readonly hasBegun: () => boolean;
  /** The probe as an answer: the end of the stream, or itself where no stream is wanted. */
  readonly end: (probe: wire.Trial) => FastifyReply | wire.Trial;
  readonly fail: (problem: wire.Problem) => FastifyReply;
}

function stepStream(reply: FastifyReply, isWanted: boolean): StepStream {
  let hasBegun = false;

  function write(event: 'step' | 'probe' | 'problem', body: object): void {
    if (!hasBegun) reply.hijack().raw.writeHead(200, HEADERS);
    hasBegun = true;
    reply.raw.write(`event: ${event}\ndata: ${JSON.stringify(body)}\n\n`);
  }

  function close(event: 'probe' | 'problem', body: object): FastifyReply {
    write(event, body);
    reply.raw.end();
    return reply;
  }

  return {
    send(step) {
      if (isWanted) write('step', stepAnswer(step));
    },
    hasBegun: () => hasBegun,
    end: (probe) => (isWanted ? close('probe', probe) : probe),
    fail: (problem) => close('problem', problem),
  };
}
