import { useMemo, useState } from 'preact/hooks';
import type { Notice } from '../../src/http/wire.ts';
import { Scroll } from '../parts/scroll.tsx';
import { Segments } from '../parts/segments.tsx';

type Preview = Notice['previews'][number];
type Mail = Extract<Preview, { kind: 'email' }>;

const PARTS = [
  { key: 'html', name: 'HTML' },
  { key: 'text', name: 'Text' },
] as const;

/** A notice as it arrives, folded; drawn once it is unfolded. */
export function PreviewView({ preview }: { preview: Preview }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="preview" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{preview.kind === 'email' ? `Mail: ${preview.subject}` : `${preview.method} as JSON`}</summary>
      {open && (preview.kind === 'email' ? <MailView mail={preview} /> : <RequestView request={preview} />)}
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

function MailView({ mail }: { mail: Mail }) {
  const parked = useMemo(() => park(mail.html), [mail.html]);
  const [part, setPart] = useState<'html' | 'text'>('html');
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
        <iframe
          title={`Mail: ${mail.subject}`}
          sandbox="allow-same-origin"
          srcdoc={parked.html}
          onLoad={(event) => dress(event.currentTarget, parked.styles)}
        />
      )}
    </div>
  );
}

interface Parked {
  readonly html: string;
  readonly styles: string;
}

/**
 * The page's policy holds inside the frame, too: no script runs, and what the mail says of its looks is ignored. So style
 * attributes are parked in data-style and style blocks beside the text; `dress` sets them through the DOM, which the
 * policy allows.
 */
function park(html: string): Parked {
  const styles: string[] = [];
  const parked = html
    .replace(/<style[^>]*>([^<]*)<\/style>/gi, (_, css: string) => {
      styles.push(css);
      return '';
    })
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle=/gi, ' data-style='));
  const mail = new DOMParser().parseFromString(parked, 'text/html');
  for (const element of mail.querySelectorAll('script, style, link, meta, base, iframe, object, embed'))
    element.remove();
  for (const link of mail.querySelectorAll('a')) link.target = '_blank';
  return { html: mail.documentElement.outerHTML, styles: styles.join('\n') };
}

function dress(frame: HTMLIFrameElement, styles: string): void {
  const mail = frame.contentDocument;
  const sheet = mail?.defaultView === null || mail === null ? null : new mail.defaultView.CSSStyleSheet();
  if (mail === null || sheet === null) return;
  sheet.replaceSync(styles);
  mail.adoptedStyleSheets = [sheet];
  for (const element of mail.querySelectorAll<HTMLElement>('[data-style]')) {
    element.style.cssText = element.dataset['style'] ?? '';
  }
  frame.style.height = `${Math.min(900, mail.documentElement.scrollHeight + 2)}px`;
}
