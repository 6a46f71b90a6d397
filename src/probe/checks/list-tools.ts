import type { ToolFact, ToolsFact } from '../../core/probe.ts';
import type { StopSignal } from '../../core/stop.ts';
import { oneLine } from '../../core/text.ts';
import { askAgain } from '../access.ts';
import { LIMITS } from '../budget.ts';
import { isObject } from '../json.ts';
import { ProbeError } from '../probe-error.ts';
import type { RenewableSession } from '../renewable-session.ts';
import { breath, type Run, runStep } from '../run.ts';
import type { ProtocolSession } from '../session.ts';
import { openDeadline } from '../steps.ts';
import { keepTools } from './kept-tools.ts';
import type { ToolHashes } from './tool-hashes.ts';

/** The list as the judge sees it, and what a canary has to know of each tool. Names are the target's own, uncleaned. */
export interface ToolList {
  readonly fact: ToolsFact;
  readonly tools: ReadonlyMap<string, ToolFact>;
}

/** Does it list its tools? All pages, within the limits. A list the caller does not know is read a second time. */
export async function listTools(session: RenewableSession, run: Run): Promise<ToolList> {
  const first = await runStep(run, 'tools_list', run.server.timeoutMs, async (signal) =>
    readTools(
      // From the first page on: a cursor belongs to its session.
      await askAgain(
        () => allPages(session, signal),
        (error) => session.renew(error, signal),
      ),
      run,
    ),
  );
  const known = run.knownToolHashes;
  if (known === null || known.includes(first.fact.hash)) return first;
  const again = known.length === 0 ? null : await readAgain(session, run, first);
  await breath();
  const list = again === 'other' ? null : await keepTools(first.named, first.hashes, run);
  return { ...first, fact: { ...first.fact, again, list } };
}

/** More than this is not read twice in one probe: both readings share its limits of requests and bytes. */
const TWICE = { pages: 5, size: 1024 * 1024 } as const;

/** Whether a second reading gives the same; null where it cannot be had. That it fails is no fault of the list. */
async function readAgain(session: ProtocolSession, run: Run, first: Reading): Promise<'same' | 'other' | null> {
  if (first.pages > TWICE.pages || first.hashes.size > TWICE.size) return null;
  const deadline = openDeadline(run.clock, run.server.timeoutMs, run.signal);
  try {
    const { hashes } = await readTools(await allPages(session, deadline.signal), run);
    return hashes.hash === first.hashes.hash ? 'same' : 'other';
  } catch {
    return null;
  } finally {
    deadline.close();
  }
}

interface Pages {
  readonly tools: readonly unknown[];
  readonly pages: number;
}

async function allPages(session: ProtocolSession, signal: StopSignal): Promise<Pages> {
  const seen = new Set<string>();
  const tools: unknown[] = [];
  let pages = 0;
  let cursor: string | null = null;
  do {
    const page = await session.listTools(cursor, signal);
    await breath();
    if (tools.length + page.tools.length > LIMITS.tools)
      throw new ProbeError('too_many_tools', `The server lists more than ${LIMITS.tools.toLocaleString('en')} tools.`);
    tools.push(...page.tools);
    pages += 1;
    cursor = page.next;
    if (cursor !== null && seen.has(cursor))
      throw new ProbeError('pagination_loop', 'tools/list gives a cursor it has given before.');
    if (cursor !== null) seen.add(cursor);
    if (seen.size >= LIMITS.pages)
      throw new ProbeError('pagination_loop', `tools/list has more than ${LIMITS.pages} pages.`);
  } while (cursor !== null);
  return { tools, pages };
}

/** A list as it was read once. */
interface Reading extends ToolList {
  /** The tools that have a name, as they came. */
  readonly named: readonly Readonly<Record<string, unknown>>[];
  readonly hashes: ToolHashes;
  readonly pages: number;
}

async function readTools({ tools: listed, pages }: Pages, run: Run): Promise<Reading> {
  const tools = new Map<string, ToolFact>();
  const named: Readonly<Record<string, unknown>>[] = [];
  const invalid: string[] = [];
  for (const [at, tool] of listed.entries()) {
    const name = isObject(tool) ? tool['name'] : undefined;
    if (!isObject(tool) || typeof name !== 'string' || name === '') {
      invalid.push(`tool ${at + 1}`);
      continue;
    }
    named.push(tool);
    tools.set(name, { name: oneLine(run.clean(name, 128)), destructive: isDestructive(tool) });
    if (!isObject(tool['inputSchema'])) invalid.push(oneLine(run.clean(name, 128)));
  }
  const hashes = await run.hashTools(named);
  const { hash, contractHash, surfaceHash } = hashes;
  const count = listed.length - invalid.length;
  return {
    fact: { count, hash, contractHash, surfaceHash, invalid, again: null, list: null },
    tools,
    named,
    hashes,
    pages,
  };
}

/** Only a tool that says so itself: the protocol's default of true holds for every tool without annotations. */
function isDestructive(tool: Readonly<Record<string, unknown>>): boolean {
  const annotations = tool['annotations'];
  return isObject(annotations) && annotations['destructiveHint'] === true;
}
