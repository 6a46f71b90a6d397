import type { Incident } from './incident.ts';

/** `flapping` and `calm` are told on email and chat only: other receivers get every opening and its end. */
export const NOTICE_EVENTS = [
  'incident.opened',
  'incident.reminder',
  'incident.flapping',
  'incident.calm',
  'incident.resolved',
  'test',
] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

/**
 * Something to tell someone, frozen when it was decided. A channel's notifier turns it into a mail or a request.
 * `id` is the same for all tries of one notice; `dedupKey` for all notices of one incident.
 */
export interface Notice {
  readonly id: string;
  readonly event: NoticeEvent;
  readonly dedupKey: string;
  readonly at: number;
  readonly server: {
    readonly id: string;
    readonly name: string;
    readonly url: string;
    readonly tags: readonly string[];
  };
  readonly incident: Incident;
  readonly location: string;
  readonly dashboardUrl: string;
  /** Only on `incident.resolved`: nobody was told of the opening, so this notice tells both. */
  readonly wasDown: boolean;
  /** Told together in one message: this is the most severe of them, these are all. Never queued; made when it is sent. */
  readonly parts?: readonly Notice[];
  /** Only on `incident.flapping` and `incident.calm`: how often the signal changed, and since when. */
  readonly flapping?: { readonly since: number; readonly changes: number };
}

/**
 * How a queued notice stands. `merged`: told by its `resolved`; `muted`: decided and deliberately not told; `nobody`:
 * there was no channel to tell.
 */
export const NOTICE_STATUSES = ['pending', 'delivered', 'failed', 'merged', 'muted', 'nobody'] as const;
export type NoticeStatus = (typeof NOTICE_STATUSES)[number];

/** A notice addressed to one channel. */
export interface AddressedNotice {
  readonly notice: Notice;
  /** null: there was no channel to tell. */
  readonly channel: string | null;
  /** Not sent earlier; left out: from `notice.at` on. */
  readonly notBefore?: number;
  /**
   * The end of the maintenance in which an `opened` was decided. It is not sent earlier, and where the incident ends by
   * then both it and its `resolved` become `muted`.
   */
  readonly maintenanceUntil?: number;
  /** Kept and listed, not sent; an `opened` or reminder of the same incident that still waits is not sent either. */
  readonly isMuted?: true;
}

/** One try at sending a notice. `answer` is what the receiver said, cleaned and cut. */
export interface Delivery {
  readonly at: number;
  readonly ms: number;
  readonly ok: boolean;
  readonly answer: string;
}

/** A notice in the outbox, addressed to one channel (null: nobody) with its tries so far. */
export interface QueuedNotice {
  readonly notice: Notice;
  readonly channel: string | null;
  readonly status: NoticeStatus;
  /** The message it is told in, from its first try on; notices told together share one. */
  readonly message: string | null;
  readonly nextTryAt: number | null;
  readonly deliveries: readonly Delivery[];
}
