import type { Delivery } from '../../src/http/wire.ts';
import { eventWords, NOTICE, Resend } from '../incidents/notices.tsx';
import { Row } from '../parts/rows.tsx';
import { Section } from '../parts/section.tsx';
import { Ago } from '../parts/time.tsx';
import { incidentPath } from '../paths.ts';

const SHOWN = 20;

/** The last notices; those that failed first, because somebody may still have to be told. */
export function Deliveries({ items, onSent }: { items: readonly Delivery[]; onSent: () => void }) {
  if (items.length === 0) return null;
  const failed = items.filter(({ status }) => status === 'failed');
  const shown = [...failed, ...items.filter(({ status }) => status !== 'failed')].slice(
    0,
    Math.max(SHOWN, failed.length),
  );
  return (
    <Section title="Last notices">
      <ul class="rows">
        {shown.map(({ id, status, ...delivery }) => (
          <Row
            key={id}
            tone={NOTICE[status].tone}
            label={status}
            actions={status === 'failed' && <Resend id={id} onSent={onSent} />}
          >
            <p>
              <a href={incidentPath(delivery.incident)}>
                <b>{delivery.channel ?? 'nobody'}</b>: {delivery.server.name}, {eventWords(delivery.event)}
              </a>
            </p>
            <p class="quiet small">
              {NOTICE[status].words} <Ago at={(status !== 'pending' && delivery.tries.at(-1)?.at) || delivery.at} />
              {delivery.tries.length > 0 && ': '}
              <span class="mono">{delivery.tries.at(-1)?.answer}</span>
            </p>
          </Row>
        ))}
      </ul>
    </Section>
  );
}
