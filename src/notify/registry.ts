import { alertmanager } from './alertmanager.ts';
import type { NotifierKind } from './define.ts';
import { discord } from './discord.ts';
import { email } from './email.ts';
import { ntfy } from './ntfy.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { telegram } from './telegram.ts';
import { webhook } from './webhook.ts';

/** Every kind of channel there is, by its `type`. */
export const notifierKinds: ReadonlyMap<string, NotifierKind> = new Map(
  [email, webhook, slack, discord, teams, telegram, ntfy, pagerduty, alertmanager].map((definition) => [
    definition.kind,
    definition,
  ]),
);
