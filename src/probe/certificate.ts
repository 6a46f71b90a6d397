import type { TLSSocket } from 'node:tls';
import { ProbeError } from './probe-error.ts';

/** When the certificate of an open TLS connection ends, epoch milliseconds. */
export function expiryOf(socket: TLSSocket): number | null {
  const at = Date.parse(socket.getPeerX509Certificate()?.validTo ?? '');
  return Number.isNaN(at) ? null : at;
}

/**
 * Why a certificate is not accepted, with its own dates and names as evidence; null when it is.
 * Codes are OpenSSL's (X509_verify_cert_error_string) and node:tls's own for the name.
 */
export function certificateError(socket: TLSSocket, hostname: string): ProbeError | null {
  if (socket.authorized) return null;
  const code = String(socket.authorizationError);
  const certificate = socket.getPeerX509Certificate();
  const issuer = certificate?.issuer.replaceAll('\n', ', ') ?? 'an unknown issuer';
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return new ProbeError('tls_expired', `The certificate expired on ${day(certificate?.validTo)}.`);
    case 'CERT_NOT_YET_VALID':
      return new ProbeError('tls_untrusted', `The certificate is not valid before ${day(certificate?.validFrom)}.`);
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return new ProbeError('tls_self_signed', `The certificate of ${hostname} is self-signed.`);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return new ProbeError(
        'tls_name_mismatch',
        `The certificate is for ${namesOf(certificate?.subjectAltName)}, not for ${hostname}.`,
      );
    default:
      return new ProbeError(
        'tls_untrusted',
        `The certificate was issued by ${issuer}, which is not trusted here (${code}).`,
      );
  }
}

function day(date: string | undefined): string {
  const at = Date.parse(date ?? '');
  return Number.isNaN(at) ? 'an unreadable date' : new Date(at).toISOString().slice(0, 10);
}

function namesOf(subjectAltName: string | undefined): string {
  return subjectAltName?.replaceAll(/(?:DNS|IP Address):/g, '') ?? 'no name';
}
