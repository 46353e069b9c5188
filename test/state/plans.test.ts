import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type KeptPlan, Plans } from '../../src/state/plans.ts';
import { StateFolder } from '../../src/state/state-folder.ts';

async function stateFolder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'plans-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return join(root, 'state');
}

const plan = (id: string, time = new Date().toISOString()): KeptPlan => ({
  id,
  time,
  request: { name: 'a/b' },
  layers: [],
  targets: [],
});

test('a plan is found again by another process, closed to others, until it is dropped', async () => {
  const folder = await stateFolder();
  const kept = plan('0123456789abcdef');
  await new Plans(new StateFolder(folder)).keep(kept);
  const plans = new Plans(new StateFolder(folder));
  expect(plans.find(kept.id)).toEqual(kept);
  expect((await stat(join(folder, 'plans', `${kept.id}.json`))).mode & 0o777).toBe(0o600);
  await plans.drop(kept.id);
  expect(plans.find(kept.id)).toBeUndefined();
});

test('plans of over an hour ago, and files that are none, are removed when another is kept', async () => {
  const folder = await stateFolder();
  const plans = new Plans(new StateFolder(folder));
  await plans.keep(plan('00000000000000aa', new Date(Date.now() - 3_700_000).toISOString()));
  await writeFile(join(folder, 'plans', '00000000000000bb.json'), '{"id":');
  expect(plans.find('00000000000000bb')).toBeUndefined();
  await plans.keep(plan('00000000000000cc'));
  expect(await readdir(join(folder, 'plans'))).toEqual(['00000000000000cc.json']);
});

test.each(['../pin', '0123456789ABCDEF', ''])('%j is the id of no plan', async (id) => {
  expect(new Plans(new StateFolder(await stateFolder())).find(id)).toBeUndefined();
});

test('a folder that others can write says so, instead of holding no plan', async () => {
  const folder = await stateFolder();
  const plans = new Plans(new StateFolder(folder));
  await plans.keep(plan('0123456789abcdef'));
  await chmod(folder, 0o777);
  expect(() => plans.find('0123456789abcdef')).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
});
