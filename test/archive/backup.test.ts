import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, keyFiles, readBackup, writeBackup } from '../../src/archive/backup.ts';
import { foldersBelow, restoreFiles } from '../../src/archive/restore.ts';
import type { ArchiveFile } from '../../src/archive/tar.ts';
import { Durable } from '../../src/disk/durable.ts';
import { KeyFolder } from '../../src/keys/folder/key-files.ts';
import { type Pin, pinBytes } from '../../src/state/pin.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';
import { collect } from './collect.ts';

const hasAge = spawnSync('age', ['--version']).status === 0 && spawnSync('tar', ['--version']).status === 0;
const disk = new Durable();
const now = new Date('2026-11-20T00:00:00Z');

let folder: string;
let keys: KeyFolder;
let keyId: string;
let pin: Pin;
let identity: string;
let recipient: string;
let out: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  keys = new KeyFolder(join(folder, 'keys'), disk);
  const key = await keys.createPending();
  await keys.publish(key.keyId, key.spki);
  keyId = key.keyId;
  pin = { store: keyId, index: 0, commit: keyId };
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  out = join(folder, 'keys.age');
});

const back = (files: Iterable<ArchiveFile> = keyFiles(keys, pin), replace = false) =>
  writeBackup(out, files, { lock: { recipients: [recipient] }, replace, now, disk });
const pinFile = () => ({ 'pin.json': Buffer.from(pinBytes(pin)).toString('hex') });
const entries = () => collect(readBackup(bytesOf(out), { identities: [identity] }));
const contents = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== '.gitignore') // made again where a key is written
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(path.length + 1), readFileSync(file, 'hex')]),
  );

describe('a key backup', () => {
  it('holds every key file, the public keys and the pin, as they are', async () => {
    const pending = await keys.createPending();
    await back();
    const files = Object.fromEntries(
      (await entries()).map(({ path, bytes }) => [path, Buffer.from(bytes).toString('hex')]),
    );
    const expected = Object.entries({ ...contents(keys.path), ...pinFile() }).map(([path, hex]) => [
      `keys/${path}`,
      hex,
    ]);
    expect(files).toEqual(Object.fromEntries(expected));
    expect(Object.keys(files)).toContain(`keys/pending/${pending.keyId}.key.pem`);
  });

  it('is a file of 0600 that shows nothing of the key, with nothing left beside it', async () => {
    expect(await back()).toMatchObject({ files: 3 });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const key = readFileSync(join(keys.path, `${keyId}.key.pem`), 'utf8').split('\n')[1] as string;
    expect(readFileSync(out).includes(key)).toBe(false);
    expect(readFileSync(out).includes(Buffer.from(key, 'base64').subarray(16))).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(['keys', 'keys.age']);
  });

  it('is not written over another file, unless that is asked for', async () => {
    writeFileSync(out, 'mine');
    await expect(back()).rejects.toMatchObject({ code: 'ARGUMENT_INVALID', advice: [{ do: 'replace-backup' }] });
    expect(readFileSync(out, 'utf8')).toBe('mine');
    await back(keyFiles(keys, pin), true);
    expect(await entries()).toHaveLength(3);
  });

  it('leaves nothing behind when the files cannot be read', async () => {
    chmodSync(join(keys.path, `${keyId}.key.pem`), 0o640);
    await expect(back()).rejects.toMatchObject({ code: 'KEY_PERMISSIONS' });
    expect(readdirSync(folder)).toEqual(['keys']);
  });

  it('is refused where there is no key', async () => {
    await expect(back(keyFiles(new KeyFolder(join(folder, 'none')), pin))).rejects.toMatchObject({
      code: 'KEY_MISSING',
    });
  });

  it.each([
    ['no recipient', { recipients: [] }],
    ['a recipient that is none', { recipients: ['age1nonsense'] }],
    ['a recipient with a typing error', { recipients: [`age1${'q'.repeat(58)}`] }],
    ['an ssh key', { recipients: ['ssh-ed25519 AAAA'] }],
    ['an empty passphrase', { passphrase: '' }],
  ])('is refused for %s', async (_, lock) => {
    const written = writeBackup(out, keyFiles(keys, pin), { lock, replace: false, now, disk });
    await expect(written).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    expect(existsSync(out)).toBe(false);
  });

  it('opens with the passphrase it was made with, and with no other', async () => {
    const lock = { passphrase: 'four random words here' };
    await writeBackup(out, keyFiles(keys, pin), { lock, replace: false, now, disk });
    expect(await collect(readBackup(bytesOf(out), lock))).toHaveLength(3);
    const other = collect(readBackup(bytesOf(out), { passphrase: 'four random words there' }));
    await expect(other).rejects.toMatchObject({ code: 'KEY_LOCKED' });
  });

  it('does not open with another identity, a broken one, or when it is no backup', async () => {
    await back();
    const open = (file: string, line: string) => collect(readBackup(bytesOf(file), { identities: [line] }));
    await expect(open(out, await generateX25519Identity())).rejects.toMatchObject({ code: 'KEY_LOCKED' });
    await expect(open(out, 'AGE-SECRET-KEY-1QQQ')).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    await expect(open(join(folder, 'nothing.age'), identity)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    writeFileSync(out, 'age-encryption.org/v1\nnonsense');
    await expect(open(out, identity)).rejects.toMatchObject({ code: 'CORRUPT' });
  });

  it('is found damaged when cut anywhere, or with any byte changed', async () => {
    await back();
    const whole = readFileSync(out);
    for (let step = 0; step < 40; step++) {
      const at = Math.floor((step / 40) * whole.length);
      writeFileSync(out, whole.subarray(0, at));
      await expect(entries(), `cut at ${at}`).rejects.toMatchObject({ name: 'StoreError' });
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ 1;
      writeFileSync(out, changed);
      await expect(entries(), `changed at ${at}`).rejects.toMatchObject({ name: 'StoreError' });
    }
  });

  it.skipIf(!hasAge)('opens with the commands age, tar and sha256sum alone', async () => {
    await back();
    const identityFile = join(folder, 'identity');
    writeFileSync(identityFile, `${identity}\n`, { mode: 0o600 });
    const target = join(folder, 'opened');
    mkdirSync(target);
    const tar = execFileSync('age', ['-d', '-i', identityFile, out]);
    execFileSync('tar', ['-x', '-C', target], { input: tar });
    const checked = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: target }).toString();
    expect(checked.match(/: OK$/gm)).toHaveLength(3);
    expect(contents(join(target, 'keys'))).toEqual({ ...contents(keys.path), ...pinFile() });
    expect(statSync(join(target, 'keys', `${keyId}.key.pem`)).mode & 0o777).toBe(0o600);
  });
});

describe('restoring', () => {
  const restore = (
    target: string,
    check: () => Promise<void> = async () => {
      // sound
    },
  ) => restoreFiles(readBackup(bytesOf(out), { identities: [identity] }), foldersBelow(target), check);

  it('gives the same files back, closed to others, in a folder that need not be there', async () => {
    await back();
    const target = join(folder, 'new', 'var');
    await restore(target);
    expect(contents(join(target, 'keys'))).toEqual({ ...contents(keys.path), ...pinFile() });
    expect(statSync(join(target, 'keys')).mode & 0o777).toBe(0o700);
    expect(readdirSync(target)).toEqual(['keys']);
    expect(await new KeyFolder(join(target, 'keys')).loadPrivate(keyId, undefined)).toMatchObject({ keyId });
  });

  it('refuses a folder that holds anything, and leaves it alone', async () => {
    await back();
    const target = join(folder, 'full');
    mkdirSync(join(target, 'state'), { recursive: true });
    writeFileSync(join(target, 'state', 'notes.txt'), 'mine');
    await expect(restore(target)).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining('notes.txt'),
    });
    expect(readdirSync(target, { recursive: true })).toEqual(['state', join('state', 'notes.txt')]);
  });

  it('puts nothing in place when the backup is damaged or the check objects', async () => {
    await back();
    const target = join(folder, 'target');
    await expect(restore(target, async () => Promise.reject(new Error('not sound')))).rejects.toThrow('not sound');
    expect(existsSync(target)).toBe(false);
    const whole = readFileSync(out);
    writeFileSync(out, whole.subarray(0, whole.length - 20));
    await expect(restore(target)).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(existsSync(target)).toBe(false);
    writeFileSync(out, whole);
    await restore(target);
    expect(readdirSync(target)).toEqual(['keys']);
  });

  it('ends what an earlier run had checked', async () => {
    await back();
    const target = join(folder, 'target');
    await restore(target);
    const keysFolder = join(target, 'keys');
    mkdirSync(join(keysFolder, '.restored'));
    for (const name of readdirSync(keysFolder).filter((one) => one !== '.restored'))
      execFileSync('mv', [join(keysFolder, name), join(keysFolder, '.restored', name)]);
    await restore(target, async () => expect.unreachable('it was checked before'));
    expect(readdirSync(target)).toEqual(['keys']);
  });

  it('believes nothing that lies in the storage, and moves nothing from where a link there leads', async () => {
    await back();
    const target = join(folder, 'target');
    const outside = join(folder, 'outside');
    mkdirSync(join(target, 'storage'), { recursive: true });
    mkdirSync(outside);
    writeFileSync(join(outside, 'precious'), 'precious');
    symlinkSync(outside, join(target, 'storage', '.restored'));
    await expect(restore(target)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    // Nor where a restore that was cut short is ended.
    mkdirSync(join(target, 'keys', '.restored'), { recursive: true });
    await expect(restore(target)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    expect(readdirSync(outside)).toEqual(['precious']);
    expect(readdirSync(join(target, 'storage'))).toEqual(['.restored']);
  });

  it('of what is no part of a store is not even written', async () => {
    const stray = { path: 'bin/sh', mode: 0o644, bytes: Buffer.from('x') };
    await expect(back([stray])).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(readdirSync(folder)).toEqual(['keys']);
  });
});
