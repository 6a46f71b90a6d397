import type { Channel } from '../../src/http/wire.ts';
import { Ago, Due, Moment } from '../parts/time.tsx';
import type { Tone } from '../words.ts';

type Delivery = Pick<Channel, 'delivery'>;

/** Its mark in a row. */
export function faring({ delivery }: Delivery): { readonly tone: Tone; readonly label: string } {
  if (delivery.failures_in_a_row > 0) return { tone: 'down', label: 'failing' };
  return delivery.last_ok === null ? { tone: 'unknown', label: 'nothing sent yet' } : { tone: 'up', label: 'works' };
}

/** How a channel fares: what became of the last notice, and what happens next. */
export function Faring({ of }: { of: Delivery }) {
  const { circuit, failures_in_a_row: failures, next_try_at: nextTry, ...delivery } = of.delivery;
  const { pending, failed } = delivery;
  const left = `${pending > 0 ? `, ${pending} waiting` : ''}${failed > 0 ? `, ${failed} given up` : ''}`;
  return (
    <>
      {failures > 0 ? (
        <>
          not accepted {failures > 1 && `${failures} times in a row `}since <Moment at={delivery.failing_since} />
          {circuit === 'open' && ', so it rests'}
          {nextTry !== null && (
            <>
              , tried again <Due at={nextTry} />
            </>
          )}
          {circuit === 'trial' && nextTry === null && ', the next notice tries it again'}
          {left}: <span class="mono">{delivery.last_failure?.answer}</span>
        </>
      ) : delivery.last_ok === null ? (
        `nothing sent yet${left}`
      ) : (
        <>
          works, last notice accepted <Ago at={delivery.last_ok.at} />
          {left}
        </>
      )}
    </>
  );
}
