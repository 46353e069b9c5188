import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { noteRequest, quietMoment } from '../../src/core/quiet-moment.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Notes the order of what comes, up to a time. */
async function during(ms: number, each: () => void = () => undefined): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    await vi.advanceTimersByTimeAsync(50);
    each();
  }
}

test('work waits while something is asked, and two pieces have a moment each', async () => {
  const done: string[] = [];
  void quietMoment().then(() => {
    done.push('first');
    noteRequest(); // a call that came in while it was busy
  });
  void quietMoment().then(() => done.push('second'));
  await during(1_000, noteRequest);
  expect(done).toEqual([]);
  await during(450);
  expect(done).toEqual(['first']);
  await during(450);
  expect(done).toEqual(['first', 'second']);
});

test('a client that never rests does not keep it waiting forever', async () => {
  let done = false;
  void quietMoment().then(() => (done = true));
  await during(6_000, noteRequest);
  expect(done).toBe(true);
});
