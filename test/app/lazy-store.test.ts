import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSettings } from '../../src/app/settings/settings.ts';
import { lazyStore } from '../../src/app/stores/lazy-store.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import { puts } from '../store/temporary-var.ts';
import { refusal } from '../verbs/configs/open-context.ts';

/** The store as a process of production opens it. */
function production(env: Record<string, string>, standing = false) {
  const home = mkdtempSync(join(tmpdir(), 'config-store-'));
  const settings = readSettings({ ...env, CONFIG_STORE_VAR: join(home, 'var') }, {});
  const lazy = lazyStore(() => settings, { standing });
  onTestFinished(async () => {
    await lazy.close();
    rmSync(home, { recursive: true, force: true });
  });
  return { home, lazy, at: (path: string) => join(home, 'var/storage', path) };
}

describe.each([{}, { CONFIG_STORE_KEYS_SHARED: 'on' }])('a store as a process opens it, with %o', (env) => {
  it.each(['tmp', 'objects', `objects/${sha256Hex('two').slice(0, 2)}`, 'log/000/000'])(
    'writes nothing through a link in the place of %s',
    async (folder) => {
      const { home, lazy, at } = production(env);
      const store = await lazy.open();
      await store.writer.commit(puts({ a: 'one' }));
      const outside = join(home, 'outside');
      mkdirSync(outside);
      mkdirSync(at(folder), { recursive: true });
      renameSync(at(folder), `${at(folder)}-aside`);
      symlinkSync(outside, at(folder));
      expect((await refusal(store.writer.commit(puts({ a: 'two' })))).code).toMatch(/^STORE_UNREADABLE|CORRUPT$/);
      expect(readdirSync(outside)).toEqual([]);
    },
  );
});

it("what is made in a folder of a group is that group's where a setting says so", async () => {
  const { at, lazy } = production({ CONFIG_STORE_KEYS_SHARED: 'on' });
  mkdirSync(at('..'), { recursive: true });
  chmodSync(at('..'), 0o770);
  await (await lazy.open()).writer.commit(puts({ a: 'one' }));
  const modes = ['', 'log/000', 'log/000/000/000000001.json'].map((path) => statSync(at(path)).mode & 0o777);
  expect(modes).toEqual([0o770, 0o770, 0o444]);
});

describe('new files that are made ahead', () => {
  it('serve the next puts of a process that goes on, and are gone when it rests or ends', async () => {
    const { at, lazy } = production({}, true);
    const store = await lazy.open();
    let n = 0;
    const put = () => store.writer.commit(puts({ a: `${++n}` }));
    const inodes = () => readdirSync(at('tmp')).map((name) => statSync(at(`tmp/${name}`)).ino);
    await put();
    // A disk that takes very long looks like a rest, so that it may take more than one try.
    const isServed = async () => {
      await put();
      const ready = inodes();
      await put();
      return ready.includes(statSync(at(`log/000/000/${`${n}`.padStart(9, '0')}.json`)).ino);
    };
    await expect.poll(isServed, { timeout: 30_000 }).toBe(true);
    await put();
    for (const name of readdirSync(at('tmp'))) rmSync(at(`tmp/${name}`)); // another process cleared them away
    await put();
    expect(Buffer.from((await store.reader.read('a')).bytes).toString()).toBe(`${n}`);
    await expect.poll(inodes, { timeout: 10_000 }).toEqual([]);
    await put();
    await lazy.close();
    expect(inodes()).toEqual([]);
  });

  it('are not made by a process that writes once, nor by one that reads', async () => {
    const { at, lazy } = production({});
    await (await lazy.open()).writer.commit(puts({ a: '1' }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(readdirSync(at('tmp'))).toEqual([]);
  });
});
