import type { CanaryResult, Probe, Step } from '../../src/http/wire.ts';
import { latency } from '../format.ts';
import { CopyBlock } from '../parts/copy.tsx';
import { Mark } from '../parts/mark.tsx';
import { stepWord } from '../words.ts';

const TONES = { ok: 'up', failed: 'down', skipped: 'unknown' } as const;

/** The steps of one probe, each a bar that begins where the one before ended; a failed step carries its message. */
export function Waterfall({ probe }: { probe: Probe }) {
  const total = Math.max(1, ...probe.steps.map((_, index) => endOf(probe.steps, index)));
  return (
    <div class="waterfall">
      <ol>
        {probe.steps.map((step, index) => (
          <li key={step.name} class={step.status}>
            <span class="step-name">
              <Mark tone={TONES[step.status]} label={step.status} />
              {stepWord(step.name)}
            </span>
            <svg class="step-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
              <rect
                x={(startOf(probe.steps, index) / total) * 100}
                width={Math.max(0.4, ((step.ms ?? 0) / total) * 100)}
                height="8"
              />
            </svg>
            <span class="step-ms">{step.status === 'skipped' ? 'skipped' : latency(step.ms)}</span>
            {step.error !== null && (
              <p class="step-error">
                {step.error.message} <code class="quiet">{step.error.code}</code>
              </p>
            )}
          </li>
        ))}
      </ol>
      <Answers probe={probe} />
      {probe.detail_gone && <p class="quiet small">{probe.detail_gone}</p>}
      {probe.repeat !== null && (
        <>
          <p class="quiet small">The same by hand:</p>
          <CopyBlock label="The same by hand" text={probe.repeat} />
        </>
      )}
    </div>
  );
}

// The health URL is asked beside the session, not after it.
function startOf(steps: readonly Step[], index: number): number {
  if (steps[index]?.name === 'health_url') return 0;
  return steps.slice(0, index).reduce((sum, step) => sum + (step.name === 'health_url' ? 0 : (step.ms ?? 0)), 0);
}

function endOf(steps: readonly Step[], index: number): number {
  return startOf(steps, index) + (steps[index]?.ms ?? 0);
}

function Answers({ probe }: { probe: Probe }) {
  const health = probe.health_url;
  return (
    <dl class="answers">
      {probe.canaries
        .concat(probe.canaries.length === 0 && probe.canary !== null ? [probe.canary] : [])
        .map((canary, index) => (
          <Said key={index} name={`canary ${canary.tool ?? canary.resource ?? ''}`} text={canaryWords(canary, probe)} />
        ))}
      {health !== null && <HealthSaid name="health URL" of={health.ready} />}
      {health?.live && <HealthSaid name="live URL" of={health.live} />}
      {probe.protocol_version !== null && <Said name="server" text={identityWords(probe, probe.protocol_version)} />}
    </dl>
  );
}

/** `orders 1.2.0, protocol 2025-11-25, also speaks 2026-07-28` */
function identityWords({ server_info: info, also_speaks: others }: Probe, protocol: string): string {
  const name = info === null ? [] : [`${info.name} ${info.version}`];
  const also = others.length === 0 ? [] : [`also speaks ${others.join(', ')}`];
  return [...name, `protocol ${protocol}`, ...also].join(', ');
}

/** null where the failed step has said it already. */
function canaryWords(canary: CanaryResult, probe: Probe): string | null {
  const survived =
    canary.session_survived === null
      ? ''
      : canary.session_survived
        ? ' (the session survived)'
        : ' (the session did not survive)';
  const text = canary.text ?? canary.reason?.message ?? null;
  const said = probe.steps.some(({ error }) => text !== null && error?.message.includes(text));
  return text === null || said ? null : text + survived;
}

function HealthSaid({ name, of }: { name: string; of: NonNullable<Probe['health_url']>['ready'] }) {
  return <Said name={`${name} ${of.status ?? ''}`} text={of.text ?? of.reason?.message ?? null} />;
}

/** What the target said, always as text. */
function Said({ name, text }: { name: string; text: string | null }) {
  if (text === null) return null;
  return (
    <div>
      <dt class="quiet">{name}</dt>
      <dd class="mono">{text}</dd>
    </div>
  );
}
