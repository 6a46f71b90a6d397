import { unmet, valueAt } from './expect.ts';
import type { Json } from './json.ts';
import { isJsonObject } from './json.ts';
import type { CanaryOutcome, HealthOutcome, ProbeReport } from './probe.ts';
import type { Reason } from './reasons.ts';
import { reason } from './reasons.ts';
import type { Canary, Server } from './server.ts';

/** A canary that was asked, with what is expected of it, and why it is not good (null: it is). */
export interface AskedCanary {
  readonly outcome: CanaryOutcome;
  readonly canary: Canary | undefined;
  readonly red: Reason | null;
}

/** The canaries of a report in their order. */
export function askedCanaries(report: ProbeReport, { canaries }: Server): readonly AskedCanary[] {
  const asked = report.leftOut === true ? canaries.filter(({ kind }) => kind === 'resource') : canaries;
  return report.canaries.map((outcome, at) => ({ outcome, canary: asked[at], red: redCanary(outcome, asked[at]) }));
}

/** Why what a canary brought back is not good; null: it is. */
export function redCanary(outcome: CanaryOutcome, canary: Canary | undefined): Reason | null {
  const { answer } = outcome;
  if (answer.kind === 'failure') return answer.reason;
  const words = saidBy(answer.json, ['error', 'message', 'reason']) ?? answer.text;
  const said = words === null ? '' : `: ${words}`;
  if (answer.isError) return reason('canary_is_error', 'canary', `${nameOf(outcome)} returned isError${said}`);
  if (isNotOk(answer.json)) return reason('canary_not_ok', 'canary', `${nameOf(outcome)} returned ok: false${said}`);
  const wrong = (canary?.expect ?? [])
    .map((expectation) => unmet(expectation, answer.json ?? answer.text ?? undefined))
    .find((miss) => miss !== null);
  return wrong ? reason('canary_expectation', 'canary', `${nameOf(outcome)}: ${wrong}`) : null;
}

/** Why what a health URL answered is not good; null: it is. `expected` null: any 2xx is. */
export function redHealth(outcome: HealthOutcome, expected: readonly number[] | null): Reason | null {
  if (outcome.kind === 'failure') return outcome.reason;
  const isGood = expected === null ? outcome.status >= 200 && outcome.status < 300 : expected.includes(outcome.status);
  if (isGood) return null;
  const said = saidBy(outcome.json, ['reason', 'status']);
  return reason(
    'health_status',
    'health_url',
    `The health URL answered ${outcome.status}${said === null ? '' : `: ${said}`}.`,
  );
}

/** What a server says of itself in JSON: the first of `keys` that holds text (product.md, "Health bodies seen"). */
function saidBy(json: Json | undefined, keys: readonly string[]): string | null {
  if (!isJsonObject(json)) return null;
  const found = keys.map((key) => valueAt(json, key)).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found.slice(0, 200) : null;
}

/** What is called or read. */
export function nameOf({ canary }: CanaryOutcome): string {
  return canary.kind === 'tool' ? canary.tool : canary.resource;
}

function isNotOk(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'ok' in json && json.ok === false;
}
