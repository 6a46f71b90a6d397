const CR = 0x0d;
const LF = 0x0a;
const EMPTY = Buffer.alloc(0);

/**
 * Cuts a stream of bytes into lines that end with LF, CR or CRLF. Each byte is looked at once, however the stream was
 * cut on its way. What follows the last ending is no line.
 */
export function createLineReader(onLine: (line: Buffer) => void): (chunk: Buffer) => void {
  let pending: Buffer[] = [];
  let endedWithCr = false;
  const finish = (rest: Buffer): void => {
    onLine(pending.length === 0 ? rest : Buffer.concat([...pending, rest]));
    pending = [];
  };
  return (chunk) => {
    if (chunk.length === 0) return;
    let from = endedWithCr && chunk[0] === LF ? 1 : 0;
    endedWithCr = chunk[chunk.length - 1] === CR;
    for (let end = endOfLine(chunk, from); end !== -1; end = endOfLine(chunk, from)) {
      // A slice is costly, and a hostile stream may be nothing but line ends.
      finish(end === from ? EMPTY : chunk.subarray(from, end));
      from = afterEnding(chunk, end);
    }
    if (from < chunk.length) pending.push(chunk.subarray(from));
  };
}

function afterEnding(chunk: Buffer, end: number): number {
  return chunk[end] === CR && chunk[end + 1] === LF ? end + 2 : end + 1;
}

/** Byte by byte: a search for each kind of ending would go over a stream that has only the other kind again and again. */
function endOfLine(chunk: Buffer, from: number): number {
  for (let at = from; at < chunk.length; at += 1) {
    if (chunk[at] === LF || chunk[at] === CR) return at;
  }
  return -1;
}
