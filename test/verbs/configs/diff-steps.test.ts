import { expect, it } from 'vitest';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { restoreConfig } from '../../../src/verbs/configs/restore-config.ts';
import { diffSteps } from '../../../src/verbs/history/diff-steps.ts';
import { openContext, refusal } from './open-context.ts';

const name = 'cursor/default';

it('shows each version with who made it, when and why, and what it changed, newest first', async () => {
  const { ctx } = await openContext({ client: 'ada' });
  await putConfig(ctx, { name, json: { a: 1, b: 2 }, message: 'first' });
  await putConfig(ctx, { name, json: { a: 1, b: 3 }, message: 'raise b' });
  await putConfig(ctx, { name, json: { b: 3, c: 4 }, message: 'swap' });
  await deleteConfig(ctx, { name, message: 'not needed' });
  await restoreConfig(ctx, { name, version: 1, message: 'needed after all' });
  const { steps, from, to, equal, summary } = await diffSteps(ctx, { name });
  expect(summary).toBe(`4 steps of ${name} from version 1 to version 5, newest first`);
  expect([from.version, to.version, equal]).toEqual([1, 5, true]);
  expect(steps.map(({ version, action, message }) => `${version} ${action} ${message}`)).toEqual([
    '5 restore needed after all',
    '4 delete not needed',
    '3 put swap',
    '2 put raise b',
  ]);
  expect(steps[0]).toMatchObject({
    restoredFrom: 1,
    verified: 'ok',
    author: { name: 'ada', via: 'mcp' },
    time: expect.stringMatching(/^\d{4}-/),
    changes: [{ op: 'add', path: '', after: { a: 1, b: 2 } }],
  });
  expect(steps.slice(1).map(({ changes }) => changes)).toEqual([
    [{ op: 'remove', path: '' }],
    [
      { op: 'remove', path: '/a', before: 1 },
      { op: 'add', path: '/c', after: 4 },
    ],
    [{ op: 'replace', path: '/b', before: 2, after: 3 }],
  ]);
});

it('takes a range, whichever end comes first, and versions as words', async () => {
  const { ctx } = await openContext();
  for (const value of [1, 2, 3, 4, 5]) await putConfig(ctx, { name, json: { value } });
  const versions = async (range: Pick<Parameters<typeof diffSteps>[1], 'from' | 'to'>) =>
    (await diffSteps(ctx, { name, ...range })).steps.map(({ version }) => version);
  expect(await versions({ from: 2, to: 4 })).toEqual([4, 3]);
  expect(await versions({ from: 4, to: 2 })).toEqual([4, 3]);
  expect(await versions({ from: -2 })).toEqual([5, 4]);
  expect(await versions({ from: 'latest' })).toEqual([]);
  expect((await diffSteps(ctx, { name, from: 3, to: 3 })).summary).toBe(`No step: both are ${name} version 3`);
  expect(await refusal(diffSteps(ctx, { name, to: 9 }))).toMatchObject({
    code: 'NOT_FOUND',
    message: `${name} has no version 9`,
  });
  expect(await refusal(diffSteps(ctx, { name: 'cursor/defalt' }))).toMatchObject({ code: 'NOT_FOUND' });
});

it('says what a change was that changed no data, and how much of other text', async () => {
  const { ctx } = await openContext();
  const mediaType = 'application/jsonc';
  await putConfig(ctx, { name, content: '{\n  "a": 1\n}\n', mediaType });
  await putConfig(ctx, { name, content: '{\n  // why\n  "a": 1\n}\n', mediaType });
  await putConfig(ctx, { name, content: '{\n    // why\n    "a": 1\n}\n', mediaType });
  await putConfig(ctx, { name, content: 'one\ntwo\n', mediaType: 'text/plain' });
  await putConfig(ctx, { name, content: 'one\n2\nthree\n', mediaType: 'text/plain' });
  await putConfig(ctx, { name, content: 'one\n2\nthree\n', mediaType: 'text/markdown' });
  const { steps } = await diffSteps(ctx, { name });
  expect(steps.map(({ changes }) => changes.map(({ extent }) => extent))).toEqual([
    ['only the media type'],
    ['2 lines added, 1 removed'],
    [expect.any(String)],
    ['only the layout'],
    ['only comments'],
  ]);
});

it('keeps to its limits, and says how to get the older steps', async () => {
  const { ctx } = await openContext();
  for (let value = 1; value <= 54; value++) await putConfig(ctx, { name, json: { value } });
  const latest = await diffSteps(ctx, { name });
  expect(latest.steps.map(({ version }) => version)).toEqual(Array.from({ length: 50 }, (_, at) => 54 - at));
  expect(latest).toMatchObject({ stepsOmitted: 3, from: { version: 1 } });
  expect(latest.next?.hint).toBe('For the 3 older steps ask for those up to version 4.');
  expect((await diffSteps(ctx, { name, to: 4 })).steps.map(({ version }) => version)).toEqual([4, 3, 2]);

  const wide = (value: string) => Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`m${at}`, value]));
  for (const letter of 'abcdef') await putConfig(ctx, { name: 'wide', json: wide(letter.repeat(500)) });
  const cut = await diffSteps(ctx, { name: 'wide' });
  expect(cut.steps[0]).toMatchObject({ changesOmitted: 20, changes: { length: 20 } });
  expect(JSON.stringify(cut.steps).length).toBeLessThan(45_000);
  expect(cut.steps.length + (cut.stepsOmitted ?? 0)).toBe(5);
  expect(cut.stepsOmitted).toBeGreaterThan(0);
});
