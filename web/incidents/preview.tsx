import { useState } from 'preact/hooks';
import type { Notice } from '../../src/http/wire.ts';
import { Scroll } from '../parts/scroll.tsx';
import { Segments } from '../parts/segments.tsx';

type Preview = Notice['previews'][number];
type Mail = Extract<Preview, { kind: 'email' }>;

const PARTS = { html: 'HTML', text: 'Text' } as const;

/** A notice as it arrives, folded; drawn once it is unfolded. */
export function PreviewView({ id, preview }: { id: string; preview: Preview }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="preview" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{preview.kind === 'email' ? `Mail: ${preview.subject}` : `${preview.method} as JSON`}</summary>
      {open && (preview.kind === 'email' ? <MailView id={id} mail={preview} /> : <RequestView request={preview} />)}
    </details>
  );
}

function RequestView({ request }: { request: Extract<Preview, { kind: 'http' }> }) {
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
  return (
    <Scroll label="The request as it arrives" code>
      {headers.join('\n')}
      {'\n\n'}
      {indented(request.body)}
    </Scroll>
  );
}

function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** The monitor serves the mail as a page of its own, in which no script runs. */
function MailView({ id, mail }: { id: string; mail: Mail }) {
  const [part, setPart] = useState('html');
  return (
    <div class="mail">
      <p>
        <span class="quiet">Subject</span> {mail.subject}
      </p>
      <Segments label="Part of the mail" options={PARTS} chosen={part} onChoose={setPart} />
      {part === 'text' ? (
        <Scroll label="The mail as text" code>
          {mail.text}
        </Scroll>
      ) : (
        <iframe title={`Mail: ${mail.subject}`} sandbox="" src={`/api/v1/deliveries/${encodeURIComponent(id)}/mail`} />
      )}
    </div>
  );
}
