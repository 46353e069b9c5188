import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { passwordOf } from '../../src/app/stores/shared-store.ts';
import { parseAddress } from '../../src/engine/postgres/address.ts';

function settings(passwordFile: string) {
  const given = 'postgres://user@localhost/db';
  return { address: parseAddress(given), given, passwordFile, password: undefined };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'config-store-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

it('the password is the first line of its file, also behind a link', async () => {
  const at = folder();
  writeFileSync(join(at, 'secret'), 'correct horse\r\nsomething else\n');
  symlinkSync('secret', join(at, 'mounted'));
  expect(await passwordOf(settings(join(at, 'mounted')))).toBe('correct horse');
});

it('a password file of any size costs no memory, and its content is in no message', async () => {
  const file = join(folder(), 'secret');
  writeFileSync(file, 'correct horse\n');
  truncateSync(file, 2 ** 40);
  const error: unknown = await passwordOf(settings(file)).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'STORE_UNREADABLE' });
  expect(JSON.stringify([String(error), error])).not.toContain('horse');
});
