import { expect, test } from 'vitest';
import type { ToolsFact } from '../../src/core/probe.ts';
import type { ToolList } from '../../src/core/tool-list.ts';
import type { ToolStanding } from '../../src/core/tool-standing.ts';
import { acceptCurrent, decideTools, type ToolsDecision } from '../../src/core/tools.ts';
import { NOON } from '../fixtures/facts.ts';

const MINUTE = 60_000;

/** Lists by letter: each has one more parameter than the one before, but for `z`, which lost its tool. */
const listOf = (letter: string): ToolList => ({
  hash: letter,
  contractHash: letter,
  tools:
    letter === 'z'
      ? []
      : [
          {
            name: 'search',
            title: null,
            description: letter === 'w' ? 'other words' : 'words',
            inputSchema: {
              properties: Object.fromEntries(
                [...'abc'].filter((key) => key <= letter || letter === 'w').map((key) => [key, {}]),
              ),
            },
            outputSchema: null,
            annotations: null,
          },
        ],
});

const read = (letter: string, changes: Partial<ToolsFact> = {}): ToolsFact => ({
  count: 1,
  hash: letter,
  contractHash: letter,
  surfaceHash: letter,
  invalid: [],
  again: 'same',
  list: listOf(letter),
  ...changes,
});

/** A server's list through several probes; each reading is given the standing and the lists that the last one left. */
function watch() {
  let standing: ToolStanding | null = null;
  let lists = { accepted: listOf('a'), current: listOf('a') };
  let ids = 0;
  return {
    see(fact: ToolsFact | null, at = NOON): ToolsDecision {
      const newId = () => {
        ids += 1;
        return `change ${ids}`;
      };
      const decision = decideTools({ serverId: 'orders', fact, standing, lists, at, newId });
      const { update } = decision;
      if (update !== null) standing = update.standing;
      if (update?.list != null) lists = { ...lists, current: update.list };
      return decision;
    },
    accept(at: number) {
      if (standing !== null) standing = acceptCurrent(standing, at);
      lists = { ...lists, accepted: lists.current };
    },
  };
}

const said = ({ verdict }: ToolsDecision) => [verdict.level, verdict.reason?.code ?? null];

test('the first list ever seen is accepted without a word', () => {
  const { verdict, update } = watch().see(read('b', { again: null }));
  expect(verdict).toEqual({ level: 'ok', reason: null });
  expect(update).toMatchObject({ standing: { accepted: { hash: 'b', at: NOON }, drift: null }, change: null });
});

test('a list that stays the same changes nothing that is stored', () => {
  const { see } = watch();
  see(read('a'));
  expect(see(read('a', { again: null, list: null }))).toEqual({ verdict: { level: 'ok', reason: null }, update: null });
});

test('an additive change warns and is recorded, and still warns at the next probe', () => {
  const { see } = watch();
  see(read('a'));
  const { verdict, update } = see(read('b'), NOON + MINUTE);
  expect(verdict).toMatchObject({
    level: 'warn',
    reason: { code: 'tools_changed', message: 'search: parameter b is new.' },
  });
  expect(update?.change).toMatchObject({
    id: 'change 1',
    at: NOON + MINUTE,
    from: 'a',
    to: 'b',
    grade: 'additive',
    omitted: 0,
  });
  expect(said(see(read('b', { again: null, list: null }), NOON + 2 * MINUTE))).toEqual(['warn', 'tools_changed']);
});

test('what breaks callers fails, and says how many differences there are', () => {
  const { see, accept } = watch();
  see(read('a'));
  see(read('c'), NOON + MINUTE);
  accept(NOON + 2 * MINUTE);
  const { verdict } = see(read('a', { list: listOf('a') }), NOON + 20 * MINUTE);
  expect(verdict).toMatchObject({
    level: 'fail',
    reason: { code: 'tools_changed_breaking', message: 'search: parameter b is gone, and 1 more difference.' },
  });
});

test('a list that goes back to the accepted one is well again, and that is recorded, too', () => {
  const { see } = watch();
  see(read('a'));
  see(read('b'), NOON + MINUTE);
  const { verdict, update } = see(read('a', { again: null, list: null }), NOON + 2 * MINUTE);
  expect(verdict.level).toBe('ok');
  expect(update).toMatchObject({ standing: { drift: null }, change: { from: 'b', to: 'a', grade: 'breaking' } });
});

test('drift is measured from the accepted list, a change from the list before', () => {
  const { see } = watch();
  see(read('a'));
  see(read('b'), NOON + MINUTE);
  const { update } = see(read('c'), NOON + 20 * MINUTE);
  expect(update?.change?.differences.map(({ message }) => message)).toEqual(['search: parameter c is new.']);
  expect(update?.standing.drift?.lines).toEqual(['search: parameter b is new.', 'search: parameter c is new.']);
});

test('accepting ends the drift', () => {
  const { see, accept } = watch();
  see(read('a'));
  see(read('b'), NOON + MINUTE);
  accept(NOON + 2 * MINUTE);
  expect(said(see(read('b', { again: null, list: null }), NOON + 3 * MINUTE))).toEqual(['ok', null]);
});

test('two readings that differ are unstable, and no change', () => {
  const { see } = watch();
  see(read('a'));
  const decision = see(read('b', { again: 'other', list: null }), NOON + MINUTE);
  expect(said(decision)).toEqual(['warn', 'tools_unstable']);
  expect(decision.update).toBeNull();
});

test('a list that changes at every probe is one change in ten minutes, and unstable in between', () => {
  const { see } = watch();
  see(read('a'));
  expect(said(see(read('b'), NOON + MINUTE))).toEqual(['warn', 'tools_changed']);
  expect(said(see(read('c'), NOON + 2 * MINUTE))).toEqual(['warn', 'tools_unstable']);
  expect(said(see(read('w'), NOON + 10 * MINUTE))).toEqual(['warn', 'tools_unstable']);
  expect(said(see(read('c'), NOON + 11 * MINUTE))).toEqual(['warn', 'tools_changed']);
});

test('a change that could be read only once is believed when the next probe reads it too', () => {
  const { see } = watch();
  see(read('a'));
  const once = see(read('b', { again: null }), NOON + MINUTE);
  expect(said(once)).toEqual(['unknown', null]);
  expect(once.update?.standing.candidate).toBe('b');
  expect(said(see(read('b', { again: null }), NOON + 2 * MINUTE))).toEqual(['warn', 'tools_changed']);
});

test('no list, or an empty one, says nothing about drift', () => {
  const { see } = watch();
  see(read('a'));
  expect(see(null)).toMatchObject({ verdict: { level: 'unknown' }, update: null });
  expect(see(read('z', { count: 0 }))).toMatchObject({ verdict: { level: 'unknown' }, update: null });
});

test('tools that cannot be read are a warning that names them', () => {
  const { verdict } = watch().see(read('a', { count: 3, invalid: ['odd', 'tool 5'] }));
  expect(verdict).toMatchObject({
    level: 'warn',
    reason: { code: 'tool_invalid', message: '2 of 5 tools cannot be read: odd and 1 more.' },
  });
});
