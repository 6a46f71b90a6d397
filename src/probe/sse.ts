import { LIMITS } from './budget.ts';
import { createLineReader } from './lines.ts';
import { ProbeError } from './probe-error.ts';

/** One event of an event stream, as it is dispatched at a blank line. */
export interface StreamEvent {
  /** `message` where the stream does not name one. */
  readonly type: string;
  readonly data: Buffer;
  /** The last id seen so far, to take the stream up again after it; null: none. */
  readonly id: string | null;
  /** The last `retry:` seen so far, milliseconds. */
  readonly retryMs: number | null;
}

const COLON = 0x3a;
const SPACE = 0x20;
const BOM = Buffer.from('\ufeff');
const EMPTY = Buffer.alloc(0);
const NEWLINE = Buffer.from('\n');
/** Lines of an event kept apart before they are joined: a million lines of one byte should not cost a million objects. */
const MAX_LINES = 1024;

/**
 * Reads an event stream as it arrives in pieces (WHATWG HTML 9.2.6). Events without data are dispatched too: servers
 * prime a stream with one that only carries an id. The reader throws ProbeError where there are too many lines.
 */
export function createStreamReader(dispatch: (event: StreamEvent) => void): (chunk: Buffer) => void {
  let isFirst = true;
  let isEmpty = true;
  let type = 'message';
  let data = createText();
  let id: string | null = null;
  let retryMs: number | null = null;
  let lines = 0;

  const take = ({ name, value }: Field): void => {
    isEmpty = false;
    if (name === 'data') data.add(value);
    if (name === 'event') type = value.length === 0 ? 'message' : value.toString();
    if (name === 'id' && !value.includes(0)) id = value.toString();
    if (name === 'retry')
      retryMs = /^\d{1,9}$/.test(value.toString('latin1')) ? Number(value.toString('latin1')) : retryMs;
  };
  const end = (): void => {
    if (isEmpty) return;
    dispatch({ type, data: data.join(), id, retryMs });
    [isEmpty, type, data] = [true, 'message', createText()];
  };
  return createLineReader((bytes) => {
    lines += 1;
    if (lines > LIMITS.lines)
      throw new ProbeError(
        'response_too_large',
        `The stream has more than ${LIMITS.lines.toLocaleString('en')} lines.`,
      );
    const line = isFirst && bytes.subarray(0, 3).equals(BOM) ? bytes.subarray(3) : bytes;
    isFirst = false;
    if (line.length === 0) end();
    else if (line[0] !== COLON) take(fieldOf(line));
  });
}

interface Field {
  readonly name: string;
  readonly value: Buffer;
}

function fieldOf(line: Buffer): Field {
  const colon = line.indexOf(COLON);
  if (colon === -1) return { name: line.toString('latin1'), value: EMPTY };
  const from = colon + (line[colon + 1] === SPACE ? 2 : 1);
  return { name: line.toString('latin1', 0, colon), value: line.subarray(from) };
}

/** Lines that become one text. */
function createText(): { add(line: Buffer): void; join(): Buffer } {
  const blocks: Buffer[] = [];
  let lines: Buffer[] = [];
  return {
    add(line) {
      lines.push(line);
      if (lines.length < MAX_LINES) return;
      blocks.push(joinLines(lines));
      lines = [];
    },
    join: () => joinLines([...blocks, ...lines]),
  };
}

function joinLines(lines: readonly Buffer[]): Buffer {
  const [only] = lines;
  if (lines.length <= 1) return only ?? EMPTY;
  return Buffer.concat(lines.flatMap((text, at) => (at === 0 ? [text] : [NEWLINE, text])));
}
