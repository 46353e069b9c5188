import { expect, it } from 'vitest';
import { diffConfigs } from '../../../src/verbs/configs/diff-configs.ts';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { listConfigs } from '../../../src/verbs/configs/list-configs.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { listHistory } from '../../../src/verbs/history/list-history.ts';
import { openContext } from './open-context.ts';

it('every read says that the store is not the one it must be, and none does otherwise', async () => {
  const { ctx, paths } = await openContext();
  await putConfig(ctx, { name: 'a', content: 'one' });
  await putConfig(ctx, { name: 'a', content: 'two' });
  const foreign = await openContext({ paths, storeId: '0'.repeat(64) });
  const reads = [
    (from: typeof ctx) => listConfigs(from, {}),
    (from: typeof ctx) => listHistory(from, { name: 'a' }),
    (from: typeof ctx) => diffConfigs(from, { name: 'a', from: 1 }),
    (from: typeof ctx) => getConfig(from, { name: 'a' }),
  ];
  for (const read of reads) {
    expect((await read(ctx)).notices).toBeUndefined();
    expect((await read(foreign.ctx)).notices).toMatchObject([{ code: 'STORE_FOREIGN', severity: 'warning' }]);
  }
});
