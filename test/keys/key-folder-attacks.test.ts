import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { newSeed } from '../../src/keys/ed25519.ts';
import { KeyFolder } from '../../src/keys/folder/key-files.ts';
import { encryptedPrivateKeyPem, openPrivateKey, privateKeyPem } from '../../src/keys/formats/private-key-pem.ts';
import { WRONG_FILES } from '../state/wrong-files.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

let root: string;
let path: string;
let keys: KeyFolder;
beforeEach(async () => {
  root = await temporaryFolder();
  path = join(root, 'keys');
  keys = new KeyFolder(path);
});
const make = async () => {
  const key = await keys.createPending();
  await keys.publish(key.keyId, key.spki);
  return key;
};
const modeOf = (file: string) => statSync(file).mode & 0o777;

describe.each(Object.entries(WRONG_FILES))('%s', (kind, place) => {
  it('in the place of a private key is refused', async () => {
    const { keyId } = await make();
    const [file, moved] = [join(path, `${keyId}.key.pem`), join(path, 'moved')];
    renameSync(file, moved);
    place(file, moved);
    await expect(keys.loadPrivate(keyId, undefined)).rejects.toMatchObject({
      code: expect.stringMatching(/^(KEY_PERMISSIONS|CORRUPT)$/),
    });
    expect(() => keys.isEncrypted(keyId)).toThrow();
  });

  it('in the place of a public key is no key', async () => {
    const { keyId } = await make();
    const other = await make();
    const [file, moved] = [join(path, `${keyId}.pub.pem`), join(path, 'moved')];
    renameSync(file, moved);
    place(file, moved);
    expect(keys.publicKey(keyId)).toBeUndefined();
    expect([...keys.publicKeyIds()]).toEqual([other.keyId]);
  });

  it.skipIf(kind === 'a file of 1 GiB')('in the place of a pending key is not moved into its place', async () => {
    const { keyId, spki } = await keys.createPending();
    const [file, moved] = [join(path, 'pending', `${keyId}.key.pem`), join(path, 'moved')];
    renameSync(file, moved);
    place(file, moved);
    await keys.publish(keyId, spki);
    expect(readdirSync(path).filter((name) => name.endsWith('.pem'))).toEqual([]);
    expect(lstatSync(file, { throwIfNoEntry: false })).toBeDefined();
  });
});

describe('a keys folder that is a link', () => {
  it.each([0o755, 0o777, 0o700])(
    'to a folder of mode %o is refused before anything is made or changed in it',
    async (mode) => {
      const shared = join(root, 'shared');
      mkdirSync(shared);
      chmodSync(shared, mode);
      symlinkSync(shared, path);
      const refused = {
        code: 'KEY_PERMISSIONS',
        message: expect.stringContaining('is a link'),
        advice: [{ do: 'set', setting: 'CONFIG_STORE_KEYS_DIR' }],
      };
      await expect(keys.createPending()).rejects.toMatchObject(refused);
      await expect(keys.importPending(privateKeyPem(newSeed()))).rejects.toMatchObject(refused);
      await expect(keys.loadPrivate(sha256Hex('x'), undefined)).rejects.toMatchObject(refused);
      for (const list of [() => keys.publicKeyIds(), () => keys.privateKeyIds()]) expect(list).toThrow('is a link');
      expect([modeOf(shared), readdirSync(shared)]).toEqual([mode, []]);
    },
  );

  it('to nothing, or a file, is refused too', async () => {
    symlinkSync('nowhere', path);
    await expect(keys.createPending()).rejects.toMatchObject({ code: 'KEY_PERMISSIONS' });
    expect(existsSync(join(root, 'nowhere'))).toBe(false);
    rmSync(path);
    writeFileSync(path, '');
    await expect(keys.createPending()).rejects.toMatchObject({ code: 'KEY_PERMISSIONS' });
    expect(() => keys.publicKeyIds()).toThrow('is a file');
  });

  it('or whose pending/ is one, is not followed: nothing there is made, closed, listed or swept', async () => {
    const shared = join(root, 'shared');
    mkdirSync(shared, { mode: 0o755 });
    const old = join(shared, '7-00112233aabbccdd');
    writeFileSync(old, 'x');
    utimesSync(old, new Date(0), new Date(0));
    mkdirSync(path, { mode: 0o700 });
    symlinkSync(shared, join(path, 'pending'));
    await expect(keys.createPending()).rejects.toMatchObject({ code: 'KEY_PERMISSIONS' });
    expect(() => keys.pendingKeyIds()).toThrow('is a link');
    keys.sweep();
    expect([modeOf(shared), readdirSync(shared)]).toEqual([0o755, ['7-00112233aabbccdd']]);
  });
});

it('a .gitignore that is there is left alone, and one is made only with the folder', async () => {
  mkdirSync(path, { mode: 0o700 });
  await make();
  expect(readdirSync(path)).not.toContain('.gitignore');
});

describe('line ends of a private key', () => {
  const ends: readonly [string, string][] = [
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ];
  it.each(ends)('may be %s, as RFC 7468 says', async (_, end) => {
    const { keyId } = await make();
    const file = join(path, `${keyId}.key.pem`);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', end));
    await expect(keys.loadPrivate(keyId, undefined)).resolves.toMatchObject({ keyId });
    expect(keys.isEncrypted(keyId)).toBe(false);
    await keys.rewritePrivate(keyId, undefined, 'geheim');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', end));
    expect(keys.isEncrypted(keyId)).toBe(true);
    await expect(keys.loadPrivate(keyId, async () => 'geheim')).resolves.toMatchObject({ keyId });
  });

  it.each(ends)('of a key that is imported may be %s', async (_, end) => {
    const seed = newSeed();
    const plain = Buffer.from(privateKeyPem(seed).toString().replaceAll('\n', end));
    const before = Buffer.from(plain);
    const encrypted = Buffer.from((await encryptedPrivateKeyPem(seed, 'x')).toString().replaceAll('\n', end));
    const one = await keys.importPending(plain);
    expect(plain).toEqual(before);
    await expect(keys.importPending(encrypted, 'x')).resolves.toMatchObject({ keyId: one.keyId });
  });

  it('are all that may differ within the block', async () => {
    const pem = privateKeyPem(newSeed()).toString();
    for (const other of [
      pem.replaceAll('\n', '\n\n'),
      pem.replaceAll('\n', '\r\r\n'),
      ` ${pem}`,
      `  indented\n${pem}`,
      `${pem} \n`,
    ])
      expect(await openPrivateKey(Buffer.from(other))).toEqual({ fault: 'form' });
  });
});
