import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { append } from '../append.ts';
import { makeStorageFolder, type StorageFolder } from './storage-folder.ts';

describe('opening a storage folder', () => {
  let storage: StorageFolder;
  beforeEach(async () => {
    storage = await makeStorageFolder();
  });
  afterEach(() => storage.dispose());

  it('makes nothing where there is none', async () => {
    const path = join(storage.home, 'not-there');
    const engine = storage.openAt(path);
    expect(await engine.open()).toEqual({ exists: false });
    expect((await engine.log.readRange(0, { commits: 1, bytes: 1 })).envelopes).toEqual([]);
    expect(await engine.log.beyond(-1, 1)).toEqual([]);
    expect(await engine.drafts.list(1)).toEqual([]);
    expect(await engine.drafts.newest('00')).toBeUndefined();
    expect(await engine.objects.has('00'.repeat(32))).toBe(false);
    expect(await engine.objects.get('00'.repeat(32), 1)).toBeUndefined();
    expect((await engine.check({ probe: true })).message).toMatch(/MiB free$/);
    await engine.turns.take(0);
    expect(existsSync(path)).toBe(false);
  });

  it('says whether there is a log', async () => {
    const engine = storage.open();
    expect(await engine.open()).toEqual({ exists: false });
    await append(engine, 0, '0');
    expect(await engine.open()).toEqual({ exists: true });
    expect(engine).toMatchObject({ kind: 'files', location: storage.layout.root });
  });

  it('refuses what is no folder', async () => {
    const path = join(storage.home, 'file');
    writeFileSync(path, '');
    await expect(storage.openAt(path).open()).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
      advice: [{ do: 'set', setting: 'CONFIG_STORE_VAR' }],
    });
  });

  it('accepts a storage folder that is a link itself: the person put it there', async () => {
    await append(storage.open(), 0, '0');
    renameSync(storage.layout.root, join(storage.home, 'elsewhere'));
    symlinkSync(join(storage.home, 'elsewhere'), storage.layout.root);
    const engine = storage.open();
    expect(await engine.open()).toEqual({ exists: true });
    expect(await append(engine, 1, '1')).toBe(true);
  });

  it('tries to write a file, and removes it again', async () => {
    const report = await storage.open().check({ probe: true });
    expect(report.message).toMatch(/MiB free, a probe file was written and removed$/);
    expect(readdirSync(storage.layout.tmp)).toEqual([]);
  });

  it('says what is not to be read by this user, and answers for the rest', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('only root can become another user');
    const script = `
      process.setgid(65534); process.setuid(65534);
      const { openFilesEngine } = await import(process.argv[1]);
      const engine = openFilesEngine({ storage: process.argv[2], gates: '/nowhere' });
      for (const call of [
        () => engine.open(),
        () => engine.log.readRange(0, { commits: 9, bytes: 9 }),
        () => engine.log.beyond(-1, 9),
        () => engine.objects.put(Buffer.from('x')),
        () => engine.drafts.list(9),
        () => engine.check({ probe: true }),
      ])
        console.log(await call().then(() => 'answered', (error) => error.code));`;
    const source = join(import.meta.dirname, '../../../src/engine/files/files-engine.ts');
    const outcomes = (path: string) =>
      spawnSync(process.execPath, ['--input-type=module', '-e', script, source, path], { encoding: 'utf8' })
        .stdout.trim()
        .split('\n');
    await append(storage.open(), 0, '0');
    chmodSync(storage.home, 0o755);
    chmodSync(storage.layout.root, 0o000);
    expect(new Set(outcomes(storage.layout.root))).toEqual(new Set(['STORE_UNREADABLE']));
    const copy = join(storage.home, 'copy');
    chmodSync(storage.layout.root, 0o700);
    cpSync(storage.layout.root, copy, { recursive: true });
    spawnSync('chmod', ['-R', 'a+rX', copy]);
    chmodSync(join(copy, 'log/000/000/000000000.json'), 0o000);
    rmSync(join(copy, 'drafts'), { recursive: true });
    mkdirSync(join(copy, 'drafts'), { mode: 0o000 });
    const refused = 'STORE_UNREADABLE';
    expect(outcomes(copy)).toEqual(['answered', refused, 'answered', refused, refused, refused]);
  });
});
