import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPasted } from '../../src/config/pasted.ts';

/** The entries found; where there are none, the sentence that says why. */
function read(text: string): unknown {
  const pasted = readPasted(text);
  return pasted.ok ? pasted.servers.map(({ entry }) => entry) : pasted.message;
}

const URL = 'https://o.example/mcp';
const OURS = { id: 'orders', url: URL, interval: '30s', tags: ['prod'] };

describe('a pasted text gives the servers in it', () => {
  test.each([
    ['an mcp.json', `{"mcpServers":{"orders":{"url":"${URL}","headers":{"X-Key":"k"}},"odd":7}}`],
    [
      'with tabs, comments and a comma too many',
      `{\n\t// ours\n\t"servers": {"orders": {"type": "http", "url": "${URL}", "headers": {"X-Key": "k"}},},\n /* } */\n}`,
    ],
    ['the settings of an editor', `{"mcp":{"servers":{"orders":{"serverUrl":"${URL}","headers":{"X-Key":"k"}}}}}`],
    ['a piece of one', `"orders": {\n  "httpUrl": "${URL}",\n  "headers": {"X-Key": "k"}\n}`],
    ['the same as YAML', `mcpServers:\n  - name: orders\n    type: sse\n    url: ${URL}\n    headers: { X-Key: k }\n`],
  ])('%s', (_, text) => {
    expect(read(text)).toEqual([{ name: 'orders', url: URL, headers: { 'X-Key': 'k' } }]);
  });

  test.each([
    [
      'our file',
      `monitor: { location: x }\nservers:\n  - id: orders\n    url: ${URL}\n    interval: 30s\n    tags: [prod]\n`,
    ],
    ['an item', `- id: orders\n  url: ${URL}\n  interval: 30s\n  tags: [prod]`],
    ['an item from the middle of a line', `- id: orders\n    url: ${URL}\n    interval: 30s\n    tags: [prod]`],
    ['a server alone', `id: orders\nurl: ${URL}\ninterval: 30s\ntags: [prod]`],
    ['a server from the middle of a line', `id: orders\n    url: ${URL}\n    interval: 30s\n    tags: [prod]`],
    [
      'an item with everything further in',
      `\n    - id: orders\n      url: ${URL}\n      interval: 30s\n      tags:\n      - prod\n`,
    ],
  ])('%s', (_, text) => {
    expect(read(text)).toEqual([OURS]);
  });

  test('a canary alone in its list is one', () => {
    expect(read(`url: ${URL}\ncanary:\n  - { tool: health_check }`)).toEqual([
      { url: URL, canary: { tool: 'health_check' } },
    ]);
  });

  test('several are called by name, id or address', () => {
    const pasted = readPasted(`- { id: a, name: A, url: ${URL} }\n- { id: b, command: [b] }\n- { url: ${URL} }`);
    expect(pasted.ok && pasted.servers.map(({ title }) => title)).toEqual(['A', 'b', URL]);
  });
});

describe('a command', () => {
  test.each([
    [
      'npx -y @modelcontextprotocol/server-everything',
      'server-everything',
      ['npx', '-y', '@modelcontextprotocol/server-everything'],
    ],
    [
      'npx -y @acme/orders@2.1 "/srv/my data" --mode=\'a b\'',
      'orders',
      ['npx', '-y', '@acme/orders@2.1', '/srv/my data', '--mode=a b'],
    ],
    ['uvx \\\n  mcp-server-fetch\n', 'mcp-server-fetch', ['uvx', 'mcp-server-fetch']],
    ['mcp.json:{"command":"npx","args":["x",1]}', 'files', ['npx', 'x', '1']],
    ['- { name: files, command: [npx, x] }', 'files', ['npx', 'x']],
  ])('%s', (text, name, command) => {
    expect(read(text.replace(/^mcp.json:(.*)$/, '{"mcpServers":{"files":$1}}'))).toEqual([{ name, command }]);
  });

  test('with its environment, references and all: the file follows them', () => {
    const entry = { name: 'files', command: ['files'], env: { A: 'b c', T: '${TOKEN}' } };
    expect(read('A="b c" T=${TOKEN} files')).toEqual([entry]);
    expect(readPasted('name: files\ncommand: [files]\nenv: { A: b c, T: "${TOKEN}" }')).toEqual({
      ok: true,
      servers: [{ title: 'files', entry, unresolved: [] }],
    });
  });
});

test('a reference to the environment is not followed but told, and leaves no dots in a field for secrets', () => {
  const text = `url: https://\${HOST}/mcp\nheaders: { A: "\${KEY:-s3cret}", B: b }\nauth: { type: bearer, token: "x \${input:t}" }`;
  const told = (name: string) => `\`\${${name}}\` works in the configuration file only. Type the value it stands for.`;
  expect(readPasted(text)).toMatchObject({
    servers: [
      {
        entry: { url: 'https://${HOST}/mcp', headers: { A: '', B: 'b' }, auth: { type: 'bearer', token: '' } },
        unresolved: [
          { path: 'url', message: told('HOST') },
          { path: 'headers', message: told('KEY') },
          { path: 'auth', message: told('input:t') },
        ],
      },
    ],
  });
});

describe('what cannot be read is said in a sentence with its line, in which nothing of the text stands', () => {
  test.each([
    ['servers:\n  - url: https://s3cret\n   name: x', /^Line 3: a bracket, a comma, a colon/],
    ['{\n "mcpServers": {\n  "a": {"url": "s3cret"\n', /^Line \d: this bracket is not closed/],
    ['url: a\nurl: s3cret', 'Line 2: this key is already written above; remove one of the two.'],
    ['headers: *s3cret_\nurl: x', /^Line 1: there is no `&s3cret_`/],
    ['{"servers": {"a": "s3cret"}}', /^No server was found/],
    ['channels:\n  ops: { type: email }', /^No server was found/],
    ['', /^No server was found/],
    [`${URL} ${URL}`, /^No server was found/],
  ])('%j', (text, words) => {
    expect(read(text)).toEqual(expect.stringMatching(words));
  });
});

describe('hostile texts are refused at once', () => {
  const bomb = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(',')}]`);
  test.each([
    ['too long', `url: ${'x'.repeat(32_000)}`, /longer than 32,000 characters/],
    ['deep braces', '{'.repeat(32_000), /nested deeper/],
    ['deep items', '- '.repeat(16_000), /nested deeper/],
    ['deep keys', Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /nested deeper/],
    ['multiplied aliases', `a0: &a0 [x]\n${bomb.join('\n')}`, /aliases/],
    ['a repeated long alias', `- &a ${'x'.repeat(9_000)}\n${'- *a\n'.repeat(100)}`, /aliases/],
  ])('%s', (_, text, words) => {
    expect(read(text)).toEqual(expect.stringMatching(words));
  });

  test('whatever is pasted has an answer', () => {
    const piece = fc.constantFrom(
      'servers:',
      '- ',
      'url: x',
      '{',
      '}',
      '"',
      "'",
      '\n',
      '  ',
      ': ',
      '&a ',
      '*a',
      '${',
      '\\',
      '//',
      '__proto__',
      'command: ',
      '[',
      ']',
      ',',
      '|',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 30 }), (pieces) => {
        const pasted = readPasted(pieces.join(''));
        expect(pasted.ok ? pasted.servers.length : pasted.message.length).toBeGreaterThan(0);
      }),
    );
  });
});
