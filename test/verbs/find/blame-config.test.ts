import { describe, expect, it } from 'vitest';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { restoreConfig } from '../../../src/verbs/configs/restore-config.ts';
import { blameConfig } from '../../../src/verbs/history/blame-config.ts';
import { placeHistory } from '../../../src/verbs/history/place-history.ts';
import { setObject } from '../../store/damage.ts';
import { openContext, refusal } from '../configs/open-context.ts';

const GITHUB = { command: 'npx', args: ['-y', 'github'] };

/** Four versions: one server, another, a changed argument of the first, the second gone. */
async function servers() {
  const opened = await openContext({ client: 'cursor' });
  const put = (mcpServers: object, message: string) =>
    putConfig(opened.ctx, { name: 'a', json: { mcpServers }, message });
  await put({ github: GITHUB }, 'begin');
  await put({ github: GITHUB, files: { command: 'files' } }, 'add files');
  await put({ github: { ...GITHUB, args: ['-y', 'github@2'] }, files: { command: 'files' } }, 'newer');
  await put({ github: { ...GITHUB, args: ['-y', 'github@2'] } }, 'drop files');
  return opened;
}

describe('blame', () => {
  it('says of each place since which version it is as it is, whole branches in one', async () => {
    const { ctx } = await servers();
    const { parts, versions, summary } = await blameConfig(ctx, { name: 'a' });
    expect(parts).toEqual([
      { path: '/mcpServers/github/args/0', text: '"-y"', version: 1 },
      { path: '/mcpServers/github/args/1', text: '"github@2"', version: 3 },
      { path: '/mcpServers/github/command', text: '"npx"', version: 1 },
    ]);
    expect(versions).toMatchObject([
      { version: 3, message: 'newer', author: 'cursor' },
      { version: 1, message: 'begin' },
    ]);
    expect(summary).toBe('3 places of a version 4, last changed by 2 versions');
    expect((await blameConfig(ctx, { name: 'a', version: 2 })).parts).toMatchObject([
      { path: '/mcpServers/files', version: 2 },
      { path: '/mcpServers/github', version: 1 },
    ]);
    expect((await blameConfig(ctx, { name: 'a', version: 1 })).parts).toMatchObject([{ path: '', version: 1 }]);
    expect((await blameConfig(ctx, { name: 'a', path: '/mcpServers/github/args' })).parts).toHaveLength(2);
  });

  it('counts what came back as changed by the version that brought it back', async () => {
    const { ctx } = await servers();
    await restoreConfig(ctx, { name: 'a', version: 2 });
    expect((await blameConfig(ctx, { name: 'a', path: '/mcpServers/files' })).parts).toMatchObject([{ version: 5 }]);
    await deleteConfig(ctx, { name: 'a' });
    await restoreConfig(ctx, { name: 'a', version: 5 });
    expect((await blameConfig(ctx, { name: 'a' })).parts).toMatchObject([{ path: '', version: 7 }]);
  });

  it('goes by lines for other text', async () => {
    const { ctx } = await openContext();
    for (const content of ['one\ntwo\n', 'zero\none\ntwo\n', 'zero\none\n2\n'])
      await putConfig(ctx, { name: 't', content });
    expect((await blameConfig(ctx, { name: 't' })).parts).toEqual([
      { line: 1, text: 'zero', version: 2 },
      { line: 2, text: 'one', version: 1 },
      { line: 3, text: '2', version: 3 },
    ]);
  });

  it('steps over a version that cannot be read, and says so', async () => {
    const { ctx, store, paths } = await servers();
    const { digest } = (await store.reader.versions('a', { limit: 4 })).items[1] ?? {};
    if (digest !== undefined) setObject(paths, digest, undefined);
    const { parts, unreadable } = await blameConfig(ctx, { name: 'a' });
    expect(unreadable).toEqual([3]);
    expect(parts[1]).toMatchObject({ path: '/mcpServers/github/args/1', version: 4 });
  });

  it('refuses what has no such parts', async () => {
    const { ctx } = await servers();
    await putConfig(ctx, { name: 't', content: 'x' });
    await putConfig(ctx, { name: 'b', bytes: Buffer.from([0]), mediaType: 'application/octet-stream' });
    for (const wrong of [
      { name: 'a', path: 'mcpServers' },
      { name: 'a', path: '/none' },
      { name: 't', path: '/x' },
      { name: 'b' },
    ])
      expect((await refusal(blameConfig(ctx, wrong))).code).toBe('ARGUMENT_INVALID');
    expect((await refusal(blameConfig(ctx, { name: 'none' }))).code).toBe('NOT_FOUND');
  });
});

describe('the history of a place', () => {
  it('has the versions that changed it or what is below it, and how', async () => {
    const { ctx } = await servers();
    const { versions } = await placeHistory(ctx, { name: 'a', path: '/mcpServers/files' });
    expect(versions).toMatchObject([
      { version: 4, message: 'drop files', changes: [{ op: 'remove', path: '/mcpServers/files' }] },
      { version: 2, message: 'add files', changes: [{ op: 'add', path: '/mcpServers/files' }] },
    ]);
    expect((await placeHistory(ctx, { name: 'a', path: '/mcpServers/github' })).versions).toMatchObject([
      {
        version: 3,
        changes: [{ op: 'replace', path: '/mcpServers/github/args/1', before: 'github', after: 'github@2' }],
      },
      { version: 1 },
    ]);
    expect((await placeHistory(ctx, { name: 'a', path: '', grep: 'newer' })).versions).toMatchObject([{ version: 3 }]);
  });

  it('comes in pages that together are the whole', async () => {
    const { ctx } = await servers();
    const versions: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await placeHistory(ctx, { name: 'a', path: '/mcpServers', limit: 1, cursor });
      versions.push(...page.versions.map(({ version }) => version));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(versions).toEqual([4, 3, 2, 1]);
  });

  it('refuses a place that no version has', async () => {
    const { ctx } = await servers();
    expect((await refusal(placeHistory(ctx, { name: 'a', path: '/mcpServers/none' }))).code).toBe('NOT_FOUND');
    expect((await refusal(placeHistory(ctx, { name: 'a', path: 'x' }))).code).toBe('ARGUMENT_INVALID');
  });
});
