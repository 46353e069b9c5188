import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decryptAge, encryptAge } from '../../src/archive/age.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';
import { collect } from './collect.ts';

const hasSsh = spawnSync('ssh-keygen', ['-?']).error === undefined;
const hasAge = spawnSync('age', ['--version']).status === 0;
const KINDS = [
  ['ed25519', []],
  ['rsa', ['-b', '2048']],
] as const;

async function keyPair(type: string, options: readonly string[], passphrase = '') {
  const folder = await temporaryFolder();
  const file = join(folder, 'id');
  execFileSync('ssh-keygen', ['-q', '-t', type, ...options, '-N', passphrase, '-C', 'ada@example.net', '-f', file]);
  return { folder, file, secret: readFileSync(file, 'utf8'), recipient: readFileSync(`${file}.pub`, 'utf8').trim() };
}
async function* one(text: string) {
  yield Buffer.from(text);
}
const encrypt = async (...recipients: string[]) =>
  Buffer.concat(await collect((await encryptAge(one('a backup'), { recipients })).encrypted));
const decrypt = async (file: Uint8Array, identity: string) =>
  Buffer.concat(await collect(decryptAge(stream(file), { identities: [identity] }))).toString();
async function* stream(bytes: Uint8Array) {
  yield bytes;
}

describe.skipIf(!hasSsh).each(KINDS)('an SSH key of the kind %s', (type, options) => {
  it('opens what is encrypted for it, and no other key does', async () => {
    const [mine, other] = [await keyPair(type, options), await keyPair(type, options)];
    const file = await encrypt(mine.recipient);
    expect(await decrypt(file, mine.secret)).toBe('a backup');
    await expect(decrypt(file, other.secret)).rejects.toMatchObject({ code: 'KEY_LOCKED' });
    const both = await encrypt(other.recipient, mine.recipient);
    expect([await decrypt(both, mine.secret), await decrypt(both, other.secret)]).toEqual(['a backup', 'a backup']);
  });

  it.skipIf(!hasAge)('is read and written as age does', async () => {
    const { folder, file, secret, recipient } = await keyPair(type, options);
    const ours = join(folder, 'ours.age');
    writeFileSync(ours, await encrypt(recipient));
    expect(execFileSync('age', ['-d', '-i', file, ours]).toString()).toBe('a backup');
    const theirs = execFileSync('age', ['-r', recipient], { input: 'a backup' });
    expect(await decrypt(theirs, secret)).toBe('a backup');
  });

  it('with a passphrase is refused, and so is one that was cut', async () => {
    const { secret, recipient } = await keyPair(type, options, 'four random words');
    const file = await encrypt(recipient);
    await expect(decrypt(file, secret)).rejects.toMatchObject({ code: 'KEY_LOCKED' });
    const cut = (await keyPair(type, options)).secret.replace(/\n.{20}/, '\n');
    await expect(decrypt(file, cut)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });
});

it.skipIf(!hasSsh)('takes no key that is too weak, of another kind, or changed', async () => {
  const small = (await keyPair('rsa', ['-b', '1024'])).recipient;
  const ecdsa = (await keyPair('ecdsa', [])).recipient;
  const good = (await keyPair('ed25519', [])).recipient;
  for (const line of [
    small,
    ecdsa,
    good.replace(/AAAA(.)/, 'AAAB$1'),
    good.slice(0, 40),
    'ssh-ed25519',
    good.replace('ed25519', 'rsa'),
  ])
    await expect(encrypt(line)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
});
