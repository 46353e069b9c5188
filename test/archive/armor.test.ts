import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { decryptAge, encryptAge } from '../../src/archive/age.ts';
import { decodeArmor, encodeArmor } from '../../src/archive/armor.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';
import { collect } from './collect.ts';

const hasAge = spawnSync('age', ['--version']).status === 0;
async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const armored = async (bytes: Uint8Array, size = 1_000) =>
  Buffer.concat(await collect(encodeArmor(pieces(bytes, size))));
const plain = async (text: Uint8Array, size = 1_000) => Buffer.concat(await collect(decodeArmor(pieces(text, size))));

describe('armor', () => {
  it.each([0, 1, 47, 48, 49, 96, 5_000])(
    'of %i bytes gives them back, in whatever pieces they come',
    async (length) => {
      const bytes = randomBytes(length);
      const text = await armored(bytes, 7);
      expect(text).toEqual(await armored(bytes));
      for (const size of [1, 13, 10_000]) expect(await plain(text, size)).toEqual(bytes);
      const windows = `\ufeff\r\n${text.toString().replaceAll('\n', '\r\n')}\r\n`;
      expect(await plain(Buffer.from(windows), 3)).toEqual(bytes);
    },
  );

  it('is refused when cut anywhere, or with a character changed', async () => {
    const text = (await armored(randomBytes(200))).toString();
    const end = text.trimEnd().length;
    for (let at = 40; at < end; at += 9) {
      await expect(plain(Buffer.from(text.slice(0, at))), `cut at ${at}`).rejects.toMatchObject({ code: 'CORRUPT' });
      const changed = `${text.slice(0, at)}!${text.slice(at + 1)}`;
      await expect(plain(Buffer.from(changed)), `changed at ${at}`).rejects.toMatchObject({ code: 'CORRUPT' });
    }
    await expect(plain(Buffer.from(`${text}more`))).rejects.toMatchObject({ code: 'CORRUPT' });
  });

  it.skipIf(!hasAge)("is age's own: each reads what the other wrote", async () => {
    const identity = await generateX25519Identity();
    const recipients = [await identityToRecipient(identity)];
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'id'), `${identity}\n`);
    const { encrypted } = await encryptAge(pieces(Buffer.from('a backup'), 3), { recipients });
    const ours = Buffer.concat(await collect(encodeArmor(encrypted)));
    expect(execFileSync('age', ['-d', '-i', join(folder, 'id')], { input: ours }).toString()).toBe('a backup');
    const theirs = execFileSync('age', ['-a', '-r', recipients[0] ?? ''], { input: 'a backup' });
    const read = await collect(decryptAge(pieces(theirs, 5), { identities: [identity] }));
    expect(Buffer.concat(read).toString()).toBe('a backup');
  });
});
