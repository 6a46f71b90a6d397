/**
 * Who reads a channel. `people` read messages, which may be grouped, held and worded for them; a `machine` gets one notice
 * per incident as it is (contract, Notices).
 */
export const AUDIENCES = ['people', 'machine'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** How a form asks for one setting of a channel. */
export interface ChannelField {
  /** The setting's key in the entry. */
  readonly key: string;
  readonly label: string;
  /** What to know before answering; empty: the label says it all. */
  readonly hint: string;
  readonly example: string;
  /** Sealed on disk and never answered. */
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  /** Several values, entered with commas between. */
  readonly isList: boolean;
}

/** A kind of channel as a form offers it. */
export interface ChannelForm {
  /** The channel's `type` in the configuration. */
  readonly type: string;
  /** As people know it: `Slack`. */
  readonly name: string;
  readonly audience: Audience;
  readonly fields: readonly ChannelField[];
}
