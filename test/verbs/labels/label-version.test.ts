import { expect, it } from 'vitest';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { labelVersion, listLabels, removeLabel } from '../../../src/verbs/labels/label-version.ts';
import { scopedStore } from '../../../src/verbs/shared/scoped-store.ts';
import { openContext, refusal } from '../configs/open-context.ts';

async function twoVersions() {
  const opened = await openContext();
  for (const v of [1, 2]) await putConfig(opened.ctx, { name: 'team/a', json: { v } });
  return opened;
}

it('a label is a version reference, also by its long name', async () => {
  const { ctx } = await twoVersions();
  await labelVersion(ctx, { name: 'team/a', version: 1, label: 'stable' });
  expect(await getConfig(ctx, { name: 'team/a', version: 'label:stable' })).toMatchObject({ version: 1 });
  await labelVersion(ctx, { name: 'team/a', version: 'label:stable', label: 'also' });
  expect((await listLabels(ctx, { name: 'team/a' })).labels.map(({ label, version }) => [label, version])).toEqual([
    ['also', 1],
    ['stable', 1],
  ]);
});

it('labels that are given at the same time are all there', async () => {
  const first = await twoVersions();
  const second = await openContext({ paths: first.paths });
  const labels = ['a', 'b', 'c', 'd'];
  await Promise.all(
    labels.map((label, i) => labelVersion((i % 2 === 0 ? first : second).ctx, { name: 'team/a', version: 1, label })),
  );
  expect((await listLabels(first.ctx, { name: 'team/a' })).labels.map(({ label }) => label)).toEqual(labels);
});

it('who reaches a config reaches its labels, and no others', async () => {
  const { ctx, store } = await twoVersions();
  await putConfig(ctx, { name: 'other/b', json: { v: 1 } });
  await labelVersion(ctx, { name: 'other/b', label: 'stable' });
  const scoped = { ...ctx, prefix: 'team/', store: async () => scopedStore(store, 'team/') };
  await labelVersion(scoped, { name: 'team/a', version: 1, label: 'stable' });
  expect(await getConfig(scoped, { name: 'team/a', version: 'label:stable' })).toMatchObject({ version: 1 });
  expect((await refusal(labelVersion(scoped, { name: 'other/b', label: 'x' }))).code).toBe('NOT_FOUND');
  expect((await refusal(getConfig(scoped, { name: 'labels/other/b' }))).code).toBe('NOT_FOUND');
});

it('what cannot be labelled is refused', async () => {
  const { ctx } = await twoVersions();
  for (const label of ['latest', 'draft', 'head', 'newest', '7', '-1', 'A', 'a b', '', 'x'.repeat(64)])
    expect((await refusal(labelVersion(ctx, { name: 'team/a', label }))).code).toBe('ARGUMENT_INVALID');
  expect((await refusal(labelVersion(ctx, { name: 'team/a', version: 9, label: 'x' }))).code).toBe('NOT_FOUND');
  expect((await refusal(removeLabel(ctx, { name: 'team/a', label: 'constructor' }))).code).toBe('NOT_FOUND');
  expect((await refusal(getConfig(ctx, { name: 'team/a', version: 'label:constructor' }))).code).toBe('NOT_FOUND');
  const deep = 'a/b/c/d/e/f/g/h';
  await putConfig(ctx, { name: deep, json: { v: 1 } });
  expect((await refusal(labelVersion(ctx, { name: deep, label: 'x' }))).code).toBe('ARGUMENT_INVALID');
});
