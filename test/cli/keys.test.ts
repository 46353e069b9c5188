import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newSeed, spkiOf } from '../../src/keys/ed25519.ts';
import { publicKeyPem } from '../../src/keys/formats/pem.ts';
import { privateKeyPem } from '../../src/keys/formats/private-key-pem.ts';
import { signingKeyOf } from '../../src/keys/signing-key.ts';
import { createWorkplace, type Workplace } from './run-cli.ts';

interface Key {
  readonly key_id: string;
  readonly label: string;
  readonly role: string;
  readonly state: string;
  readonly file: string;
}
interface Change {
  readonly receipt: { readonly index: number; readonly commit: string; readonly key_id: string };
  readonly key_id: string;
}

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
  await place.json(['init', '--label', 'the first']);
  await put('team/notes', 'one');
});
afterEach(() => place.remove());

async function put(name: string, text: string): Promise<number> {
  const finished = await place.run(['put', name, '-', '--media-type', 'text/plain', '--json'], { stdin: text });
  expect(finished.stderr).toBe('');
  return (JSON.parse(finished.stdout) as { receipt: { index: number } }).receipt.index;
}

const listed = async () => (await place.json<{ keys: Key[] }>(['keys', 'list'])).keys;

/** A key pair of somebody else's, as the two files they would send. */
async function otherKey(): Promise<{ keyId: string }> {
  const seed = newSeed();
  const { keyId, spki } = await signingKeyOf(seed);
  await writeFile(place.path('other.pub.pem'), publicKeyPem(Buffer.from(spki, 'base64')));
  await writeFile(place.path('other.key.pem'), privateKeyPem(seed), { mode: 0o600 });
  return { keyId };
}

describe('keys rotate', () => {
  it('signs with a new key from then on; what the old one signed still verifies', async () => {
    const [first] = await listed();
    const rotated = await place.json<Change & { retired: string }>(['keys', 'rotate', '--label', 'the second']);
    expect(rotated).toMatchObject({ retired: first?.key_id, receipt: { index: 2, key_id: first?.key_id } });
    await put('team/notes', 'two');
    expect(await listed()).toMatchObject([
      { key_id: first?.key_id, label: 'the first', state: 'retired', file: 'here' },
      { key_id: rotated.key_id, label: 'the second', state: 'active', role: 'owner', file: 'here' },
    ]);
    const versions = await place.json<{ versions: { key_id: string; verified: string }[] }>(['log', 'team/notes']);
    expect(versions.versions).toMatchObject([
      { key_id: rotated.key_id, verified: 'ok' },
      { key_id: first?.key_id, verified: 'ok' },
    ]);
    expect(await place.json(['verify'])).toMatchObject({ ok: true });
    const mode = (await stat(place.path(`var/keys/${rotated.key_id}.key.pem`))).mode & 0o777;
    expect(mode).toBe(0o600);
  });

  it('says in words what it did', async () => {
    const { code, stdout } = await place.run(['keys', 'rotate']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/signs from now on; \S+ is retired \(commit 2\)\n.*back up/),
    ]);
  });
});

describe('keys retire', () => {
  it('refuses the last owner key and names the way out', async () => {
    const [first] = await listed();
    const { code, stderr } = await place.run(['keys', 'retire', first?.key_id.slice(0, 8) ?? '']);
    expect(code).toBe(64);
    expect(stderr).toMatch(/ARGUMENT_INVALID: .*last owner key.*"config-store keys rotate" adds a new owner key/);
  });

  it('ends a key; what it signed stays good', async () => {
    const { keyId } = await otherKey();
    await place.json(['keys', 'import', 'other.key.pem', '--label', 'other']);
    await put('team/other', 'by the newest key');
    await place.json(['keys', 'retire', keyId]);
    expect((await listed()).find((key) => key.key_id === keyId)).toMatchObject({ state: 'retired', role: 'writer' });
    expect((await place.run(['get', 'team/other'])).stdout).toBe('by the newest key');
    expect((await place.run(['keys', 'retire', keyId])).stderr).toContain('not in force any more');
  });

  it.each([
    ['zzzzzzzz', 64, 'ARGUMENT_INVALID'],
    ['00000000', 66, 'NOT_FOUND'],
  ])('refuses %s', async (keyId, code, name) => {
    const finished = await place.run(['keys', 'retire', keyId]);
    expect([finished.code, finished.stderr]).toEqual([code, expect.stringContaining(name)]);
  });
});

describe('keys revoke', () => {
  it('makes reads of what it voids KEY_UNTRUSTED, naming the newest trusted version; restoring that mends the head', async () => {
    const [first] = await listed();
    await otherKey();
    const { key_id } = await place.json<Change>(['keys', 'import', 'other.key.pem', '--label', 'stolen one']);
    await put('team/notes', 'two, by the stolen key');
    const args = ['keys', 'revoke', key_id, '--reason', 'laptop stolen'];
    const asked = await place.run(args);
    expect([asked.code, asked.stderr]).toEqual([64, expect.stringMatching(/annot ask without a terminal.*--yes/)]);
    const { receipt } = await place.json<Change>([...args, '--yes']);
    expect(receipt.key_id).toBe(first?.key_id);

    const read = await place.run(['get', 'team/notes']);
    expect(read.code).toBe(2);
    expect(read.stderr).toMatch(/KEY_UNTRUSTED: .*is revoked from commit.*newest trusted version of team\/notes is 1/);
    const asJson = await place.run(['get', 'team/notes', '--json']);
    expect(JSON.parse(asJson.stderr)).toMatchObject({
      error: { code: 'KEY_UNTRUSTED', details: { trusted_version: 1 } },
    });
    const verified = await place.run(['verify']);
    expect([verified.code, verified.stdout]).toEqual([2, expect.stringContaining('KEY_UNTRUSTED')]);
    expect((await place.run(['restore', 'team/notes@2'])).code).toBe(2);
    await place.json(['restore', 'team/notes@1']);
    expect((await place.run(['get', 'team/notes'])).stdout).toBe('one');
  });

  it('of the only key says to rotate first', async () => {
    const [first] = await listed();
    const { code, stderr } = await place.run(['keys', 'revoke', first?.key_id ?? '', '--yes']);
    expect([code, stderr]).toEqual([64, expect.stringContaining('"config-store keys rotate" adds a new owner key')]);
  });

  it('of the key that was rotated away names the earliest commit that is possible', async () => {
    const [first] = await listed();
    await place.json(['keys', 'rotate']);
    const without = await place.run(['keys', 'revoke', first?.key_id ?? '', '--yes']);
    expect([without.code, without.stderr]).toEqual([64, expect.stringContaining('--from-index 3')]);
    await place.json(['keys', 'revoke', first?.key_id ?? '', '--yes', '--from-index', '3']);
    expect((await listed())[0]).toMatchObject({ state: 'revoked' });
    expect((await place.run(['get', 'team/notes'])).stdout).toBe('one');
  });

  it('refuses an index that is not there yet', async () => {
    const [first] = await listed();
    const { code, stderr } = await place.run(['keys', 'revoke', first?.key_id ?? '', '--yes', '--from-index', '99']);
    expect([code, stderr]).toEqual([64, expect.stringContaining('commit 99 on, which is not there yet')]);
  });
});

describe('keys trust', () => {
  it("adds somebody's public key as a writer, without a private file", async () => {
    const { keyId } = await otherKey();
    await place.json(['keys', 'trust', 'other.pub.pem', '--label', 'anna']);
    expect((await listed())[1]).toMatchObject({ key_id: keyId, label: 'anna', role: 'writer', file: 'not here' });
    expect((await place.run(['keys', 'trust', 'other.pub.pem', '--label', 'again'])).stderr).toContain(
      'is in the keyring already',
    );
  });

  it.each([
    ['of small order', `01${'00'.repeat(31)}`, 'small order'],
    ['of small order (0)', '00'.repeat(32), 'small order'],
    ['of mixed order', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa', '(small|mixed) order'],
    ['in an encoding that is not canonical', `ee${'ff'.repeat(30)}7f`, 'canonical'],
  ])('refuses a key %s', async (_what, point, why) => {
    await writeFile(place.path('bad.pub.pem'), publicKeyPem(spkiOf(Buffer.from(point, 'hex'))));
    const { code, stderr } = await place.run(['keys', 'trust', 'bad.pub.pem', '--label', 'bad']);
    expect([code, stderr]).toEqual([64, expect.stringMatching(new RegExp(`this public key is refused: .*${why}`))]);
    expect(await listed()).toHaveLength(1);
  });

  it.each([
    ['a private key', async () => (await otherKey()) && readFile(place.path('other.key.pem'))],
    ['text', async () => Buffer.from('hello')],
    [
      'two keys',
      async () => (await otherKey()) && Buffer.concat(Array(2).fill(await readFile(place.path('other.pub.pem')))),
    ],
    ['nothing', async () => Buffer.alloc(0)],
    ['bytes', async () => Buffer.alloc(1_000, 0xff)],
  ])('refuses a file that holds %s', async (_what, content) => {
    await writeFile(place.path('bad.pem'), await content());
    const { code, stderr } = await place.run(['keys', 'trust', 'bad.pem', '--label', 'bad']);
    expect([code, stderr]).toEqual([64, expect.stringContaining('ARGUMENT_INVALID')]);
  });

  it('refuses a credential in a label, and a role that is none', async () => {
    await otherKey();
    const role = await place.run(['keys', 'trust', 'other.pub.pem', '--label', 'x', '--role', 'admin']);
    expect([role.code, role.stderr]).toEqual([64, expect.stringContaining('neither owner nor writer')]);
  });
});

describe('keys import', () => {
  it('brings a lost file back without a commit', async () => {
    const [first] = await listed();
    const file = place.path(`var/keys/${first?.key_id}.key.pem`);
    await writeFile(place.path('backup.pem'), await readFile(file), { mode: 0o600 });
    await rm(file);
    const refused = await place.run(['put', 'team/notes', '-'], { stdin: 'x' });
    expect([refused.code, refused.stderr]).toEqual([77, expect.stringContaining('KEY_MISSING')]);
    const imported = await place.json<Partial<Change>>(['keys', 'import', 'backup.pem']);
    expect(imported).toEqual({ key_id: first?.key_id });
    await put('team/notes', 'two');
  });

  it('where keys and state are gone wants to know whose store it is', async () => {
    const [first] = await listed();
    await otherKey();
    await place.json(['keys', 'trust', 'other.pub.pem', '--label', 'other', '--role', 'owner']);
    for (const lost of ['var/keys', 'var/state']) await rm(place.path(lost), { recursive: true });
    const refused = await place.run(['keys', 'import', 'other.key.pem']);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('Set CONFIG_STORE_ID')]);
    const env = { CONFIG_STORE_ID: first?.key_id ?? '' };
    expect(await place.run(['keys', 'import', 'other.key.pem'], { env })).toMatchObject({ code: 0, stderr: '' });
    expect((await place.run(['put', 'team/notes', '-'], { env, stdin: 'x' })).code).toBe(0);
    // The pin knows the store now.
    expect(await place.run(['get', 'team/notes'])).toMatchObject({ code: 0, stdout: 'x' });
  });
});

describe('private keys at rest', () => {
  it('encrypted: reads work without the passphrase, writes are KEY_LOCKED, and with it everything works', async () => {
    const passphrase = 'correct horse battery staple';
    await writeFile(place.path('passphrase'), `${passphrase}\n`);
    await writeFile(place.path('wrong'), 'something else\n');
    const env = { CONFIG_STORE_KEY_PASSPHRASE_FILE: place.path('passphrase') };
    const [first] = await listed();
    const file = place.path(`var/keys/${first?.key_id}.key.pem`);
    const plain = await readFile(file, 'utf8');
    expect((await place.run(['keys', 'encrypt'], { env })).stdout).toContain('encrypted ');
    expect(await readFile(file, 'utf8')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect((await place.run(['keys', 'encrypt'], { env })).stdout).toContain('nothing to do');
    expect((await listed())[0]).toMatchObject({ file: 'here, encrypted' });

    expect(await place.run(['get', 'team/notes'])).toMatchObject({ code: 0, stdout: 'one' });
    expect((await place.run(['verify'])).code).toBe(0);
    const locked = await place.run(['put', 'team/notes', '-'], { stdin: 'x' });
    expect([locked.code, locked.stderr]).toEqual([
      77,
      expect.stringMatching(/KEY_LOCKED: .*CONFIG_STORE_KEY_PASSPHRASE_FILE/),
    ]);
    const wrong = { CONFIG_STORE_KEY_PASSPHRASE_FILE: place.path('wrong') };
    const tried = await place.run(['put', 'team/notes', '-'], { stdin: 'x', env: wrong });
    expect([tried.code, tried.stderr]).toEqual([77, expect.stringContaining('does not open the key')]);
    for (const { stdout, stderr } of [locked, tried]) expect(stdout + stderr).not.toContain(passphrase);

    expect((await place.run(['put', 'team/notes', '-'], { stdin: 'x', env })).code).toBe(0);
    expect((await place.run(['keys', 'rotate'], { env })).code).toBe(0);
    expect((await listed())[1]).toMatchObject({ state: 'active', file: 'here, encrypted' });
    expect((await place.run(['keys', 'decrypt'], { env })).stdout.match(/decrypted/g)).toHaveLength(2);
    expect(await readFile(file, 'utf8')).toBe(plain);
    await put('team/notes', 'without a passphrase again');
  });

  it('readable by others: refused with the chmod that mends it', async () => {
    const name = (await readdir(place.path('var/keys'))).find((one) => one.endsWith('.key.pem')) ?? '';
    const file = join(place.path('var/keys'), name);
    await chmod(file, 0o640);
    const { code, stderr } = await place.run(['put', 'team/notes', '-'], { stdin: 'x' });
    expect([code, stderr]).toEqual([77, expect.stringContaining(`chmod 600 ${file}`)]);
    await chmod(file, 0o600);
    await chmod(place.path('var/keys'), 0o755);
    const folder = await place.run(['put', 'team/notes', '-'], { stdin: 'x' });
    expect([folder.code, folder.stderr]).toEqual([77, expect.stringContaining(`chmod 700 ${place.path('var/keys')}`)]);
    expect(await place.run(['get', 'team/notes'])).toMatchObject({ code: 0, stdout: 'one' });
  });
});
