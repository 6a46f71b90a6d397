import { formatDuration, formatInstant } from './duration.ts';
import type { ProbeReport } from './probe.ts';
import { reason } from './reasons.ts';
import type { Verdict } from './verdict.ts';

/** Long enough for a weekend. */
const CREDENTIAL_WARNING_MS = 72 * 3_600_000;

/** Credentials that still open the door, but not for long. `auth` is what the probe says of them otherwise. */
export function judgeCredential({ credential, startedAt }: ProbeReport, auth: Verdict): Verdict {
  if (auth.level !== 'ok' || credential === null) return auth;
  const left = credential.expiresAt - startedAt;
  if (left > CREDENTIAL_WARNING_MS) return auth;
  const when = `${formatDuration(Math.abs(left))}${left > 0 ? '' : ' ago'}`;
  const message =
    left > 0
      ? `The configured credentials run out in ${when} (${formatInstant(credential.expiresAt)}).`
      : `The configured credentials ran out ${when} (${formatInstant(credential.expiresAt)}), though the server still takes them.`;
  return { level: 'warn', reason: reason('credential_expiring', null, message) };
}

/**
 * A certificate that is good, but not for long (contract, `alerts.tls`). One that has ended is a failure of the
 * connection. `warnings`: how long before its end it is told, in milliseconds; none: its end is not watched.
 */
export function judgeCertificate({ tls, startedAt }: ProbeReport, warnings: readonly number[]): Verdict {
  if (tls === null || warnings.length === 0) return { level: 'unknown', reason: null };
  if (warningsDue({ tls, startedAt }, warnings) === 0) return { level: 'ok', reason: null };
  const left = formatDuration(tls.expiresAt - startedAt);
  const message = `The certificate expires in ${left} (${formatInstant(tls.expiresAt)}).`;
  return { level: 'warn', reason: reason('tls_expiring', 'tls', message) };
}

/** How many of the warnings before a certificate's end are due: 2 of 21, 14, 7 and 1 d where 10 d are left. */
export function warningsDue(
  { tls, startedAt }: Pick<ProbeReport, 'tls' | 'startedAt'>,
  warnings: readonly number[],
): number {
  return tls === null ? 0 : warnings.filter((ms) => tls.expiresAt - startedAt <= ms).length;
}
