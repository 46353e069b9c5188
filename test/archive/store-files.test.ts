import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { encryptAge } from '../../src/archive/age.ts';
import { bytesOf, MANIFEST, readBackup, writeBackup } from '../../src/archive/backup.ts';
import { inspectFiles, noFacts } from '../../src/archive/inspect.ts';
import { foldersBelow, restoreFiles } from '../../src/archive/restore.ts';
import { checkBackup, checkRestored, storeFiles } from '../../src/archive/store-files.ts';
import { type ArchiveFile, writeTar } from '../../src/archive/tar.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import { Durable } from '../../src/disk/durable.ts';
import { objectPath } from '../../src/engine/files/layout.ts';
import { KeyFolder } from '../../src/keys/folder/key-files.ts';
import { openStore, type StorePaths } from '../store/open-store.ts';
import { pathsBelow, puts } from '../store/temporary-var.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

const disk = new Durable();
const author = { name: 'test', version: '1', via: 'cli' } as const;

let folder: string;
let paths: StorePaths;
let keys: KeyFolder;
let out: string;
let identity: string;
let recipient: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  paths = pathsBelow(join(folder, 'var'));
  keys = new KeyFolder(paths.keys, disk);
  out = join(folder, 'backup.age');
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  const store = await openStore({ paths });
  await store.writer.commit(puts({ a: 'one', b: 'other' }));
  await store.writer.commit(puts({ a: 'two' }));
  await store.drafts.save({
    name: 'a',
    bytes: Buffer.from('draft'),
    mediaType: 'text/plain',
    message: '',
    author,
    baseVersion: 2,
  });
  await store.close();
});

async function collect<T>(files: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const file of files) all.push(file);
  return all;
}

/** The files of the store as it is now. */
async function files(): Promise<ArchiveFile[]> {
  const store = await openStore({ paths });
  try {
    return await collect(storeFiles(store));
  } finally {
    await store.close();
  }
}

const back = async (given?: Iterable<ArchiveFile>) =>
  writeBackup(out, given ?? (await files()), {
    lock: { recipients: [recipient] },
    replace: true,
    now: new Date(),
    disk,
  });
const read = () => readBackup(bytesOf(out), { identities: [identity] });
const restore = async (target: string) => {
  const facts = noFacts();
  await restoreFiles(inspectFiles(read(), facts), foldersBelow(target), async (aside, disk) => {
    await checkRestored(aside, facts, { disk });
  });
};
const check = (passphrase?: () => Promise<string>) => checkBackup(read(), { disk, passphrase });

describe('a backup of the whole store', () => {
  it('holds what is signed, drafts and keys, and nothing that can be made again', async () => {
    await back();
    const names: string[] = [];
    for await (const { path } of read()) names.push(path.replace(/[0-9a-f]{64}/g, '*'));
    expect([...new Set(names)].sort()).toEqual(
      [
        'keys/*.key.pem',
        'keys/*.pub.pem',
        'keys/pin.json',
        'storage/drafts/*/1.json',
        'storage/format',
        'storage/log/000/000/000000000.json',
        'storage/log/000/000/000000001.json',
        'storage/log/000/000/000000002.json',
        ...['one', 'other', 'two'].map((text) => `storage/objects/${sha256Hex(text).slice(0, 2)}/*`),
      ].sort(),
    );
  });

  it('verifies: keys, signatures, bytes', async () => {
    await back();
    const { keys: found, report, store, head } = await check();
    expect(found).toEqual({ opened: 1, locked: 0 });
    expect(report).toMatchObject({ ok: true, checked: { commits: 3, artifacts: 3 }, findings: [] });
    const status = await openStore({ paths }).then(async (one) => one.state.status().finally(() => one.close()));
    expect({ store, head }).toEqual({ store: status.store, head: status.head });
  });

  it('becomes a store again that reads, signs and is still its own', async () => {
    await back();
    const target = join(folder, 'restored');
    await restore(target);
    expect(readdirSync(target).sort()).toEqual(['keys', 'state', 'storage']); // the check verified it here
    const store = await openStore({ paths: pathsBelow(target) });
    expect(await store.reader.read('a')).toMatchObject({ verified: true, row: { version: 2 } });
    expect((await store.drafts.get('a'))?.revision).toBe(1);
    expect(await store.writer.commit(puts({ a: 'three', c: 'new' }))).toMatchObject({ receipt: { index: 3 } });
    expect(await store.maintenance.verify({})).toMatchObject({ ok: true });
    await store.close();
  });

  it('of a store in use is sound, whatever is committed meanwhile', async () => {
    const store = await openStore({ paths });
    async function* between() {
      let n = 0;
      for await (const file of storeFiles(store)) {
        yield file;
        await store.writer.commit(puts({ a: `while copying ${n++}` }));
      }
    }
    await writeBackup(out, between(), { lock: { recipients: [recipient] }, replace: false, now: new Date(), disk });
    await store.close();
    expect((await check()).report).toMatchObject({ ok: true });
  });

  it('is refused where there is no store', async () => {
    const elsewhere = await openStore({ paths: { ...paths, storage: join(folder, 'elsewhere') } });
    await expect(collect(storeFiles(elsewhere))).rejects.toMatchObject({ code: 'STORE_MISSING' });
    await elsewhere.close();
  });

  it('an encrypted key is counted as locked, and opens with its passphrase', async () => {
    const [keyId = ''] = keys.privateKeyIds();
    await keys.rewritePrivate(keyId, undefined, 'geheim');
    await back();
    expect((await check()).keys).toEqual({ opened: 0, locked: 1 });
    expect((await check(async () => 'geheim')).keys).toEqual({ opened: 1, locked: 0 });
    await expect(check(async () => 'wrong')).rejects.toMatchObject({ code: 'KEY_LOCKED' });
  });
});

/** Writes a backup of whatever files, as this program would never do. */
async function forged(given: readonly ArchiveFile[]): Promise<void> {
  const sums = given.map(({ path, bytes }) => `${sha256Hex(bytes)}  ${path}\n`).join('');
  const archive = writeTar([...given, { path: MANIFEST, mode: 0o644, bytes: Buffer.from(sums) }], 0);
  const { encrypted } = await encryptAge(archive, { recipients: [recipient] });
  writeFileSync(out, Buffer.concat(await collect(encrypted)));
}

describe('a backup that was made of damaged files', () => {
  const damaged = async (change: (file: ArchiveFile) => ArchiveFile | undefined) =>
    (await files()).flatMap((file) => change(file) ?? []);
  const at = (path: string, change: (bytes: Buffer) => Uint8Array) => (file: ArchiveFile) =>
    file.path === path ? { ...file, bytes: change(Buffer.from(file.bytes)) } : file;
  const object = `storage/objects/${objectPath(sha256Hex('one'))}`;
  const flip = (bytes: Buffer) => {
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    return bytes;
  };

  it.each<[string, () => (file: ArchiveFile) => ArchiveFile | undefined, string]>([
    ['an artifact with other bytes', () => at(object, () => Buffer.from('changed')), 'CORRUPT'],
    ['an artifact that is missing', () => (file) => (file.path === object ? undefined : file), 'CORRUPT'],
    ['a commit with a bit flipped', () => at('storage/log/000/000/000000001.json', flip), 'CORRUPT'],
    ['a commit that is missing', () => (file) => (file.path.endsWith('000000001.json') ? undefined : file), 'CORRUPT'],
    [
      'the newest commit missing',
      () => (file) => (file.path.endsWith('000000002.json') ? undefined : file),
      'ROLLED_BACK',
    ],
    ['a format of the future', () => at('storage/format', () => Buffer.from('mcp-config-store 9\n')), 'STORE_NEWER'],
    [
      'a key with a bit flipped',
      () => (file) => (file.path.endsWith('.key.pem') ? { ...file, bytes: flip(Buffer.from(file.bytes)) } : file),
      'CORRUPT',
    ],
  ])('%s is found, and nothing is restored', async (_, change, code) => {
    await forged(await damaged(change()));
    await expect(check()).rejects.toMatchObject({ code });
    const target = join(folder, 'restored');
    await expect(restore(target)).rejects.toMatchObject({ code });
    expect(existsSync(target)).toBe(false);
  });

  it('leaves no temporary folder behind', async () => {
    const changed = await damaged(at(object, () => Buffer.from('changed')));
    await expect(back(changed)).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(existsSync(out)).toBe(false);
    await forged(changed);
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    vi.stubEnv('TMPDIR', temporary);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    await expect(check()).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(readdirSync(temporary)).toEqual([]);
  });
});
