import { describe, expect, it } from 'vitest';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { restoreConfig } from '../../../src/verbs/configs/restore-config.ts';
import { setArtifact } from '../../store/damage.ts';
import { openContext, refusal } from './open-context.ts';

const name = 'vscode/settings';

describe('restore', () => {
  it('makes an older version the newest, with its content and media type', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    await putConfig(ctx, { name, content: 'a: 2\n', mediaType: 'application/yaml' });
    const restored = await restoreConfig(ctx, { name, version: 1, expectedVersion: 2 });
    expect(restored).toMatchObject({
      created: true,
      version: 3,
      changes: [{ op: 'replace', path: '/a', before: 2, after: 1 }],
    });
    expect(await getConfig(ctx, { name })).toMatchObject({
      version: 3,
      content: '{"a":1}',
      mediaType: 'application/json',
      verified: true,
    });
    expect(await restoreConfig(ctx, { name, version: 1 })).toMatchObject({ created: false, version: 3 });
  });

  it('brings a deleted config back, as a new version', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    await deleteConfig(ctx, { name });
    expect(await restoreConfig(ctx, { name, version: 1 })).toMatchObject({
      created: true,
      version: 3,
      changes: [{ op: 'add', path: '', after: { a: 1 } }],
    });
  });

  it('refuses unknown versions, deletions, conflicts and secrets in the message', async () => {
    const { ctx, store } = await openContext();
    expect((await refusal(restoreConfig(ctx, { name, version: 1 }))).code).toBe('NOT_FOUND');
    await putConfig(ctx, { name, json: { a: 1 } });
    await deleteConfig(ctx, { name });
    expect(await refusal(restoreConfig(ctx, { name, version: 9 }))).toMatchObject({
      code: 'NOT_FOUND',
      details: { newest_version: 2 },
    });
    expect((await refusal(restoreConfig(ctx, { name, version: 2 }))).advice).toEqual([
      { do: 'restore', name, version: 1 },
    ]);
    expect((await refusal(restoreConfig(ctx, { name, version: 0 }))).code).toBe('ARGUMENT_INVALID');
    expect((await refusal(restoreConfig(ctx, { name, version: 1, expectedVersion: 1 }))).code).toBe('VERSION_CONFLICT');
    const message = `uses ghp_${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bD1fG3hJ5'}`;
    expect((await refusal(restoreConfig(ctx, { name, version: 1, message }))).code).toBe('SECRET_FOUND');
    expect((await store.reader.head(name))?.version).toBe(2);
  });

  it('does not bring purged bytes back, and a put after a purge still says what it did', async () => {
    const { ctx, store } = await openContext();
    const { digest } = await putConfig(ctx, { name, json: { a: 1 } });
    await store.writer.commit({
      changes: [{ action: 'purge', digest: digest.slice(7), reason: 'leaked' }],
      message: '',
      author: ctx.author(),
    });
    expect((await refusal(restoreConfig(ctx, { name, version: 1 }))).code).toBe('PURGED');
    expect(await putConfig(ctx, { name, json: { a: 2 } })).toMatchObject({
      version: 2,
      changes: [{ op: 'replace', path: '' }],
    });
  });

  it('does not bring damaged bytes back', async () => {
    const { ctx, paths } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    await putConfig(ctx, { name, json: { a: 2 } });
    setArtifact(paths, '{"a":1}', '{"a":9}');
    expect((await refusal(restoreConfig(ctx, { name, version: 1 }))).code).toBe('CORRUPT');
    expect(await putConfig(ctx, { name, json: { a: 1 } })).toMatchObject({ created: true, version: 3 });
    expect(await getConfig(ctx, { name, version: 1 })).toMatchObject({ content: '{"a":1}', verified: true });
  });
});

describe('delete', () => {
  it('leaves a tombstone and the history', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: {} });
    const deleted = await deleteConfig(ctx, { name, expectedVersion: 1 });
    expect(deleted).toMatchObject({ version: 2, receipt: { name, version: 2 } });
    expect(deleted.next?.advice).toEqual([{ do: 'restore', name, version: 1 }]);
    expect((await refusal(deleteConfig(ctx, { name }))).code).toBe('NOT_FOUND');
    expect(await getConfig(ctx, { name, version: 1 })).toMatchObject({ content: '{}' });
  });

  it('refuses unknown names and other expected versions', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: {} });
    expect((await refusal(deleteConfig(ctx, { name: 'vscode/setting' }))).hint).toContain(name);
    expect((await refusal(deleteConfig(ctx, { name, expectedVersion: 2 }))).code).toBe('VERSION_CONFLICT');
    expect((await refusal(deleteConfig(ctx, { name, expectedVersion: 0 }))).code).toBe('VERSION_CONFLICT');
  });
});
