import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Looks } from '../../../src/store/view/looks.ts';

it('work alone begins after those that the last look answered have gone on', async () => {
  const looks = new Looks();
  const order: string[] = [];
  const look = looks.look('ours', () => turnOfOthers());
  const reader = looks
    .look('ours', () => undefined)
    .then(() => undefined)
    .then(() => order.push('answered'));
  const alone = looks.alone(async () => void order.push('alone'));
  await Promise.all([look, reader, alone]);
  expect(order).toEqual(['answered', 'alone']);
});

it('who asks while work alone is due waits for it, and then looks', async () => {
  const looks = new Looks();
  const order: string[] = [];
  const alone = looks.alone(async () => void order.push('alone'));
  expect(looks.isUnderWay).toBe(true);
  await looks.look('ours', async () => void order.push('look'));
  await alone;
  expect(order).toEqual(['alone', 'look']);
});
