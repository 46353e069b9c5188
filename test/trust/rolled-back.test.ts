import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StoreError } from '../../src/core/errors.ts';
import { setEntry } from '../store/damage.ts';
import type { StorePaths } from '../store/open-store.ts';
import { puts } from '../store/temporary-var.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import {
  accept,
  author,
  copyOfStorage,
  forget,
  installation,
  losePin,
  loseStorage,
  open,
  pinFile,
  replaceStorage,
  stolenKeys,
  textOf,
  writeVersions,
} from './stores.ts';

/** An installation at commit 3 whose storage was put back to commit 1. */
async function rolledBack(): Promise<{ paths: StorePaths; newer: string }> {
  const paths = await installation('one');
  const older = copyOfStorage(paths);
  await writeVersions(paths, 'two', 'three');
  const newer = `${paths.root}/newer`;
  replaceStorage(paths.storage, { ...paths, storage: newer });
  replaceStorage(older, paths);
  return { paths, newer };
}

const pinOf = (paths: StorePaths) => JSON.parse(readFileSync(pinFile(paths), 'utf8')) as { index: number };

describe('a process that has the store open', () => {
  it.each([
    ['a commit shorter', 'ROLLED_BACK', (paths: StorePaths) => setEntry(paths, 2, undefined)],
    ['another at its end', 'ROLLED_BACK', exchangeEnd],
    ['empty', 'STORE_MISSING', emptyLog],
  ])('verifies the log there is, not the one it knows: %s', async (_, code, attack) => {
    const paths = await installation('one', 'two');
    const store = await open(paths);
    expect((await store.maintenance.verify({})).ok).toBe(true);
    await attack(paths);
    const found = await store.maintenance.verify({}).then(
      ({ findings }) => findings.map((finding) => finding.code),
      (error: StoreError) => [error.code],
    );
    expect(found).toEqual([code]);
  });
});

/** Takes every commit away. */
function emptyLog(paths: StorePaths): void {
  for (const index of [2, 1, 0]) setEntry(paths, index, undefined);
}

/** Puts a commit of the same key, and of another branch, in the place of the newest. */
async function exchangeEnd(paths: StorePaths): Promise<void> {
  const branch = { ...stolenKeys(paths), storage: copyOfStorage(paths) };
  setEntry(branch, 2, undefined);
  await writeVersions(branch, 'of the thief');
  replaceStorage(branch.storage, paths);
}

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
    expect(refused).toMatchObject({ code: 'ROLLED_BACK', advice: expect.arrayContaining([{ do: 'accept-rollback' }]) });
    expect(refused.details).toMatchObject({ pinned_index: 3, head_index: 1 });
    expect(await refusal(store.keys.rotate({ author, label: 'x' }))).toMatchObject({ code: 'ROLLED_BACK' });
    expect((await store.maintenance.verify({})).findings.map(({ code }) => code)).toEqual(['ROLLED_BACK']);
    await store.close();
    expect(pinOf(paths).index).toBe(3);
  });

  it('is a decision of the person: accept writes a commit, and the pin follows', async () => {
    const { paths } = await rolledBack();
    const store = await open(paths);
    const receipt = await accept(store, 'a test');
    expect(receipt.index).toBe(2);
    expect(pinOf(paths)).toMatchObject({ index: 2, commit: receipt.commit });
    await store.writer.commit(puts({ a: 'goes on' }));
    expect(await store.reader.read('a')).toMatchObject({ verified: true, notices: [] });
    expect((await store.maintenance.verify({})).findings).toEqual([]);
    expect(await refusal(accept(store, ''))).toMatchObject({
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
    const older = copyOfStorage(paths);
    const store = await open(paths);
    await accept(store, 'a test');
    await store.close();
    replaceStorage(older, paths);
    expect(await refusal((await open(paths)).writer.commit(puts({ a: 'x' })))).toMatchObject({ code: 'ROLLED_BACK' });
  });
});

describe('another history under the same store id', () => {
  it('is seen when the commit of the pin is not at its place', async () => {
    const paths = await installation('one');
    const other = { ...stolenKeys(paths), storage: copyOfStorage(paths) };
    await writeVersions(other, 'theirs', 'more of theirs');
    await writeVersions(paths, 'ours');
    replaceStorage(other.storage, paths);
    const store = await open(paths);
    const refused = await refusal(store.writer.commit(puts({ a: 'x' })));
    expect([refused.code, refused.message]).toEqual(['ROLLED_BACK', expect.stringContaining('rewritten')]);
    expect((await store.reader.read('a')).verified).toBe(false);
    await accept(store, 'theirs is right');
    await store.writer.commit(puts({ a: 'goes on' }));
    expect((await store.reader.read('a')).verified).toBe(true);
  });
});

describe('the log replaced under a running process', () => {
  it('by an older one: the next write is ROLLED_BACK, though there is no pin', async () => {
    const paths = await installation('one');
    const older = copyOfStorage(paths);
    const store = await open(paths);
    await store.writer.commit(puts({ a: 'two' }));
    losePin(paths);
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
    loseStorage(paths);
    expect(await refusal(store.writer.commit(puts({ a: 'two' })))).toMatchObject({ code: 'STORE_MISSING' });
  });
});

describe('the pin', () => {
  it.each([
    ['torn', 'torn'],
    ['empty', ''],
    ['of another form', '{"store":"x"}'],
    ['huge', `{"store":"${'a'.repeat(100_000)}"}`],
  ])('that is %s is never taken for none: reads say so, writes wait for a person', async (_, text) => {
    const paths = await installation('one');
    const pin = pinFile(paths);
    writeFileSync(pin, text);
    const store = await open(paths);
    const read = await store.reader.read('a');
    expect([read.verified, read.notices.map(({ code }) => code)]).toEqual([false, ['ROLLED_BACK']]);
    expect(await refusal(store.writer.commit(puts({ a: 'two' })))).toMatchObject({
      code: 'ROLLED_BACK',
      message: expect.stringContaining('damaged'),
      advice: expect.arrayContaining([{ do: 'accept-rollback' }]),
    });
    expect((await store.maintenance.verify({})).ok).toBe(false);
    expect(readFileSync(pin, 'utf8')).toBe(text);
    expect(await store.maintenance.rollback()).toMatchObject({ kind: 'pin damaged', seen: undefined });
    await accept(store, 'the disk was full');
    await store.writer.commit(puts({ a: 'two' }));
    expect((await store.reader.read('a')).verified).toBe(true);
    await store.close();
    expect(pinOf(paths).index).toBe(2);
  });

  it('is not lowered by a commit that accepts it, only by the person of this installation', async () => {
    const paths = await installation('one', 'two');
    const other = { ...stolenKeys(paths), storage: copyOfStorage(paths) };
    setEntry(other, 2, undefined); // cut, and accepted, elsewhere
    const thief = await open(other);
    await thief.writer.commit({
      changes: [],
      keys: [
        { action: 'accept', index: 2, commit: (pinOf(paths) as { index: number; commit: string }).commit, reason: '' },
      ],
      message: '',
      author,
    });
    await thief.close();
    replaceStorage(other.storage, paths);
    const store = await open(paths);
    expect((await store.reader.read('a')).verified).toBe(false);
    expect(await refusal(store.writer.commit(puts({ a: 'x' })))).toMatchObject({ code: 'ROLLED_BACK' });
    await store.close();
    expect(pinOf(paths).index).toBe(2);
  });

  it('of an older release, in keys/, is taken over', async () => {
    const paths = await installation('one', 'two');
    renameSync(pinFile(paths), join(paths.keys, 'pin.json'));
    rmSync(paths.state, { recursive: true });
    const older = copyOfStorage(paths);
    setEntry({ ...paths, storage: older }, 2, undefined);
    replaceStorage(older, paths);
    expect(await refusal((await open(paths)).writer.commit(puts({ a: 'x' })))).toMatchObject({ code: 'ROLLED_BACK' });
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
  setEntry(paths, 2, undefined);
  losePin(paths);
  forget(paths);
  const store = await open(paths);
  expect(await refusal(store.reader.read('a'))).toMatchObject({ code: 'CORRUPT' });
  expect(await refusal(store.writer.commit(puts({ a: 'x' })))).toMatchObject({ code: 'CORRUPT' });
});
