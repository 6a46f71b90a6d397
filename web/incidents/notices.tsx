import type { Incident, Notice } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { latency } from '../format.ts';
import { Do } from '../parts/do.tsx';
import { Mark } from '../parts/mark.tsx';
import { Section } from '../parts/section.tsx';
import { Ago, Due } from '../parts/time.tsx';
import type { Tone } from '../words.ts';
import { PreviewView } from './preview.tsx';

export const NOTICE: Readonly<Record<Notice['status'], { readonly tone: Tone; readonly words: string }>> = {
  pending: { tone: 'degraded', words: 'queued' },
  delivered: { tone: 'up', words: 'delivered' },
  failed: { tone: 'down', words: 'not delivered' },
  merged: { tone: 'unknown', words: 'told together with the recovery' },
  muted: { tone: 'unknown', words: 'not told' },
  nobody: { tone: 'unknown', words: 'reached nobody' },
};

export function eventWords(event: Notice['event']): string {
  return event.replace('incident.', '');
}

/** Who was told, each try with the receiver's answer, and the notice as it arrives. */
export function Notices({
  notices,
  told,
  onSent,
}: {
  notices: readonly Notice[];
  told: Incident['told'];
  onSent: () => void;
}) {
  return (
    <Section title="Notices" kind="notices">
      {notices.length === 0 && (
        <p class="quiet">{told === null ? 'This incident is not announced.' : 'No notice was queued.'}</p>
      )}
      <ul>
        {notices.map((notice) => (
          <NoticeItem key={notice.id} notice={notice} onSent={onSent} />
        ))}
      </ul>
    </Section>
  );
}

function NoticeItem({ notice, onSent }: { notice: Notice; onSent: () => void }) {
  const { channel, event, status, at, next_try_at: nextTry, tries } = notice;
  return (
    <li>
      <div class="notice-head">
        <Mark tone={NOTICE[status].tone} label={status} />
        <span>
          <b>{channel ?? 'nobody'}</b> · {eventWords(event)} · {NOTICE[status].words}
        </span>
        <span class="quiet">
          <Ago at={at} />
          {nextTry !== null &&
            (Date.parse(nextTry) < Date.now() ? (
              ', waits for the channel'
            ) : (
              <>
                , next try <Due at={nextTry} />
              </>
            ))}
        </span>
        {(status === 'failed' || status === 'delivered') && <Resend id={notice.id} onSent={onSent} />}
      </div>
      <Tries tries={tries} />
      {notice.previews.map((preview, index) => (
        <PreviewView key={index} id={notice.id} preview={preview} />
      ))}
    </li>
  );
}

function Tries({ tries }: { tries: Notice['tries'] }) {
  if (tries.length === 0) return null;
  return (
    <ol class="tries">
      {tries.map((attempt) => (
        <li key={attempt.at}>
          <Mark tone={attempt.ok ? 'up' : 'down'} label={attempt.ok ? 'accepted' : 'refused'} />
          <span class="quiet">
            <Ago at={attempt.at} />, {latency(attempt.ms)}
          </span>
          <span class="mono">{attempt.answer}</span>
        </li>
      ))}
    </ol>
  );
}

export function Resend({ id, onSent }: { id: string; onSent: () => void }) {
  const { api } = useDashboard();
  const resend = async () => {
    await api.send('POST', `/deliveries/${encodeURIComponent(id)}/resend`);
    onSent();
    return 'Queued to be sent again.';
  };
  return <Do name="Send again" act={resend} />;
}
