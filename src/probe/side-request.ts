import type { Zone } from '../core/address.ts';
import type { StopSignal } from '../core/stop.ts';
import { refuseEncoding } from './answers.ts';
import type { Dispatch, Headers, LineRequest } from './dispatcher.ts';
import { exchange } from './exchange.ts';
import { ProbeError } from './probe-error.ts';

/** A request beside the session: for metadata or a token. */
export interface SideRequest extends Omit<LineRequest, 'path'> {
  readonly url: URL;
  /** Deadline of each phase of the connection; the whole ends with `signal`. */
  readonly timeoutMs: number;
  readonly signal: StopSignal;
  /** Where `url` came from a target: the zone of that target, further inside than which we do not go. */
  readonly innermost?: Zone;
}

export interface SideAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** Where the address lies that answered. */
  readonly zone: Zone;
}

/** Far more than metadata or a token needs. */
const MAX_BYTES = 64 * 1024;

/** Sends it on a connection of its own. Follows no redirect. Rejects with ProbeError, DialError, the signal's reason or what the line failed with. */
export async function askAside(dispatch: Dispatch, request: SideRequest): Promise<SideAnswer> {
  const { url, signal, timeoutMs, innermost, ...rest } = request;
  const within = innermost === undefined ? {} : { innermost };
  const line = await dispatch.open({ url, timeoutMs, signal, onPhase: () => undefined, ...within });
  try {
    let size = 0;
    const received = await exchange(
      line,
      { ...rest, path: url.pathname + url.search },
      {
        signal,
        accept: refuseEncoding,
        maxBytes: () => MAX_BYTES,
        spend(bytes) {
          size += bytes;
          if (size > MAX_BYTES) throw new ProbeError('response_too_large', 'The answer exceeds 64 KiB.');
        },
      },
    );
    if (received.kind !== 'body') throw new Error('a whole answer was asked for');
    return { status: received.status, headers: received.headers, bytes: received.bytes, zone: line.zone() };
  } finally {
    line.close();
  }
}
