import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DraftSecret } from '../../src/state/draft-secret.ts';
import { StateFolder } from '../../src/state/state-folder.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';
import { WRONG_FILES } from './wrong-files.ts';

let path: string;
let secret: DraftSecret;
beforeEach(async () => {
  path = join(await temporaryFolder(), 'state');
  secret = new DraftSecret(new StateFolder(path));
});
const file = () => join(path, 'draft-secret');

describe('the secret of drafts', () => {
  it('is not there until it is needed, and stays the same then', async () => {
    expect([secret.read(), existsSync(path)]).toEqual([undefined, false]);
    const made = await secret.make();
    expect(made).toHaveLength(32);
    expect(secret.read()).toEqual(made);
    expect(await new DraftSecret(new StateFolder(path)).make()).toEqual(made);
    expect(Buffer.from(made as Uint8Array)).toEqual(readFileSync(file()));
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readdirSync(path).sort()).toEqual(['.gitignore', 'draft-secret']);
  });

  it('is another for another installation', async () => {
    const other = new DraftSecret(new StateFolder(join(await temporaryFolder(), 'state')));
    expect(await other.make()).not.toEqual(await secret.make());
  });

  it('is one for all who make it at once', async () => {
    const made = await Promise.all(Array.from({ length: 16 }, () => new DraftSecret(new StateFolder(path)).make()));
    expect(new Set(made.map((bytes) => Buffer.from(bytes as Uint8Array).toString('hex'))).size).toBe(1);
    expect(readdirSync(path).sort()).toEqual(['.gitignore', 'draft-secret']);
  });

  it.each(Object.entries(WRONG_FILES))('is none, and not made, where %s is in its place', async (_, place) => {
    mkdirSync(path, { mode: 0o700 });
    writeFileSync(join(path, 'sound'), Buffer.alloc(32, 1));
    place(file(), join(path, 'sound'));
    expect(secret.read()).toBeUndefined();
    await expect(secret.make()).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  });

  it.each([0, 31])('of %i bytes is none', async (length) => {
    mkdirSync(path, { mode: 0o700 });
    writeFileSync(file(), Buffer.alloc(length));
    expect(secret.read()).toBeUndefined();
    await expect(secret.make()).rejects.toMatchObject({ hint: expect.stringContaining('Move that file away') });
  });

  it('is none in a folder that others can write', async () => {
    await secret.make();
    chmodSync(path, 0o777);
    expect([secret.read(), await secret.make()]).toEqual([undefined, undefined]);
  });
});
