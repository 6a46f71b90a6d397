import { expect, test } from 'vitest';
import { addressOf, commandLine, maskCommand, originOf, shownAddress, type Target } from '../../src/core/target.ts';

const http: Target = {
  kind: 'http',
  url: 'https://me:pw@orders.example.com/mcp?key=s3cret',
  transport: 'auto',
  protocol: 'auto',
};
const command = ['npx', '-y', 'some server', '--key=s3cret'];
const stdio: Target = {
  kind: 'stdio',
  command,
  shown: maskCommand(command),
  env: { TOKEN: 's3cret' },
  protocol: 'auto',
};

test('an address is shown without what is secret in it', () => {
  expect(addressOf({ target: http })).toBe('https://orders.example.com/mcp?key=***');
  expect(addressOf({ target: stdio })).toBe("npx -y 'some server' --key=***");
});

test('servers behind one origin share their places; so do all that are started as a process', () => {
  expect(originOf({ target: http })).toBe('https://orders.example.com');
  expect(originOf({ target: stdio })).toBe('stdio');
});

test.each([
  [
    ['server', '--token', 'abc'],
    ['server', '--token', '***'],
  ],
  [
    ['server', '--token=abc', '--port=80'],
    ['server', '--token=***', '--port=80'],
  ],
  [
    ['env', 'API_KEY=abc', 'LANG=C', 'node'],
    ['env', 'API_KEY=***', 'LANG=C', 'node'],
  ],
  [
    ['pg', 'postgresql://me:pw@db:5432/orders'],
    ['pg', 'postgresql://db:5432/orders'],
  ],
  [
    ['pg', '--dsn=postgresql://me:pw@db/orders'],
    ['pg', '--dsn=postgresql://db/orders'],
  ],
  [
    ['server', '--authorize', '--port', '80'],
    ['server', '--authorize', '--port', '80'],
  ],
  [
    ['node', 'server.js', '/srv/files'],
    ['node', 'server.js', '/srv/files'],
  ],
])('the command %j is shown as %j', (given, shown) => {
  expect(maskCommand(given)).toEqual(shown);
});

test('a command line can be pasted into a shell', () => {
  expect(commandLine(['node', '-e', "console.log('hi there')", ''])).toBe(
    `node -e 'console.log('\\''hi there'\\'')' ''`,
  );
});

test('an address in a notice is masked once more, and a command line left alone', () => {
  expect(shownAddress('https://me:pw@a.example.com/?k=v')).toBe('https://a.example.com/?k=***');
  expect(shownAddress("npx -y 'some server'")).toBe("npx -y 'some server'");
});
