import { oneLine } from '../../core/text.ts';
import { failStep, openStep, type Run } from '../run.ts';
import type { Enter, Hello, ProtocolSession } from '../session.ts';
import type { OpenStep } from '../steps.ts';

type Part = 'initialize' | 'initialized';

/** Does it open a session? Two steps, `initialize` and `initialized`, each with its own deadline. */
export async function handshake(session: ProtocolSession, run: Run): Promise<Hello> {
  const parts: { readonly name: Part; readonly step: OpenStep }[] = [];
  const enter: Enter = (name, ms = run.server.timeoutMs) => {
    const last = parts.at(-1);
    // The same part again: it was refused, and is asked anew with other credentials or in another era.
    if (last?.name === name) last.step.discard();
    else last?.step.end(null);
    const step = openStep(run, name, ms);
    parts.push({ name, step });
    return step.signal;
  };
  try {
    const hello = await session.open(enter);
    parts.at(-1)?.step.end(null);
    return { ...hello, serverInfo: cleanInfo(hello.serverInfo, run) };
  } catch (error) {
    if (parts.length === 0) enter('initialize');
    const { name, step } = parts.at(-1) ?? { name: 'initialize', step: openStep(run, 'initialize', 0) };
    return failStep(run, step, name, error);
  }
}

function cleanInfo(info: Hello['serverInfo'], run: Run): Hello['serverInfo'] {
  if (info === null) return null;
  const line = (text: string): string => oneLine(run.clean(text, 100));
  return { name: line(info.name), version: line(info.version) };
}
