import type { NodemailerError, SendMailOptions, SMTPSentMessageInfo } from 'nodemailer';
import { z } from 'zod';
import { withDeadline } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { describe } from '../core/message.ts';
import type { Notice } from '../core/notice.ts';
import type { Preview } from '../core/ports.ts';
import { DeliveryError } from '../core/ports.ts';
import { asAbortSignal } from '../core/stop.ts';
import { cleanText, redactor } from '../core/text.ts';
import type { Limits } from './define.ts';
import { defineNotifier } from './define.ts';
import { layoutHtml, layoutText } from './mail-layout.ts';
import type { SmtpServer } from './smtp-url.ts';
import { parseSmtpUrl } from './smtp-url.ts';

/**
 * No white space, quotes, brackets or separators: a line break in an address re-routed a mail to another domain
 * (nodemailer, measured), so such an address is refused where it is configured.
 */
const ADDRESS = /^[^\s<>,;:"\\@]+@[A-Za-z0-9.-]+$/;
/** An address literal is what a client without a public name says (RFC 5321 §4.1.4); our host name is nobody's business. */
const EHLO_NAME = '[127.0.0.1]';
const MAX_ANSWER_TEXT = 300;
const MAX_RECIPIENTS = 50;

const ADDRESS_EXPECTED = 'expected a mail address such as `ops@example.com`, without a name before it';
const TO_EXPECTED = `expected a list of 1 to ${MAX_RECIPIENTS} mail addresses, such as \`[ops@example.com]\``;
const SMTP_EXPECTED =
  'expected `smtp://user:password@host:587`, which may end in `?tls=required` or `?tls=never`, or `smtps://user:password@host:465`';

const address = z
  .string({ error: ADDRESS_EXPECTED })
  .max(254, { error: ADDRESS_EXPECTED })
  .regex(ADDRESS, { error: ADDRESS_EXPECTED });

const to = z
  .array(address, { error: TO_EXPECTED })
  .min(1, { error: TO_EXPECTED })
  .max(MAX_RECIPIENTS, { error: TO_EXPECTED });

const smtp = z.string({ error: SMTP_EXPECTED }).refine((text) => parseSmtpUrl(text) !== null, { error: SMTP_EXPECTED });

/** Sends mail over SMTP: plain text and HTML of the same sentences. */
export const email = defineNotifier({
  kind: 'email',
  name: 'Email',
  audience: 'people',
  settings: z.strictObject({ to, from: address, smtp }),
  secrets: ['smtp'],
  form: {
    to: { label: 'To', hint: 'Several with commas.', example: 'ops@example.com' },
    from: { label: 'From', example: 'alivemcp@example.com' },
    smtp: {
      label: 'SMTP server',
      hint: 'With user and password, stored encrypted and never shown again.',
      example: 'smtp://user:password@mail.example.com:587',
    },
  },
  target: (settings) => settings.to.join(', '),
  create(settings, { clock, limits }) {
    const server = readSmtp(settings.smtp);
    const redact = redactor(secretsIn(settings.smtp, server), base64Forms);
    const expired = () =>
      new DeliveryError(`The mail was not accepted within ${formatDuration(limits.mailMs)}.`, { retry: true });
    return {
      async send(notice, signal) {
        const mail = compose(notice, settings, clock.now());
        try {
          return await withDeadline({ clock, ms: limits.mailMs, signal, expired }, async (inner) =>
            accepted(await submit(server, limits, { ...mail, signal: asAbortSignal(inner) }), redact),
          );
        } catch (cause) {
          throw cause instanceof DeliveryError || signal.aborted ? cause : refusal(asMailError(cause), redact);
        }
      },
      preview: previewMail,
    };
  },
});

/** The mail as it arrives: the same at every channel. */
export function previewMail(notice: Notice): Preview {
  const message = describe(notice);
  return { kind: 'email', subject: message.subject, text: layoutText(message), html: layoutHtml(message) };
}

function compose(notice: Notice, { from, to }: { from: string; to: string[] }, at: number): SendMailOptions {
  const message = describe(notice);
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    from: { name: 'AliveMCP', address: from },
    to,
    subject: message.subject,
    text: layoutText(message),
    html: layoutHtml(message),
    date: new Date(at),
    // The same for every try, so that a repeat after a crash can be told by its id.
    messageId: messageId(notice.id, domain),
    // Keeps the mails of one incident together.
    references: messageId(notice.dedupKey, domain),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}

function messageId(id: string, domain: string): string {
  return `<${id.replace(/[^A-Za-z0-9_-]/g, '-')}@alivemcp.${domain}>`;
}

/** One connection per mail, closed by the library when it settles. Loaded on first use: most runs send nothing for days. */
async function submit(
  { host, port, tls, login }: SmtpServer,
  limits: Limits,
  mail: SendMailOptions,
): Promise<SMTPSentMessageInfo> {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host,
    port,
    name: EHLO_NAME,
    secure: tls === 'implicit',
    requireTLS: tls === 'required',
    ignoreTLS: tls === 'never',
    tls: { rejectUnauthorized: tls !== 'offered' },
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    connectionTimeout: limits.smtpConnectMs,
    greetingTimeout: limits.smtpGreetingMs,
    socketTimeout: limits.smtpSocketMs,
    dnsTimeout: limits.smtpConnectMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    return await transport.sendMail(mail);
  } finally {
    transport.close();
  }
}

/** The server's yes in its own words; says also who was refused when others were accepted. */
function accepted({ response, rejectedErrors }: SMTPSentMessageInfo, redact: (text: string) => string): string {
  const refused = (rejectedErrors ?? []).map(
    (error) => `${error.recipient ?? 'a recipient'} refused: ${error.response ?? error.message}`,
  );
  return redact(cleanText([response, ...refused].join('; '), MAX_ANSWER_TEXT));
}

/** Reliability rules, table A-3: what may pass by itself is tried again, what a person must mend is not. */
function refusal(error: NodemailerError, redact: (text: string) => string): DeliveryError {
  const message = redact(cleanText(error.response ?? explain(error), MAX_ANSWER_TEXT));
  return new DeliveryError(message, { retry: mayPass(error) });
}

function mayPass({ code, originalCode, responseCode, permanent, rejectedErrors }: NodemailerError): boolean {
  if (rejectedErrors?.some((error) => error.permanent === false)) return true;
  if (responseCode !== undefined) return permanent !== true;
  if (isCertificateError(originalCode)) return false;
  return code !== 'EAUTH' && code !== 'ENOAUTH' && code !== 'EENVELOPE' && code !== 'EMESSAGE';
}

function isCertificateError(code: string | undefined): boolean {
  return code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_/.test(code);
}

/** What happened, in words, where the server itself said nothing. */
function explain({ code, originalCode, message, timeoutType }: NodemailerError): string {
  if (isCertificateError(originalCode)) return `The mail server’s certificate was not accepted: ${message}.`;
  if (code === 'ETIMEDOUT') return `The mail server did not answer in time (${timeoutType ?? 'time limit'}).`;
  if (code === 'EDNS') return `The mail server’s host name could not be looked up: ${message}.`;
  return `No answer from the mail server: ${message}.`;
}

/** The library rejects with errors that carry its own fields, all optional: any Error is one. */
function asMailError(cause: unknown): NodemailerError {
  return cause instanceof Error ? cause : new Error(String(cause));
}

/** The setting was checked when it was read, so null cannot be. */
function readSmtp(text: string): SmtpServer {
  const server = parseSmtpUrl(text);
  if (server === null) throw new Error('the SMTP URL does not fit its schema');
  return server;
}

function secretsIn(text: string, { login }: SmtpServer): readonly string[] {
  if (login === null) return [text];
  return [text, login.password, `\0${login.user}\0${login.password}`];
}

/** Mail servers may echo a login as it was sent: AUTH PLAIN and AUTH LOGIN are base64. */
function base64Forms(text: string): readonly string[] {
  return [Buffer.from(text).toString('base64')];
}
