import { afterEach, describe, expect, test } from 'vitest';
import type { Notice } from '../../src/core/notice.ts';
import { DeliveryError } from '../../src/core/ports.ts';
import { LIMITS } from '../../src/notify/define.ts';
import { email } from '../../src/notify/email.ts';
import { realClock } from '../fixtures/clock.ts';
import { aNotice, anIncident, aRecovery } from '../fixtures/notices.ts';
import { plainPost } from '../fixtures/receiver.ts';
import type { MailBehaviour, MailReceiver } from '../fixtures/smtp.ts';
import { startMailReceiver, startSilentServer } from '../fixtures/smtp.ts';

const PASSWORD = 'p@ss/w#rd?1';
const open: { close(): Promise<void> }[] = [];
const never = new AbortController().signal;

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function receiving(behaviour: MailBehaviour = {}): Promise<MailReceiver> {
  const receiver = await startMailReceiver(behaviour);
  open.push(receiver);
  return receiver;
}

function mailer(smtp: string, to: readonly string[] = ['ops@example.com'], limits = LIMITS) {
  return email.open({ to, from: 'alivemcp@example.org', smtp }, { post: plainPost, clock: realClock, limits }).notifier;
}

async function send(smtp: string, notice: Notice = aNotice(), to?: readonly string[]): Promise<string> {
  return mailer(smtp, to).send(notice, never);
}

async function failure(sending: Promise<unknown>): Promise<DeliveryError> {
  const error = await sending.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DeliveryError)) throw new Error('expected a DeliveryError', { cause: error });
  return error;
}

describe('a mail that is accepted', () => {
  test('arrives as text and HTML, and the answer is the server’s own', async () => {
    const { port, mails } = await receiving();
    const answer = await send(`smtp://127.0.0.1:${port}`, aNotice(), ['ops@example.com', 'night@example.com']);

    expect(answer).toBe('250 queued as A1B2');
    expect(mails).toHaveLength(1);
    const [mail] = mails;
    expect(mail?.to).toEqual(['ops@example.com', 'night@example.com']);
    expect(mail?.from).toBe('alivemcp@example.org');
    expect(mail?.parsed.subject).toBe('DOWN · Orders MCP · tool calls fail: pool exhausted');
    expect(mail?.parsed.text).toContain('Orders MCP answers, but its tool calls fail.');
    expect(mail?.parsed.html).toContain('Orders MCP answers, but its tool calls fail.');
    expect(mail?.parsed.html).toContain('Set an acquire timeout of 3–5&nbsp;s so that calls fail fast.');
  });

  test('looks exactly like its preview', async () => {
    const { port, mails } = await receiving();
    const notifier = mailer(`smtp://127.0.0.1:${port}`);
    await notifier.send(aNotice(), never);

    const preview = notifier.preview(aNotice());
    const { subject, text = '', html = '' } = mails[0]?.parsed ?? {};
    expect({ kind: 'email', subject, text: `${text.trim()}\n`, html: `${html.trim()}\n` }).toEqual(preview);
  });

  test('carries the notice’s id as Message-ID, the same at every try, and the incident’s as thread', async () => {
    const { port, mails } = await receiving();
    await send(`smtp://127.0.0.1:${port}`);
    await send(`smtp://127.0.0.1:${port}`);
    await send(`smtp://127.0.0.1:${port}`, aRecovery());

    const [first, again, recovery] = mails.map(({ parsed }) => parsed);
    expect(first?.messageId).toBe('<note-1@alivemcp.example.org>');
    expect(again?.messageId).toBe(first?.messageId);
    expect(recovery?.messageId).toBe('<note-2@alivemcp.example.org>');
    expect(recovery?.references).toBe(first?.references);
  });

  test('says that a machine wrote it and greets without naming this machine', async () => {
    const { port, mails } = await receiving();
    await send(`smtp://127.0.0.1:${port}`);

    expect(mails[0]?.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(mails[0]?.raw).not.toMatch(/^List-/m);
  });

  test('names those who were refused while others were accepted', async () => {
    const { port, mails } = await receiving({
      atRecipient: (address) => (address.startsWith('gone') ? { code: 550, text: 'no such user' } : undefined),
    });
    const answer = await send(`smtp://127.0.0.1:${port}`, aNotice(), ['ops@example.com', 'gone@example.com']);

    expect(mails[0]?.to).toEqual(['ops@example.com']);
    expect(answer).toBe('250 queued as A1B2; gone@example.com refused: 550 no such user');
  });
});

describe('encryption', () => {
  test('STARTTLS is used where it is offered, self-signed or not', async () => {
    const { port, mails } = await receiving({ starttls: true });
    await send(`smtp://127.0.0.1:${port}`);
    expect(mails[0]?.secure).toBe(true);
  });

  test('a mail goes in the clear where it is not offered, and where ?tls=never says so', async () => {
    const plain = await receiving();
    const offering = await receiving({ starttls: true });
    await send(`smtp://127.0.0.1:${plain.port}`);
    await send(`smtp://127.0.0.1:${offering.port}?tls=never`);
    expect([plain.mails[0]?.secure, offering.mails[0]?.secure]).toEqual([false, false]);
  });

  test('?tls=required gives up on a certificate that nobody vouches for', async () => {
    const { port, mails } = await receiving({ starttls: true });
    const error = await failure(send(`smtp://127.0.0.1:${port}?tls=required`));
    expect(error.message).toMatch(/certificate was not accepted: .*self.signed/);
    expect(error.retry).toBe(false);
    expect(mails).toEqual([]);
  });

  test('?tls=required gives up where STARTTLS is not offered', async () => {
    const { port, mails } = await receiving();
    const error = await failure(send(`smtp://127.0.0.1:${port}?tls=required`));
    expect(error.retry).toBe(false);
    expect(mails).toEqual([]);
  });

  test('smtps: checks the certificate too', async () => {
    const { port } = await receiving({ implicitTls: true });
    const error = await failure(send(`smtps://127.0.0.1:${port}`));
    expect(error.message).toMatch(/certificate was not accepted/);
    expect(error.retry).toBe(false);
  });
});

describe('logging in', () => {
  const login = { user: 'monitor', password: PASSWORD };

  test('a password may hold any character, as it is or percent-encoded', async () => {
    const { port, mails } = await receiving({ login });
    await send(`smtp://monitor:${PASSWORD}@127.0.0.1:${port}`);
    await send(`smtp://monitor:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`);
    expect(mails.map(({ user }) => user)).toEqual(['monitor', 'monitor']);
  });

  test('a wrong password gives up and is never repeated, though the server repeats it', async () => {
    const { port } = await receiving({ login });
    const error = await failure(send(`smtp://monitor:wrong-but-secret@127.0.0.1:${port}`));
    expect(error.message).toBe('535 5.7.8 wrong login, you sent [secret]');
    expect(error.retry).toBe(false);
  });

  test('a login that is refused for now is tried again', async () => {
    const { port } = await receiving({ login, refusedLogin: { code: 454, text: '4.7.0 directory not reachable' } });
    const error = await failure(send(`smtp://monitor:whatever@127.0.0.1:${port}`));
    expect(error.message).toBe('454 4.7.0 directory not reachable');
    expect(error.retry).toBe(true);
  });
});

describe('a mail that is not accepted', () => {
  test('451 after the message is tried again', async () => {
    const { port } = await receiving({ atData: () => ({ code: 451, text: 'try later' }) });
    const error = await failure(send(`smtp://127.0.0.1:${port}`));
    expect(error).toMatchObject({ message: '451 try later', retry: true });
  });

  test('550 for every recipient gives up', async () => {
    const { port } = await receiving({ atRecipient: () => ({ code: 550, text: 'no such user' }) });
    const error = await failure(send(`smtp://127.0.0.1:${port}`));
    expect(error).toMatchObject({ message: '550 no such user', retry: false });
  });

  test('450 for one of the refused recipients is tried again', async () => {
    const { port } = await receiving({
      atRecipient: (address) => (address.startsWith('a') ? { code: 450, text: 'busy' } : { code: 550, text: 'gone' }),
    });
    const error = await failure(send(`smtp://127.0.0.1:${port}`, aNotice(), ['a@example.com', 'b@example.com']));
    expect(error.retry).toBe(true);
  });

  test('a server that never greets is tried again', async () => {
    const silent = await startSilentServer();
    open.push(silent);
    const limits = { ...LIMITS, smtpGreetingMs: 100 };
    const error = await failure(mailer(`smtp://127.0.0.1:${silent.port}`, undefined, limits).send(aNotice(), never));
    expect(error.message).toMatch(/did not answer in time/);
    expect(error.retry).toBe(true);
  });

  test('the whole mail has a deadline of its own', async () => {
    const silent = await startSilentServer();
    open.push(silent);
    const limits = { ...LIMITS, mailMs: 100 };
    const error = await failure(mailer(`smtp://127.0.0.1:${silent.port}`, undefined, limits).send(aNotice(), never));
    expect(error).toMatchObject({ message: 'The mail was not accepted within 100 ms.', retry: true });
  });

  test('a port where nothing listens is tried again', async () => {
    const { port, close } = await startMailReceiver();
    await close();
    const error = await failure(send(`smtp://127.0.0.1:${port}`));
    expect(error.message).toMatch(/ECONNREFUSED/);
    expect(error.retry).toBe(true);
  });
});

describe('text from targets', () => {
  const nasty = `<script>alert(1)</script>"'&<img src=x onerror=alert(1)>`;
  const notice = aNotice({
    server: { id: 'x', name: nasty, url: 'https://user:hunter2@example.com/mcp?key=abc123', tags: [nasty] },
    incident: anIncident({
      serverName: nasty,
      cause: { code: 'unknown', explanation: nasty, advice: [nasty] },
      evidence: { texts: [nasty], pools: [], silentFailure: true, facts: [{ label: nasty, value: nasty }] },
    }),
  });

  test('is escaped in the HTML wherever it stands', async () => {
    const { port, mails } = await receiving();
    await send(`smtp://127.0.0.1:${port}`, notice);
    const html = mails[0]?.parsed.html ?? '';
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toMatch(/<script|<img|onerror=(?!alert\(1\)&gt;)/i);
    expect(html).not.toMatch(/https?:\/\/(?!127\.0\.0\.1:8080|example\.com\/mcp)/);
  });

  test('brings no header of its own by a line break', async () => {
    const { port, mails } = await receiving();
    const broken = 'Orders\r\nBcc: thief@example.net\r\n';
    await send(`smtp://127.0.0.1:${port}`, aNotice({ server: { ...notice.server, name: broken } }));
    expect(mails[0]?.to).toEqual(['ops@example.com']);
    expect(mails[0]?.parsed.headers.map(({ key }) => key)).not.toContain('bcc');
  });

  test('the address is shown without user, password and query values', async () => {
    const { port, mails } = await receiving();
    await send(`smtp://127.0.0.1:${port}`, notice);
    expect(mails[0]?.parsed.text).toContain('https://example.com/mcp?key=***');
    expect(mails[0]?.raw).not.toMatch(/hunter2|abc123/);
  });
});

describe('settings', () => {
  const good = { to: ['ops@example.com'], from: 'alivemcp@example.com', smtp: 'smtp://mail.example.com' };

  test.each([
    'ops@example.com\r\nRCPT TO:<thief@example.net>',
    'Ops <ops@example.com>',
    'ops@example.com, thief@example.net',
    'ops',
    '"a b"@example.com',
    'ops@exa mple.com',
  ])('%j is no address', (bad) => {
    expect(email.settings.safeParse({ ...good, to: [bad] }).success).toBe(false);
    expect(email.settings.safeParse({ ...good, from: bad }).success).toBe(false);
  });

  test.each([
    'mail.example.com',
    'http://mail.example.com',
    'smtp://mail.example.com/x',
    'smtp://mail.example.com?tls=maybe',
    'smtps://mail.example.com?tls=never',
    'smtp://mail.example.com:99999',
    'smtp://',
  ])('%s is no SMTP URL', (smtp) => {
    const parsed = email.settings.safeParse({ ...good, smtp });
    expect(parsed.error?.issues[0]?.message).toMatch(/^expected `smtp:/);
  });

  test('an unknown key is a mistake', () => {
    expect(email.settings.safeParse(good).success).toBe(true);
    expect(email.settings.safeParse({ ...good, subject: 'x' }).success).toBe(false);
  });

  test('the target names the people and nothing of the server', () => {
    const deps = { post: plainPost, clock: realClock, limits: LIMITS };
    expect(email.open({ ...good, smtp: 'smtp://u:secret@h' }, deps).target).toBe('ops@example.com');
  });
});
