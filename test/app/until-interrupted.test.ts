import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { untilInterrupted } from '../../src/app/until-interrupted.ts';

test('work that changes nothing ends with Ctrl-C', async () => {
  const before = process.listenerCount('SIGINT');
  const waiting = untilInterrupted(sleep(60_000, undefined, { ref: false }));
  process.emit('SIGINT');
  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED', message: 'nothing was changed' });
  expect(process.listenerCount('SIGINT')).toBe(before);
});

test('and gives its result, or its failure, where there is none', async () => {
  expect(await untilInterrupted(Promise.resolve(7))).toBe(7);
  await expect(untilInterrupted(Promise.reject(new Error('why')))).rejects.toThrow('why');
});
