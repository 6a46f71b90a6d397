import { isObject, parseJson } from './json.ts';

/** A JSON Web Token is three segments of base64url (RFC 7519 3); of a longer text nothing is read. */
const JWT = /^Bearer +[A-Za-z0-9_-]{1,2048}\.([A-Za-z0-9_-]{1,16384})\.[A-Za-z0-9_-]{0,4096}$/i;
/** The last second of the year 9999: what is later is no date. */
const MAX_SECONDS = 253_402_300_799;

/** When the bearer token in an `Authorization` header ends by its own word (`exp`, RFC 7519 4.1.4), epoch milliseconds; null: it does not say. */
export function expiryOfBearer(authorization: string | undefined): number | null {
  const payload = JWT.exec(authorization ?? '')?.[1];
  if (payload === undefined) return null;
  try {
    const claims = parseJson(Buffer.from(payload, 'base64url'));
    const exp = isObject(claims) ? claims['exp'] : undefined;
    return typeof exp === 'number' && exp > 0 && exp <= MAX_SECONDS ? exp * 1000 : null;
  } catch {
    return null;
  }
}
