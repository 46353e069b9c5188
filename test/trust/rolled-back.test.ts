import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StorePaths } from '../store/open-store.ts';
import { puts } from '../store/temporary-var.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import {
  author,
  copyOf,
  installation,
  logFile,
  open,
  replaceStorage,
  stolenKeys,
  textOf,
  writeVersions,
} from './stores.ts';

/** An installation at commit 3 whose storage was put back to commit 1. */
async function rolledBack(): Promise<{ paths: StorePaths; newer: string }> {
  const paths = await installation('one');
  const older = copyOf(paths.storage);
  await writeVersions(paths, 'two', 'three');
  const newer = `${paths.root}/newer`;
  replaceStorage(paths.storage, { ...paths, storage: newer });
  replaceStorage(older, paths);
  return { paths, newer };
}

const pinOf = ({ keys }: StorePaths) => JSON.parse(readFileSync(join(keys, 'pin.json'), 'utf8')) as { index: number };

describe('an older copy of the storage in the place of the store', () => {
  it('is seen: reads answer with the warning, writes are refused, the pin stays', async () => {
    const { paths } = await rolledBack();
    const store = await open(paths);
    const read = await store.reader.read('a');
    expect([textOf(read), read.verified]).toEqual(['one', false]);
    expect(read.notices).toMatchObject([
      { code: 'ROLLED_BACK', message: expect.stringMatching(/commit 3 .* ends at commit 1/) },
    ]);
    const refused = await refusal(store.writer.commit(puts({ a: 'on top' })));
    expect(refused).toMatchObject({ code: 'ROLLED_BACK', hint: expect.stringContaining('trust --accept') });
    expect(refused.details).toMatchObject({ pinned_index: 3, head_index: 1 });
    expect(await refusal(store.keys.rotate({ author, label: 'x' }))).toMatchObject({ code: 'ROLLED_BACK' });
    expect((await store.maintenance.verify({})).findings.map(({ code }) => code)).toEqual(['ROLLED_BACK']);
    await store.close();
    expect(pinOf(paths).index).toBe(3);
  });

  it('is a decision of the person: accept writes a commit, and the pin follows', async () => {
    const { paths } = await rolledBack();
    const store = await open(paths);
    const receipt = await store.maintenance.accept({ author, reason: 'a test' });
    expect(receipt.index).toBe(2);
    expect(pinOf(paths)).toMatchObject({ index: 2, commit: receipt.commit });
    await store.writer.commit(puts({ a: 'goes on' }));
    expect(await store.reader.read('a')).toMatchObject({ verified: true, notices: [] });
    expect((await store.maintenance.verify({})).findings).toEqual([]);
    expect(await refusal(store.maintenance.accept({ author, reason: '' }))).toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining('nothing to accept'),
    });
  });

  it('is over once the newer storage is back', async () => {
    const { paths, newer } = await rolledBack();
    replaceStorage(newer, paths);
    const store = await open(paths);
    expect(textOf(await store.reader.read('a'))).toBe('three');
    await store.writer.commit(puts({ a: 'four' }));
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  });

  it('is seen again after it was accepted and the accepting commit is taken away too', async () => {
    const { paths } = await rolledBack();
    const older = copyOf(paths.storage);
    const store = await open(paths);
    await store.maintenance.accept({ author, reason: 'a test' });
    await store.close();
    replaceStorage(older, paths);
    expect(await refusal((await open(paths)).writer.commit(puts({ a: 'x' })))).toMatchObject({ code: 'ROLLED_BACK' });
  });
});

describe('another history under the same store id', () => {
  it('is seen when the commit of the pin is not at its place', async () => {
    const paths = await installation('one');
    const other = { ...stolenKeys(paths), storage: copyOf(paths.storage) };
    await writeVersions(other, 'theirs', 'more of theirs');
    await writeVersions(paths, 'ours');
    replaceStorage(other.storage, paths);
    const store = await open(paths);
    const refused = await refusal(store.writer.commit(puts({ a: 'x' })));
    expect([refused.code, refused.message]).toEqual(['ROLLED_BACK', expect.stringContaining('rewritten')]);
    expect((await store.reader.read('a')).verified).toBe(false);
    await store.maintenance.accept({ author, reason: 'theirs is right' });
    await store.writer.commit(puts({ a: 'goes on' }));
    expect((await store.reader.read('a')).verified).toBe(true);
  });
});

describe('the log replaced under a running process', () => {
  it('by an older one: the next write is ROLLED_BACK, though there is no pin', async () => {
    const paths = await installation('one');
    const older = copyOf(paths.storage);
    const store = await open(paths);
    await store.writer.commit(puts({ a: 'two' }));
    rmSync(join(paths.keys, 'pin.json'));
    replaceStorage(older, paths);
    expect(await refusal(store.writer.commit(puts({ a: 'three' })))).toMatchObject({ code: 'ROLLED_BACK' });
    expect(await refusal(store.writer.commit(puts({ a: 'three' })))).toMatchObject({ code: 'ROLLED_BACK' });
    expect((await store.reader.read('a')).verified).toBe(false);
  });

  it('by a foreign one: writes are STORE_FOREIGN or ROLLED_BACK, reads never give its bytes as verified', async () => {
    const paths = await installation('one');
    const foreign = await installation('forged', 'forged again');
    const store = await open(paths);
    await store.reader.read('a');
    replaceStorage(foreign.storage, paths);
    const refused = await refusal(store.writer.commit(puts({ a: 'two' })));
    expect(['STORE_FOREIGN', 'ROLLED_BACK']).toContain(refused.code);
    const read = await store.reader.read('a').catch(() => undefined);
    expect(read?.verified ?? false).toBe(false);
  });

  it('by nothing: the next write is STORE_MISSING', async () => {
    const paths = await installation('one');
    const store = await open(paths);
    rmSync(paths.storage, { recursive: true });
    expect(await refusal(store.writer.commit(puts({ a: 'two' })))).toMatchObject({ code: 'STORE_MISSING' });
  });
});

describe('the pin', () => {
  it('is a warning and the rule of the anchor when it is damaged; it is left for a person to see', async () => {
    const paths = await installation('one');
    const pin = join(paths.keys, 'pin.json');
    writeFileSync(pin, 'torn');
    const store = await open(paths);
    await store.writer.commit(puts({ a: 'two' }));
    const { anchor, notices } = await store.state.status();
    expect({ anchor, notices }).toMatchObject({
      anchor: 'key',
      notices: [{ message: expect.stringContaining('is damaged; a rollback would not be seen') }],
    });
    await store.close();
    expect(readFileSync(pin, 'utf8')).toBe('torn');
  });

  it('names the newest commit once the process ended, and is never lowered by a process that knows less', async () => {
    const paths = await installation('one');
    const slow = await open(paths);
    await writeVersions(paths, 'two', 'three');
    expect(pinOf(paths).index).toBe(3);
    await slow.reader.read('a');
    await slow.close();
    expect(pinOf(paths).index).toBe(3);
  });
});

it('a gap in the log is CORRUPT, never a shorter log', async () => {
  const paths = await installation('one', 'two', 'three');
  rmSync(logFile(paths, 2));
  rmSync(join(paths.keys, 'pin.json'));
  rmSync(join(paths.storage, 'cache.sqlite'));
  const store = await open(paths);
  expect(await refusal(store.reader.read('a'))).toMatchObject({ code: 'CORRUPT' });
  expect(await refusal(store.writer.commit(puts({ a: 'x' })))).toMatchObject({ code: 'CORRUPT' });
});
