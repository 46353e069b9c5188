import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { hashes } from '@noble/ed25519';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { isStoreError } from '../../src/core/errors.ts';
import { Durable } from '../../src/disk/durable.ts';
import { keyIdOf, newSeed, publicKeyObject, verifySignature } from '../../src/keys/ed25519.ts';
import { KeyFolder } from '../../src/keys/folder/key-files.ts';
import { publicKeyPem } from '../../src/keys/formats/pem.ts';
import { encryptedPrivateKeyPem, privateKeyPem } from '../../src/keys/formats/private-key-pem.ts';
import { signingKeyOf } from '../../src/keys/signing-key.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

const isRoot = process.getuid?.() === 0;

let path: string;
let keys: KeyFolder;
beforeEach(async () => {
  path = join(await temporaryFolder(), 'keys');
  keys = new KeyFolder(path);
});

const make = async (passphrase?: string) => {
  const key = await keys.createPending(passphrase);
  await keys.publish(key.keyId, key.spki);
  return key;
};
const privateFile = (keyId: string) => join(path, `${keyId}.key.pem`);
const modeOf = (file: string) => statSync(file).mode & 0o777;

describe('a fresh key', () => {
  it('is in pending/ first, closed to others, and nothing else is there', async () => {
    const { keyId } = await keys.createPending();
    expect(readdirSync(path).sort()).toEqual(['.gitignore', 'pending']);
    expect(readFileSync(join(path, '.gitignore'), 'utf8')).toBe('*\n');
    expect(readdirSync(join(path, 'pending'))).toEqual([`${keyId}.key.pem`]);
    expect([modeOf(path), modeOf(join(path, 'pending')), modeOf(join(path, 'pending', `${keyId}.key.pem`))]).toEqual([
      0o700, 0o700, 0o600,
    ]);
    expect([...keys.pendingKeyIds()]).toEqual([keyId]);
    expect(keys.hasPrivate(keyId)).toBe(false);
    expect(keys.publicKeyIds().size).toBe(0);
  });

  it('gets its place, with its public file, once its commit is in the log', async () => {
    const { keyId, spki } = await make();
    expect(readdirSync(path).sort()).toEqual(['.gitignore', `${keyId}.key.pem`, `${keyId}.pub.pem`, 'pending']);
    expect(readdirSync(join(path, 'pending'))).toEqual([]);
    expect(readFileSync(join(path, `${keyId}.pub.pem`), 'utf8')).toBe(publicKeyPem(Buffer.from(spki, 'base64')));
    expect([modeOf(privateFile(keyId)), modeOf(join(path, `${keyId}.pub.pem`))]).toEqual([0o600, 0o644]);
    await keys.publish(keyId, spki);
    expect(keys.hasPrivate(keyId)).toBe(true);
  });

  it('is dropped when its commit is not in the log', async () => {
    const { keyId } = await keys.createPending();
    await keys.dropPending(keyId);
    await keys.dropPending(keyId);
    expect(keys.pendingKeyIds().size).toBe(0);
  });

  it('signs nothing where the other implementation would have signed something else', async () => {
    const { keyId } = await make();
    const key = await keys.loadPrivate(keyId, undefined);
    const message = Buffer.from('message');
    const right = hashes.sha512 as NonNullable<typeof hashes.sha512>;
    try {
      hashes.sha512 = (bytes) => right(bytes).map((byte, i) => (i === 63 ? byte ^ 1 : byte));
      expect(() => key.sign(message)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    } finally {
      hashes.sha512 = right;
    }
    expect(key.sign(message)).toHaveLength(64);
  });

  it('closes a folder that was made with the usual mode', async () => {
    mkdirSync(path, { mode: 0o755 });
    await make();
    expect(modeOf(path)).toBe(0o700);
  });

  it('signs, OpenSSL agrees, and nothing of the seed can be printed', async () => {
    const { keyId } = await make();
    const key = await keys.loadPrivate(keyId, undefined);
    const message = Buffer.from('message');
    expect(verifySignature(publicKeyObject(Buffer.from(key.spki, 'base64')), message, key.sign(message))).toBe(true);
    expect(() => key.probe(message)).not.toThrow();
    const seed = Buffer.from(readFileSync(privateFile(keyId), 'utf8').split('\n')[1] as string, 'base64').subarray(-32);
    const printed = inspect({ key, keys }, { depth: 10, showHidden: true }) + JSON.stringify({ key, keys });
    for (const form of ['hex', 'base64', 'base64url'] as const) expect(printed).not.toContain(seed.toString(form));
    expect(printed).not.toContain(inspect(seed));
  });
});

describe('public keys', () => {
  it('are those whose file holds the key of its name', async () => {
    const [one, two] = [await make(), await make()];
    expect(keys.publicKeyIds()).toEqual(new Set([one.keyId, two.keyId]));
    writeFileSync(join(path, `${sha256Hex('x')}.pub.pem`), readFileSync(join(path, `${one.keyId}.pub.pem`)));
    writeFileSync(join(path, `${sha256Hex('y')}.pub.pem`), 'nonsense');
    writeFileSync(join(path, 'notes.pub.pem'), readFileSync(join(path, `${one.keyId}.pub.pem`)));
    expect(keys.publicKeyIds()).toEqual(new Set([one.keyId, two.keyId]));
    expect(keys.publicKey(sha256Hex('x'))).toBeUndefined();
    expect(keys.publicKey(sha256Hex('none'))).toBeUndefined();
  });

  it('are none where no folder is', () => {
    expect(keys.publicKeyIds().size).toBe(0);
    expect(keys.privateKeyIds().size).toBe(0);
  });
});

describe('a private key file is refused', () => {
  it.each([0o640, 0o604, 0o660, 0o644, 0o610])('with mode %o, naming the chmod that repairs it', async (mode) => {
    const { keyId } = await make();
    chmodSync(privateFile(keyId), mode);
    await expect(keys.loadPrivate(keyId, undefined)).rejects.toMatchObject({
      code: 'KEY_PERMISSIONS',
      message: expect.stringContaining(mode.toString(8)),
      hint: `Repair it with: chmod 600 ${privateFile(keyId)}`,
    });
    chmodSync(privateFile(keyId), 0o600);
    await expect(keys.loadPrivate(keyId, undefined)).resolves.toMatchObject({ keyId });
  });

  it.each([0o750, 0o701, 0o755])('in a folder with mode %o', async (mode) => {
    const { keyId } = await make();
    chmodSync(path, mode);
    await expect(keys.loadPrivate(keyId, undefined)).rejects.toMatchObject({
      code: 'KEY_PERMISSIONS',
      hint: `Repair it with: chmod 700 ${path}`,
    });
  });

  it('when it is a link, a folder, or a pipe', async () => {
    const { keyId } = await make();
    renameSync(privateFile(keyId), join(path, 'elsewhere'));
    symlinkSync(join(path, 'elsewhere'), privateFile(keyId));
    await expect(keys.loadPrivate(keyId, undefined)).rejects.toMatchObject({
      code: 'KEY_PERMISSIONS',
      message: expect.stringContaining('plain file'),
    });
    mkdirSync(privateFile(sha256Hex('folder')), { mode: 0o700 });
    await expect(keys.loadPrivate(sha256Hex('folder'), undefined)).rejects.toMatchObject({ code: 'KEY_PERMISSIONS' });
  });

  it('in a folder that is a link', async () => {
    const { keyId } = await make();
    symlinkSync(path, `${path}-link`);
    await expect(new KeyFolder(`${path}-link`).loadPrivate(keyId, undefined)).rejects.toMatchObject({
      code: 'KEY_PERMISSIONS',
    });
  });

  it('when it is not there', async () => {
    await expect(keys.loadPrivate(sha256Hex('none'), undefined)).rejects.toMatchObject({ code: 'KEY_MISSING' });
    await make();
    await expect(keys.loadPrivate(sha256Hex('none'), undefined)).rejects.toMatchObject({ code: 'KEY_MISSING' });
  });

  it('when it holds another key than its name says', async () => {
    const [one, two] = [await make(), await make()];
    writeFileSync(privateFile(one.keyId), readFileSync(privateFile(two.keyId)));
    await expect(keys.loadPrivate(one.keyId, undefined)).rejects.toMatchObject({
      code: 'CORRUPT',
      message: expect.stringContaining('another key'),
    });
  });

  it.each([
    ['empty', ''],
    ['text', 'hello'],
    ['too long', 'x'.repeat(10_000)],
  ])('when it is %s', async (_, text) => {
    const { keyId } = await make();
    writeFileSync(privateFile(keyId), text);
    await expect(keys.loadPrivate(keyId, undefined)).rejects.toMatchObject({ code: 'CORRUPT' });
  });

  it.skipIf(isRoot)('when this user may not read it', async () => {
    const { keyId } = await make();
    chmodSync(privateFile(keyId), 0);
    await expect(keys.loadPrivate(keyId, undefined)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  });

  it.skipIf(!isRoot)('when it belongs to somebody else, unless root reads it', async () => {
    const { keyId } = await make();
    chownSync(privateFile(keyId), 12345, 12345);
    await expect(keys.loadPrivate(keyId, undefined)).resolves.toMatchObject({ keyId });
    const [uid, gid] = [54321, 54321];
    chownSync(path, uid, gid);
    const parent = join(path, '..');
    chmodSync(parent, 0o755);
    process.setegid?.(gid);
    process.seteuid?.(uid);
    try {
      const refused = keys.loadPrivate(keyId, undefined);
      await expect(refused).rejects.toMatchObject({
        code: 'KEY_PERMISSIONS',
        hint: `Repair it with: chown ${uid} ${privateFile(keyId)}`,
      });
    } finally {
      process.seteuid?.(0);
      process.setegid?.(0);
    }
  });

  it('and its bytes are in no error', async () => {
    const seed = newSeed();
    const key = await signingKeyOf(seed);
    const pem = privateKeyPem(seed).toString();
    await make();
    for (const [text, mode] of [
      [pem, 0o644],
      [pem.slice(0, -2), 0o600],
      [`${pem}x`, 0o600],
      [pem.replace('MC4', 'MD4'), 0o600],
    ] as const) {
      writeFileSync(privateFile(key.keyId), text, { mode });
      chmodSync(privateFile(key.keyId), mode);
      const error = await keys.loadPrivate(key.keyId, undefined).catch((thrown: unknown) => thrown);
      expect(isStoreError(error)).toBe(true);
      const printed = inspect(error, { depth: 10, showHidden: true });
      for (const form of ['hex', 'base64'] as const)
        expect(printed).not.toContain(Buffer.from(seed).toString(form).slice(0, 20));
      expect(printed).not.toContain((pem.split('\n')[1] as string).slice(-20));
    }
  });
});

describe('an encrypted key', () => {
  it('opens with its passphrase, which is asked for only then', async () => {
    const plain = await make();
    const encrypted = await make('geheim');
    const never = () => expect.unreachable('nobody needs a passphrase here');
    await expect(keys.loadPrivate(plain.keyId, never)).resolves.toMatchObject({ keyId: plain.keyId });
    await expect(keys.loadPrivate(encrypted.keyId, async () => 'geheim')).resolves.toMatchObject({
      keyId: encrypted.keyId,
    });
    expect([keys.isEncrypted(plain.keyId), keys.isEncrypted(encrypted.keyId)]).toEqual([false, true]);
  });

  it('is locked without one, and with a wrong one, and says what to do', async () => {
    const { keyId } = await make('geheim');
    const locked = { code: 'KEY_LOCKED', advice: [{ do: 'set', setting: 'CONFIG_STORE_KEY_PASSPHRASE_FILE' }] };
    await expect(keys.loadPrivate(keyId, undefined)).rejects.toMatchObject(locked);
    await expect(keys.loadPrivate(keyId, async () => undefined)).rejects.toMatchObject(locked);
    const error = await keys.loadPrivate(keyId, async () => 'falsches Wort').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(locked);
    expect(inspect(error, { depth: 10 })).not.toContain('falsches Wort');
  });

  it('is made of a plain one in its place, and a plain one of it', async () => {
    const { keyId } = await make();
    const before = readFileSync(privateFile(keyId));
    await keys.rewritePrivate(keyId, undefined, 'one');
    expect(keys.isEncrypted(keyId)).toBe(true);
    await expect(keys.rewritePrivate(keyId, async () => 'wrong', 'two')).rejects.toMatchObject({ code: 'KEY_LOCKED' });
    await keys.rewritePrivate(keyId, async () => 'one', 'two');
    await expect(keys.loadPrivate(keyId, async () => 'two')).resolves.toMatchObject({ keyId });
    await keys.rewritePrivate(keyId, async () => 'two', undefined);
    expect(readFileSync(privateFile(keyId))).toEqual(before);
    expect(readdirSync(path).sort()).toEqual(['.gitignore', `${keyId}.key.pem`, `${keyId}.pub.pem`, 'pending']);
    expect(modeOf(privateFile(keyId))).toBe(0o600);
  });

  it('needs a passphrase of at least one character', async () => {
    const { keyId } = await make();
    await expect(keys.rewritePrivate(keyId, undefined, '')).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    expect(keys.isEncrypted(keyId)).toBe(false);
  });

  it('is published without its passphrase: the log has the public key', async () => {
    const { keyId, spki } = await keys.createPending('geheim');
    await new KeyFolder(path).publish(keyId, spki);
    await expect(keys.loadPrivate(keyId, async () => 'geheim')).resolves.toMatchObject({ keyId });
  });
});

describe('a key from elsewhere', () => {
  it('is taken into pending/ when it opens, and refused as an argument otherwise', async () => {
    const seed = newSeed();
    const { keyId, spki } = await signingKeyOf(seed);
    expect(keyIdOf(Buffer.from(spki, 'base64'))).toBe(keyId);
    const file = await encryptedPrivateKeyPem(seed, 'theirs');
    await expect(keys.importPending(file, 'wrong')).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    await expect(keys.importPending(Buffer.from('nonsense'))).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    await expect(keys.importPending(file, 'theirs', 'ours')).resolves.toMatchObject({ keyId });
    await keys.publish(keyId, spki);
    await expect(keys.loadPrivate(keyId, async () => 'ours')).resolves.toMatchObject({ keyId });
  });
});

describe('what a process that died had staged', () => {
  it('is cleared away once it is an hour old, and nothing else', async () => {
    const { keyId } = await make();
    const hourAgo = new Date(Date.now() - 3_700_000);
    const staged = [join(path, '123-0123456789abcdef'), join(path, 'pending', '7-00112233aabbccdd')];
    for (const file of [...staged, join(path, '9-fedcba9876543210'), join(path, 'notes')]) writeFileSync(file, 'x');
    for (const file of [...staged, join(path, 'notes'), privateFile(keyId)]) utimesSync(file, hourAgo, hourAgo);
    linkSync(privateFile(keyId), join(path, 'copy'));
    keys.sweep();
    expect(readdirSync(path).sort()).toEqual(
      ['.gitignore', '9-fedcba9876543210', 'copy', `${keyId}.key.pem`, `${keyId}.pub.pem`, 'notes', 'pending'].sort(),
    );
    expect(readdirSync(join(path, 'pending'))).toEqual([]);
  });
});

describe('a folder that its platform gave to a group', () => {
  const shared = () => new KeyFolder(path, new Durable(undefined, undefined, true));

  it('is used as it is, and what is made in it is open to that group, and to nobody else', async () => {
    mkdirSync(path);
    chmodSync(path, 0o770);
    keys = shared();
    const { keyId } = await make();
    expect([modeOf(path), modeOf(join(path, 'pending')), modeOf(privateFile(keyId))]).toEqual([0o770, 0o770, 0o660]);
    expect(await keys.loadPrivate(keyId, undefined)).toMatchObject({ keyId });
    await expect(new KeyFolder(path).loadPrivate(keyId, undefined)).rejects.toMatchObject({ code: 'KEY_PERMISSIONS' });
    chmodSync(privateFile(keyId), 0o664);
    await expect(keys.loadPrivate(keyId, undefined)).rejects.toMatchObject({ code: 'KEY_PERMISSIONS' });
    chmodSync(privateFile(keyId), 0o660);
    chmodSync(path, 0o777);
    await expect(keys.loadPrivate(keyId, undefined)).rejects.toMatchObject({ code: 'KEY_PERMISSIONS' });
  });

  it('that was closed stays closed, with what is made in it', async () => {
    keys = shared();
    const { keyId } = await make();
    expect([modeOf(path), modeOf(join(path, 'pending')), modeOf(privateFile(keyId))]).toEqual([0o700, 0o700, 0o600]);
  });
});
