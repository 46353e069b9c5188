import { expect, it } from 'vitest';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { storeHistory } from '../../../src/verbs/history/store-history.ts';
import { copyConfig } from '../../../src/verbs/transfer/copy-config.ts';
import { putConfigs } from '../../../src/verbs/transfer/put-configs.ts';
import { openContext, refusal } from '../configs/open-context.ts';

it('a copy has the bytes and the type of the version, and says where they come from', async () => {
  const { ctx } = await openContext();
  await putConfig(ctx, { name: 'a', content: 'one\n', mediaType: 'text/markdown' });
  await putConfig(ctx, { name: 'a', content: 'two\n' });
  const { summary, receipt, created } = await copyConfig(ctx, { from: 'a', version: 1, to: 'b/c' });
  expect([summary, receipt.name, receipt.version, created]).toEqual(['Copied a@1 to b/c@1', 'b/c', 1, true]);
  expect(await getConfig(ctx, { name: 'b/c' })).toMatchObject({ content: 'one\n', mediaType: 'text/markdown' });
  expect((await storeHistory(ctx, { limit: 1 })).commits[0]?.message).toBe('copied from a@1');
});

it('a move is one commit, and none when the target is there or the source changes', async () => {
  const { ctx } = await openContext();
  await putConfig(ctx, { name: 'a', content: 'one' });
  await putConfig(ctx, { name: 'b', content: 'two' });
  expect(await refusal(copyConfig(ctx, { from: 'a', to: 'b', move: true }))).toMatchObject({
    code: 'VERSION_CONFLICT',
    message: 'there is a config b already, version 1',
    hint: expect.stringContaining('Take another name'),
  });
  expect((await refusal(copyConfig(ctx, { from: 'a', to: 'a' }))).code).toBe('ARGUMENT_INVALID');
  expect((await refusal(copyConfig(ctx, { from: 'a', version: 1, to: 'c', move: true }))).code).toBe(
    'ARGUMENT_INVALID',
  );
  await putConfig(ctx, { name: 'a', content: 'draft', draft: true });
  const moved = await copyConfig(ctx, { from: 'a', to: 'b', move: true, expectedVersion: 1 });
  expect(moved).toMatchObject({ version: 2, next: { advice: [{ do: 'discard-draft', name: 'a' }] } });
  expect((await storeHistory(ctx, { limit: 1 })).commits[0]?.changes).toMatchObject([
    { action: 'put', name: 'b', version: 2 },
    { action: 'delete', name: 'a', version: 2 },
  ]);
  expect((await refusal(getConfig(ctx, { name: 'a' }))).code).toBe('NOT_FOUND');
});

it('several contents are one commit; when one is refused nothing is stored, and each refusal is named', async () => {
  const { ctx, store } = await openContext();
  const configs = ['a.json', 'Bad Name', 'c.json'].map((name) => ({
    name,
    fileName: name,
    bytes: Buffer.from('{"v":1}'),
  }));
  const broken = { name: 'd.json', fileName: 'd.json', bytes: Buffer.from('{') };
  const { refused, receipt } = await putConfigs(ctx, { configs: [...configs, broken] });
  expect(refused.map(({ fileName, error }) => [fileName, error.code])).toEqual([
    ['Bad Name', 'NAME_INVALID'],
    ['d.json', 'CONTENT_INVALID'],
  ]);
  expect([receipt, (await store.state.status()).store]).toEqual([undefined, undefined]);
  const fine = configs.filter(({ name }) => name !== 'Bad Name');
  expect(await putConfigs(ctx, { configs: fine, dryRun: true })).toMatchObject({ stored: [] });
  expect(await putConfigs(ctx, { configs: fine, message: 'both' })).toMatchObject({
    receipt: { index: 1 },
    stored: [
      { name: 'a.json', version: 1, created: true },
      { name: 'c.json', version: 1, created: true },
    ],
  });
  await deleteConfig(ctx, { name: 'a.json' });
  expect((await putConfigs(ctx, { configs: fine })).stored.map(({ version, created }) => [version, created])).toEqual([
    [3, true],
    [1, false],
  ]);
  expect((await refusal(putConfigs(ctx, { configs: [] }))).code).toBe('ARGUMENT_INVALID');
});
