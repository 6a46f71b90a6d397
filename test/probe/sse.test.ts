import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStreamReader } from '../../src/probe/sse.ts';

interface Seen {
  readonly type: string;
  readonly data: string;
  readonly id: string | null;
  readonly retryMs: number | null;
}

function read(...chunks: readonly (string | Buffer)[]): readonly Seen[] {
  const seen: Seen[] = [];
  const feed = createStreamReader((event) => void seen.push({ ...event, data: event.data.toString() }));
  for (const chunk of chunks) feed(Buffer.from(chunk));
  return seen;
}

test.each<[string, string, readonly Partial<Seen>[]]>([
  ['an event ends at a blank line', 'data: a\n\ndata: b\n\n', [{ data: 'a' }, { data: 'b' }]],
  ['lines end with CRLF', 'data: a\r\n\r\n', [{ data: 'a' }]],
  ['or with CR', 'data: a\r\r', [{ data: 'a' }]],
  ['several data lines are one text', 'data: a\ndata: b\ndata:\n\n', [{ data: 'a\nb\n' }]],
  ['one space after the colon does not count', 'data:a\ndata:  b\n\n', [{ data: 'a\n b' }]],
  ['comments are ignored', ': hello\n\n:\ndata: a\n\n', [{ data: 'a' }]],
  ['unknown fields make an event without data', 'foo: bar\n\n', [{ data: '' }]],
  ['a type is for one event', 'event: ping\ndata: a\n\ndata: b\n\n', [{ type: 'ping' }, { type: 'message' }]],
  [
    'an id stays',
    'id: 1\ndata:\n\ndata: b\n\n',
    [
      { id: '1', data: '' },
      { id: '1', data: 'b' },
    ],
  ],
  ['an id with a NUL is none', 'id: 1\0\ndata: a\n\n', [{ id: null }]],
  ['retry is digits', 'retry: 20\ndata\n\nretry: soon\ndata\n\n', [{ retryMs: 20 }, { retryMs: 20 }]],
  ['a byte order mark is skipped', '\ufeffdata: a\n\n', [{ data: 'a' }]],
  ['what is not ended is no event', 'data: a\n', []],
])('%s', (_, stream, events) => {
  expect(read(stream)).toMatchObject(events);
  expect(read(stream)).toHaveLength(events.length);
});

test('however a stream is cut on its way, the same events come out', () => {
  const line = fc.constantFrom(
    'data: {"a":1}',
    'data:',
    'data',
    'event: x',
    'id: 7',
    'id',
    'retry: 5',
    ': c',
    '',
    '',
    'data: ü€😀',
    '\ufeff',
  );
  const ending = fc.constantFrom('\n', '\r', '\r\n');
  const stream = fc.array(fc.tuple(line, ending), { maxLength: 30 }).map((lines) => lines.flat().join(''));
  fc.assert(
    fc.property(stream, fc.array(fc.nat(400), { maxLength: 20 }), (text, cuts) => {
      const bytes = Buffer.from(text);
      const points = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      const pieces = points.slice(1).map((end, at) => bytes.subarray(points[at], end));
      expect(read(...pieces)).toEqual(read(bytes));
    }),
    { numRuns: 300 },
  );
});

test('any bytes are read without an error', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 200 })),
      (pieces) => void read(...pieces.map((piece) => Buffer.from(piece))),
    ),
  );
});

test('an event of very many lines keeps them all, in order', () => {
  const lines = Array.from({ length: 5000 }, (_, at) => `data: ${at}`).join('\n');
  expect(read(`${lines}\n\n`)[0]?.data.split('\n')).toEqual(Array.from({ length: 5000 }, (_, at) => String(at)));
});
