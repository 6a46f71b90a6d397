import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authority, type Certificate, certificate } from '../fixtures/targets/certificates.ts';
import { closedPort, startFullListener, startSilent } from '../fixtures/targets/deaf.ts';
import { closeAll, type Healthy, listen, startHealthy } from '../fixtures/targets/healthy.ts';
import { BUSY_MS, failure, faults, probe, stepOf } from './support.ts';

const STEP_MS = 400;

function coded(code: string): Error {
  return Object.assign(new Error(`getaddrinfo ${code}`), { code });
}

describe('the name', () => {
  const url = 'http://orders.test:9/mcp';

  test.each([
    ['ENOTFOUND', 'dns_not_found', 'orders.test does not exist (ENOTFOUND).'],
    ['EAI_AGAIN', 'dns_failed', 'orders.test could not be looked up (EAI_AGAIN).'],
  ])('whose lookup ends in %s is %s', async (code, reason, message) => {
    const report = await probe({ url }, { lookup: () => Promise.reject(coded(code)) });
    expect(failure(report)).toEqual({ step: 'dns', code: reason, message });
    expect(report.steps.slice(1).every(({ status }) => status === 'skipped')).toBe(true);
  });

  test('that has no address is dns_not_found', async () => {
    expect(failure(await probe({ url }, { lookup: async () => [] }))).toMatchObject({
      step: 'dns',
      code: 'dns_not_found',
    });
  });

  test('whose resolver is silent is dns_failed within the deadline', async () => {
    const from = performance.now();
    const report = await probe({ url, timeoutMs: STEP_MS }, { lookup: () => new Promise(() => undefined) });
    expect(failure(report)).toMatchObject({
      step: 'dns',
      code: 'dns_failed',
      message: 'orders.test could not be looked up within 400 ms.',
    });
    expect(performance.now() - from).toBeLessThan(STEP_MS + BUSY_MS);
  });

  test('is tried at each of its addresses', async () => {
    const target = await startHealthy();
    const report = await probe(
      { url: `http://orders.test:${target.port}/mcp` },
      { lookup: async () => ['127.0.0.2', '::1', '127.0.0.1'] },
    );
    expect(failure(report)).toBeNull();
    await target.close();
  });
});

describe('the port', () => {
  test('on which nothing listens is tcp_refused', async () => {
    const port = await closedPort();
    const report = await probe({ url: `http://127.0.0.1:${port}/` });
    expect(report.httpStatus).toBeNull();
    expect(failure(report)).toEqual({
      step: 'connect',
      code: 'tcp_refused',
      message: `Nothing listens on 127.0.0.1:${port} (ECONNREFUSED).`,
    });
  });

  test('that drops packets is tcp_timeout within the deadline', async () => {
    const target = await startFullListener();
    const from = performance.now();
    const report = await probe({ url: `http://127.0.0.1:${target.port}/`, timeoutMs: STEP_MS });
    expect(failure(report)).toEqual({
      step: 'connect',
      code: 'tcp_timeout',
      message: `127.0.0.1:${target.port} did not accept a connection within 400 ms.`,
    });
    expect(performance.now() - from).toBeLessThan(STEP_MS + BUSY_MS);
    await target.close();
  });

  test('that is silent is a timeout at initialize', async () => {
    const target = await startSilent();
    expect(failure(await probe({ url: `http://127.0.0.1:${target.port}/`, timeoutMs: STEP_MS }))).toMatchObject({
      step: 'initialize',
      code: 'timeout',
    });
    await target.close();
  });
});

describe('TLS', () => {
  let ca: Certificate;
  beforeAll(async () => {
    ca = await authority();
  });

  const secure = async (wishes: Parameters<typeof certificate>[0], isTrusted = true) => {
    const target = await startHealthy({ tls: await certificate(wishes) });
    const report = await probe({ url: target.url }, isTrusted ? { authorities: [ca.cert] } : {});
    await target.close();
    return report;
  };

  test('with a good certificate is a timed step, and the report says when it ends', async () => {
    const to = new Date(Math.floor(Date.now() / 1000) * 1000 + 86_400_000);
    const report = await secure({ by: ca, to });
    expect(failure(report)).toBeNull();
    expect(stepOf(report, 'tls')).toMatchObject({ status: 'ok', ms: expect.any(Number) });
    expect(report.tls).toEqual({ expiresAt: to.getTime() });
  });

  test('with an expired certificate is tls_expired and names the day', async () => {
    const report = await secure({ by: ca, from: new Date('2025-01-01'), to: new Date('2025-10-01') });
    expect(failure(report)).toEqual({
      step: 'tls',
      code: 'tls_expired',
      message: 'The certificate expired on 2025-10-01.',
    });
  });

  test('with a certificate of the future is tls_untrusted and names the day', async () => {
    const report = await secure({ by: ca, from: new Date('2099-01-01'), to: new Date('2099-10-01') });
    expect(failure(report)).toEqual({
      step: 'tls',
      code: 'tls_untrusted',
      message: 'The certificate is not valid before 2099-01-01.',
    });
  });

  test('with a self-signed certificate is tls_self_signed', async () => {
    expect(failure(await secure({}))).toMatchObject({ step: 'tls', code: 'tls_self_signed' });
  });

  test('of an unknown authority is tls_untrusted and names it', async () => {
    expect(failure(await secure({ by: ca }, false))).toMatchObject({
      step: 'tls',
      code: 'tls_untrusted',
      message: expect.stringContaining('CN=A private authority'),
    });
  });

  test('with a certificate for another name is tls_name_mismatch and says which', async () => {
    expect(failure(await secure({ by: ca, name: 'other.example' }))).toEqual({
      step: 'tls',
      code: 'tls_name_mismatch',
      message: 'The certificate is for other.example, not for localhost.',
    });
  });

  test('on a port that speaks plain HTTP is tls_protocol', async () => {
    const target = await startHealthy();
    expect(failure(await probe({ url: target.url.replace('http:', 'https:') }))).toMatchObject({
      step: 'tls',
      code: 'tls_protocol',
    });
    await target.close();
  });

  test('on a port that is asked for plain HTTP is a connection that is cut', async () => {
    const target = await startHealthy({ tls: await certificate({ by: ca }) });
    const report = await probe({ url: target.url.replace('https:', 'http:') });
    expect(failure(report)).toMatchObject({ step: 'initialize', code: 'connection_reset' });
    await target.close();
  });

  test('that is never answered is a timeout', async () => {
    const target = await startSilent();
    const report = await probe(
      { url: `https://localhost:${target.port}/`, timeoutMs: STEP_MS },
      { lookup: async () => ['127.0.0.1'] },
    );
    expect(failure(report)).toMatchObject({
      step: 'tls',
      code: 'timeout',
      message: `The TLS handshake with localhost:${target.port} was not done within 400 ms.`,
    });
    await target.close();
  });

  test('that is cut off is connection_reset', async () => {
    const target = await startSilent((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(failure(await probe({ url: `https://127.0.0.1:${target.port}/` }))).toMatchObject({
      step: 'tls',
      code: 'connection_reset',
    });
    await target.close();
  });

  test.each([
    ['TLSv1.3', 'tls_client_cert_required', 'wants a client certificate'],
    // TLS 1.2 has no alert of its own for it: the sentence names both things it may be.
    ['TLSv1.2', 'tls_protocol', 'no cipher in common, or it wants a client certificate'],
  ] as const)('that wants a client certificate is, in %s, %s', async (version, code, said) => {
    const sockets = new Set<Socket>();
    const own = await certificate({ by: ca });
    const server = createServer({
      ...own,
      ca: ca.cert,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: version,
      maxVersion: version,
    });
    server.on('connection', (socket: Socket) => void sockets.add(socket));
    const port = await listen(server);
    const report = await probe(
      { url: `https://localhost:${port}/` },
      { authorities: [ca.cert], lookup: async () => ['127.0.0.1'] },
    );
    expect(failure(report)).toMatchObject({ code, message: expect.stringContaining(said) });
    await closeAll(server, sockets);
  });
});

describe('a probe that is called off', () => {
  let target: Healthy;
  beforeAll(async () => {
    target = await startHealthy();
  });
  afterAll(() => target.close());

  test('before it began says so, and connects nowhere', async () => {
    const before = target.accepted();
    const report = await probe({ url: target.url }, {}, AbortSignal.abort());
    expect(failure(report)).toMatchObject({ code: 'not_monitored' });
    expect(target.accepted()).toBe(before);
  });

  test('in the middle ends at once', async () => {
    const silent = await startSilent();
    const controller = new AbortController();
    const from = performance.now();
    const pending = probe({ url: `http://127.0.0.1:${silent.port}/` }, {}, controller.signal);
    controller.abort();
    expect(failure(await pending)).toMatchObject({ code: 'not_monitored' });
    expect(performance.now() - from).toBeLessThan(500);
    await silent.close();
  });
});

test('none of this was a fault of ours', () => {
  expect(faults).toEqual([]);
});
