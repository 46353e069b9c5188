import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { passphraseIn, readPassphrase } from '../../src/app/passphrase.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

const WORDS = 'correct horse battery staple';

describe('a passphrase file', () => {
  it.each([
    ['one line', `${WORDS}\n`],
    ['no line end', WORDS],
    ['the line end of Windows', `${WORDS}\r\n`],
    ['the line end of old Macs', `${WORDS}\r`],
    ['more lines', `${WORDS}\nand more\n`],
  ])('with %s gives its first line', async (_, text) => {
    const file = join(await temporaryFolder(), 'passphrase.txt');
    writeFileSync(file, text);
    expect(await readPassphrase(file)).toBe(WORDS);
  });

  it('may hold letters of any script, spaces and tabs', () => {
    expect(passphraseIn(Buffer.from(' Größe 電池\t\u00a0!\n'), 'f')).toBe(' Größe 電池\t\u00a0!');
  });

  const utf16 = Buffer.from(`${WORDS}\r\n`, 'utf16le');
  it.each<[string, Buffer]>([
    ['a byte order mark', Buffer.from(`\uFEFF${WORDS}\r\n`)],
    ['UTF-16 with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ['UTF-16, big end first, with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]).swap16()],
    ['UTF-16 without a mark', utf16],
    ['UTF-16, big end first, without a mark', Buffer.from(utf16).swap16()],
    ['Latin-1', Buffer.from('Größe', 'latin1')],
    ['an escape', Buffer.from('\u001b[A')],
  ])('with %s is refused, without a word of it', (_, bytes) => {
    expect(() => passphraseIn(bytes, 'words.txt')).toThrow(
      expect.objectContaining({
        code: 'KEY_LOCKED',
        message: expect.stringMatching(/^the passphrase file words\.txt /),
      }),
    );
  });

  it('is refused when it is missing, a folder, or large', async () => {
    const folder = await temporaryFolder();
    mkdirSync(join(folder, 'd'));
    writeFileSync(join(folder, 'large'), 'x'.repeat(70_000));
    for (const name of ['none', 'd', 'large'])
      await expect(readPassphrase(join(folder, name)), name).rejects.toMatchObject({ code: 'KEY_LOCKED' });
  });
});
