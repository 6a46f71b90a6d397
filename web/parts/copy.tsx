import { useDashboard } from '../context.ts';
import { Icon } from './icon.tsx';
import { Scroll } from './scroll.tsx';

/** Code with a button that copies it. */
export function CopyBlock({ text, label }: { text: string; label: string }) {
  const { say } = useDashboard();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say(`Copied: ${label}.`);
    } catch {
      // Browsers allow it only over HTTPS or on this machine.
      say('This browser does not let the page copy. Select the text and copy it yourself.');
    }
  };
  return (
    <div class="copy-block">
      <button type="button" class="plain" onClick={copy}>
        <Icon name="copy" />
        Copy<span class="hidden"> {label}</span>
      </button>
      <Scroll label={label} code>
        {text}
      </Scroll>
    </div>
  );
}
