import { expect, test } from 'vitest';
import { asAbortSignal, createStop, type StopSignal, stopUnder } from '../../src/core/stop.ts';

const why = new Error('time is up');

function heardBy(signal: StopSignal): () => number {
  let heard = 0;
  signal.addEventListener('abort', () => {
    heard += 1;
  });
  return () => heard;
}

test('whoever listens hears it once, with the first reason', () => {
  const { signal, abort } = createStop();
  const heard = heardBy(signal);
  abort(why);
  abort(new Error('too late'));
  expect({ heard: heard(), aborted: signal.aborted, reason: signal.reason }).toEqual({
    heard: 1,
    aborted: true,
    reason: why,
  });
});

test('who left, and who came after it, hears nothing', () => {
  const { signal, abort } = createStop();
  const leave = (): never => {
    throw new Error('called');
  };
  signal.addEventListener('abort', leave);
  signal.removeEventListener('abort', leave);
  abort(why);
  expect(heardBy(signal)()).toBe(0);
});

test('a listener that leaves while others are told keeps none of them from being told', () => {
  const { signal, abort } = createStop();
  const first = (): void => signal.removeEventListener('abort', first);
  signal.addEventListener('abort', first);
  const second = heardBy(signal);
  abort(why);
  expect(second()).toBe(1);
});

test.each([
  ['our own', createStop],
  ['the platform’s', () => new AbortController()],
])('one under a parent, %s, ends with it and for its reason', (_, createParent) => {
  const parent = createParent();
  const child = stopUnder(parent.signal);
  const asked = asAbortSignal(child.signal);
  expect(asked.aborted).toBe(false);
  parent.abort(why);
  expect([child.signal.reason, asked.reason]).toEqual([why, why]);
  expect([stopUnder(parent.signal).signal.reason, asAbortSignal(parent.signal).reason]).toEqual([why, why]);
});

test('one that was released goes its own way, and one without a parent always does', () => {
  const parent = createStop();
  const child = stopUnder(parent.signal);
  child.release();
  parent.abort(new Error('of the parent'));
  expect(child.signal.aborted).toBe(false);
  child.abort(why);
  const alone = stopUnder(null);
  alone.abort(why);
  expect([child.signal.reason, alone.signal.reason]).toEqual([why, why]);
});
