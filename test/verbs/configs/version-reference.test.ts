import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diffConfigs } from '../../../src/verbs/configs/diff-configs.ts';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { getVersion } from '../../../src/verbs/configs/get-version.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { restoreConfig } from '../../../src/verbs/configs/restore-config.ts';
import { validateConfig } from '../../../src/verbs/configs/validate-config.ts';
import { exportVersion } from '../../../src/verbs/store/export-version.ts';
import { planPurge } from '../../../src/verbs/store/purge-artifact.ts';
import { openContext } from './open-context.ts';

/** A store whose config `a/b` got its versions 1, 2 and 3 in commits 1, 3 and 4. */
async function threeVersions() {
  const { ctx } = await openContext();
  await putConfig(ctx, { name: 'a/b', content: 'one' });
  await putConfig(ctx, { name: 'c', content: 'other' });
  await putConfig(ctx, { name: 'a/b', content: 'two' });
  await putConfig(ctx, { name: 'a/b', content: 'three' });
  return ctx;
}

describe('a version can be asked for', () => {
  it.each([
    ['latest', 'three'],
    [-1, 'two'],
    [-2, 'one'],
    ['commit:1', 'one'],
    ['commit:2', 'one'],
    ['commit:3', 'two'],
    ['commit:4', 'three'],
    [2, 'two'],
  ] as const)('as %s', async (version, content) => {
    const ctx = await threeVersions();
    expect((await getConfig(ctx, { name: 'a/b', version })).content).toBe(content);
    expect(Buffer.from((await getVersion(ctx, { name: 'a/b', version })).bytes).toString()).toBe(content);
  });

  it('wherever one is taken', async () => {
    const ctx = await threeVersions();
    expect(await diffConfigs(ctx, { name: 'a/b', from: -2, to: 'commit:3' })).toMatchObject({
      from: { version: 1 },
      to: { version: 2 },
    });
    expect(await validateConfig(ctx, { name: 'a/b', version: -1 })).toMatchObject({ valid: true });
    expect(await planPurge(ctx, { name: 'c', version: 'latest' })).toMatchObject({ digest: /^sha256:/ });
    const folder = await mkdtemp(join(tmpdir(), 'config-store-export-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const { out } = await exportVersion(ctx, { name: 'a/b', version: 'commit:2', out: join(folder, 'out') });
    expect(await readFile(join(out, 'artifact'), 'utf8')).toBe('one');
    expect(await restoreConfig(ctx, { name: 'a/b', version: -2 })).toMatchObject({ version: 4 });
    expect((await getConfig(ctx, { name: 'a/b' })).content).toBe('one');
  });

  it.each([
    [-3, 'NOT_FOUND', /no version -3/],
    ['commit:9', 'NOT_FOUND', /there is no commit 9/],
  ] as const)('but not as %s, which is too far', async (version, code, message) => {
    const ctx = await threeVersions();
    await expect(getConfig(ctx, { name: 'a/b', version })).rejects.toMatchObject({ code, message });
  });

  it('but not as of a commit before its first', async () => {
    const ctx = await threeVersions();
    await expect(getConfig(ctx, { name: 'c', version: 'commit:1' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'c did not exist yet at commit 1',
    });
  });
});

describe('the digest as it is printed', () => {
  it('finds the version, short, with dots, or in full', async () => {
    const ctx = await threeVersions();
    const { digest } = await getConfig(ctx, { name: 'a/b', version: 2 });
    const hex = digest.slice('sha256:'.length);
    for (const shown of [digest, `${digest.slice(0, 19)}…`, `${digest.slice(0, 19)}...`, hex.slice(0, 12), hex]) {
      expect((await getVersion(ctx, { digest: shown })).row.version).toBe(2);
      expect((await getConfig(ctx, { digest: shown })).version).toBe(2);
    }
    expect((await getVersion(ctx, { nameOrDigest: hex.slice(0, 12) })).row.version).toBe(2);
  });

  it('is a name where there is such a config', async () => {
    const ctx = await threeVersions();
    const { digest } = await getConfig(ctx, { name: 'a/b', version: 2 });
    const name = digest.slice(7, 19);
    await putConfig(ctx, { name, content: 'a config with the name of a digest' });
    expect((await getVersion(ctx, { nameOrDigest: name })).row.name).toBe(name);
  });
});
