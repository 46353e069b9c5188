import { describe, expect, it } from 'vitest';
import { ownEntry } from '../../src/app/server-entry-of-this-installation.ts';
import { readSettings, type SettingFlags } from '../../src/app/settings/settings.ts';
import { isStoreError } from '../../src/core/errors.ts';

const at = { cwd: '/', platform: 'linux', home: '/home/ada' } as const;
const read = (env: Record<string, string>, flags: SettingFlags = {}) =>
  readSettings({ CONFIG_STORE_VAR: '/v', ...env }, flags, at);

function refused(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isStoreError(error, 'ARGUMENT_INVALID')) return `${error.message} ${error.hint}`;
    throw error;
  }
  return 'not refused';
}

describe('the address of the storage', () => {
  it('is a database, and everything else stays in the var folder', () => {
    const given = 'postgres://ada:hunter2@db.example.org/config';
    const settings = read({ CONFIG_STORE_STORAGE: given, CONFIG_STORE_STORAGE_PASSWORD_FILE: '/secret' });
    expect(settings).toMatchObject({
      storageAt: 'postgres://ada@db.example.org:5432/config?schema=config_store',
      database: { given, passwordFile: '/secret', address: { host: 'db.example.org', tls: {} } },
      paths: { keys: '/v/keys', state: '/v/state' },
    });
  });

  it('is a folder', () => {
    for (const settings of [
      read({ CONFIG_STORE_STORAGE: 'file:///srv/a%20b' }),
      read({}, { storage: 'file:///srv/a%20b' }),
    ])
      expect(settings).toMatchObject({ storageAt: '/srv/a b', database: undefined, paths: { storage: '/srv/a b' } });
    expect(read({})).toMatchObject({ storageAt: '/v/storage', database: undefined });
  });

  it('after --storage wins over the variable', () => {
    const settings = read({ CONFIG_STORE_STORAGE: 'file:///one' }, { storage: 'postgres://ada@localhost/two' });
    expect(settings.database?.address.database).toBe('two');
  });

  it.each([
    { CONFIG_STORE_STORAGE: '/srv/storage' },
    { CONFIG_STORE_STORAGE: 'file://srv/storage' },
    { CONFIG_STORE_STORAGE: 'file:storage' },
    { CONFIG_STORE_STORAGE: 'mysql://ada:hunter2@db/config' },
    { CONFIG_STORE_STORAGE: 'postgres://ada:hunter2@db/config?sslmode=require' },
    { CONFIG_STORE_STORAGE: 'postgres://ada:hunter2@db/config', CONFIG_STORE_STORAGE_DIR: '/srv' },
    { CONFIG_STORE_STORAGE: 'file:///srv', CONFIG_STORE_STORAGE_DIR: '/srv' },
    { CONFIG_STORE_STORAGE: 'file:///~/store' },
    { CONFIG_STORE_STORAGE: 'file:///$HOME/store' },
    { CONFIG_STORE_STORAGE: '"file:///srv"' },
  ])('is refused, and no password said: %o', (env) => {
    const said = refused(() => read(env));
    expect(said).not.toBe('not refused');
    expect(said).not.toContain('hunter2');
  });
});

describe('the entry of a client', () => {
  it('leads to the database, without a password', () => {
    const given = 'postgres://ada@db/config?sslmode=disable';
    const settings = read({ CONFIG_STORE_STORAGE: given, CONFIG_STORE_STORAGE_PASSWORD_FILE: '/secret' });
    expect(ownEntry({}, settings).env).toEqual({
      CONFIG_STORE_VAR: '/v',
      CONFIG_STORE_STORAGE: given,
      CONFIG_STORE_STORAGE_PASSWORD_FILE: '/secret',
    });
    const said = refused(() => ownEntry({}, read({ CONFIG_STORE_STORAGE: 'postgres://ada:hunter2@db/config' })));
    expect(said).toMatch(/holds a password/);
    expect(said).not.toContain('hunter2');
  });

  it('is not a container, which has no network', () => {
    const settings = read({ CONFIG_STORE_STORAGE: 'postgres://ada@db/config' });
    expect(refused(() => ownEntry({ docker: true }, settings))).toMatch(/no network/);
    expect(refused(() => ownEntry({}, { ...settings, expectVolume: true }))).toMatch(/no network/);
  });
});
