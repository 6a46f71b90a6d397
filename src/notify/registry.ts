import type { NotifierKind } from './define.ts';
import { email } from './email.ts';
import { slack } from './slack.ts';
import { webhook } from './webhook.ts';

/** Every kind of channel there is, by its `type`. */
export const notifierKinds: ReadonlyMap<string, NotifierKind> = new Map(
  [email, webhook, slack].map((definition) => [definition.kind, definition]),
);
