import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { StopSignal } from '../core/stop.ts';
import { type Budget, LIMITS } from './budget.ts';
import type { Child, Ending } from './child.ts';
import type { Conversation } from './conversation.ts';
import { isObject, parseJson } from './json.ts';
import { createLineReader } from './lines.ts';
import { createMailbox } from './mailbox.ts';
import { ProbeError, TimeUpError } from './probe-error.ts';
import { findAnswer, type RpcAnswer } from './rpc.ts';

export interface StdioOptions {
  readonly child: Child;
  readonly budget: Budget;
}

/** Lines on stdout that are no messages (MCP 2025-11-25, "Transports", stdio: a server must not write such). */
interface Noise {
  lines: number;
  /** Of these, what had to be parsed to be told from a message. */
  parsed: number;
  sample: string;
}

const SAMPLE = 200;
/** What a piece of stdout counts at least, as with a body: a million pieces of one byte would take a hundred times their size. */
const PIECE_BYTES = 64;
const OBJECT = 0x7b;
const LIST = 0x5b;
/** JSON-RPC 2.0, 5.1 */
const METHOD_NOT_FOUND = -32601;

/** One JSON-RPC message a line, over the pipes of a process. It ends with the process. */
export function createStdioConversation({ child, budget }: StdioOptions): Conversation {
  const ear = listen({ child, budget });
  const write = (message: JSONRPCMessage): void => child.write(`${JSON.stringify(message)}\n`);
  return {
    async ask(message, id, signal) {
      budget.request();
      const answer = ear.answer(id, 'method' in message ? message.method : '', signal);
      write(message);
      return answer;
    },
    async tell(message, signal) {
      if (signal.aborted) throw signal.reason;
      ear.check();
      budget.request();
      write(message);
    },
    async end() {
      const way = await child.stop();
      if (way === 'SIGKILL')
        throw new ProbeError('timeout', 'The process ended neither with its stdin nor at SIGTERM, and was killed.');
      return true;
    },
    // No message over pipes repeats it.
    agreeOn: () => undefined,
  };
}

interface Ear {
  /** The answer to a request that is sent next. Rejects when the process ends or what it writes is too much. */
  answer(id: number, method: string, signal: StopSignal): Promise<RpcAnswer>;
  /** Throws what answers would reject with. */
  check(): void;
}

function listen({ child, budget }: StdioOptions): Ear {
  const mailbox = createMailbox();
  const noise: Noise = { lines: 0, parsed: 0, sample: '' };
  let asked = '';
  let hasAnswered = false;

  const readLines = createLineReader((line) => {
    const value = line.length === 0 ? null : messageIn(line, noise);
    if (value === null) return;
    const answer = findAnswer(value, { id: mailbox.openId(), isStream: true, onUnasked: budget.unasked });
    for (const reply of repliesTo(value)) child.write(`${JSON.stringify(reply)}\n`);
    hasAnswered ||= answer !== null;
    if (answer !== null) mailbox.deliver(answer);
  });
  child.read((chunk) => {
    try {
      budget.bytes(Math.max(chunk.length, PIECE_BYTES));
      readLines(chunk);
    } catch (error) {
      mailbox.fail(error instanceof Error ? error : new Error(String(error)));
      child.hangUp();
    }
  });
  void child.ended.then((ending) => mailbox.fail(exited(ending, asked, noise)));

  return {
    async answer(id, method, signal) {
      asked = method;
      const answer = await mailbox.wait(id, signal, (reason) =>
        hasAnswered ? reason : noiseError(reason, method, noise),
      );
      asked = '';
      return answer;
    },
    check: mailbox.check,
  };
}

/** The message a line holds; null: noise, which is counted. A line that does not even look like JSON costs next to nothing. */
function messageIn(line: Buffer, noise: Noise): unknown {
  const looksRight = line[0] === OBJECT || line[0] === LIST;
  const value = looksRight ? jsonIn(line) : null;
  const [first] = Array.isArray(value) ? value : [value];
  if (isObject(first) && first['jsonrpc'] === '2.0') return value;
  if (noise.lines === 0) noise.sample = line.toString('utf8', 0, SAMPLE).trim();
  noise.lines += 1;
  if (looksRight) noise.parsed += 1;
  if (noise.parsed > LIMITS.unasked)
    throw new ProbeError('stdout_noise', `The process writes JSON to stdout that is no JSON-RPC. ${beginning(noise)}`);
  return null;
}

function jsonIn(line: Buffer): unknown {
  try {
    return parseJson(line);
  } catch (error) {
    if (error instanceof ProbeError && error.code === 'bad_json') return null;
    throw error;
  }
}

function beginning({ sample }: Noise): string {
  return `Logs belong on stderr. It starts with: ${sample}`;
}

/** Some servers wait for answers to their own requests: a ping is answered, everything else is not on offer. */
function repliesTo(value: unknown): readonly object[] {
  return (Array.isArray(value) ? value : [value]).flatMap((item: unknown): readonly object[] => {
    if (!isObject(item) || typeof item['method'] !== 'string') return [];
    const id = item['id'];
    if (typeof id !== 'string' && typeof id !== 'number') return [];
    if (item['method'] === 'ping') return [{ jsonrpc: '2.0', id, result: {} }];
    return [{ jsonrpc: '2.0', id, error: { code: METHOD_NOT_FOUND, message: 'Method not found' } }];
  });
}

/** `asked`: the request that was open; empty: none. */
function exited({ code, signal }: Ending, asked: string, { lines, sample }: Noise): ProbeError {
  const how = signal === null ? `with exit code ${code ?? 'unknown'}` : `by ${signal}`;
  const when = asked === '' ? '' : ` before it answered ${asked}`;
  const wrote = lines === 0 ? '' : ` It wrote to stdout: ${sample}`;
  return new ProbeError('process_exited', `The process ended ${how}${when}.${wrote}`);
}

/** Time ran out without a single answer while something else came: that is what people should look at. */
function noiseError(reason: unknown, method: string, noise: Noise): unknown {
  const { lines } = noise;
  if (lines === 0 || !(reason instanceof TimeUpError)) return reason;
  const count = `${lines} ${lines === 1 ? 'line' : 'lines'}`;
  return new ProbeError(
    'stdout_noise',
    `${method} was not answered in time, and the process wrote ${count} to stdout that are no JSON-RPC. ${beginning(noise)}`,
    { cause: reason },
  );
}
