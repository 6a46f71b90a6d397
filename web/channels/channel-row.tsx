import { useState } from 'preact/hooks';
import type { Channel, ChannelTest, Delivery } from '../../src/http/wire.ts';
import { asApiError } from '../api.ts';
import { useDashboard } from '../context.ts';
import { latency } from '../format.ts';
import { noticeTone, noticeWords } from '../incidents/notices.tsx';
import { Do } from '../parts/do.tsx';
import { Mark } from '../parts/mark.tsx';
import { Row } from '../parts/rows.tsx';
import { Ago } from '../parts/time.tsx';
import { channelPath } from '../paths.ts';
import { sourceWords } from '../words.ts';

export function ChannelRow({
  channel,
  last,
  onChanged,
}: {
  channel: Channel;
  last: Delivery | null;
  onChanged: () => void;
}) {
  const { api, fleet } = useDashboard();
  const [tested, setTested] = useState<Pick<ChannelTest, 'ok' | 'answer'> | null>(null);
  const { id, type, target, source } = channel;
  const path = channelPath(id);

  const test = async () => {
    setTested(null);
    try {
      const { ok, answer, ms } = await api.send<ChannelTest>('POST', `${path}/test`);
      setTested({ ok, answer: `${answer} (${latency(ms)})` });
    } catch (error) {
      setTested({ ok: false, answer: asApiError(error).message });
    }
    return '';
  };
  const remove = async () => {
    await api.send('DELETE', path);
    onChanged();
    fleet.reload();
    return `${id} is deleted.`;
  };
  const first = {
    title: `Delete ${id}?`,
    body: <p>{target} is no longer told. What was sent stays in the incidents.</p>,
    yes: 'Delete channel',
    dangerous: true,
  };

  return (
    <Row
      tone={last === null ? 'unknown' : noticeTone(last.status)}
      label={last === null ? 'nothing sent yet' : last.status}
      actions={
        <>
          <Do name="Send a test" busy="Sending …" act={test} />
          {source === 'ui' && (
            <>
              <a class="button" href={`/channels?edit=${encodeURIComponent(id)}`}>
                Edit
              </a>
              <Do name="Delete" first={first} act={remove} />
            </>
          )}
        </>
      }
      after={
        <div class="row-after" role="status">
          {tested !== null && (
            <p>
              <Mark tone={tested.ok ? 'up' : 'down'} /> {tested.ok ? 'Accepted' : 'Not accepted'}:{' '}
              <span class="mono">{tested.answer}</span>
            </p>
          )}
        </div>
      }
    >
      <p>
        <b>{id}</b> {type} to <span class="mono">{target}</span>
      </p>
      <p class="quiet small">
        {audience(channel)} · {sourceWords(channel)} ·{' '}
        {last === null ? (
          'nothing sent yet'
        ) : (
          <>
            last notice {noticeWords(last.status)} <Ago at={last.tries.at(-1)?.at ?? last.at} />
          </>
        )}
      </p>
    </Row>
  );
}

function audience({ severity, tags }: Channel): string {
  const which = severity === null ? 'everything' : severity === 'critical' ? 'only critical' : `${severity} and worse`;
  return tags.length === 0 ? which : `${which}, for servers tagged ${tags.join(' or ')}`;
}
