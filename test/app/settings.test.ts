import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/app/settings/setting-table.ts';
import { readSettings, type Surroundings } from '../../src/app/settings/settings.ts';
import { isStoreError } from '../../src/core/errors.ts';

const home = '/home/ada';
let empty: string;
let withVar: string;

beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'settings-'));
  withVar = await mkdtemp(join(tmpdir(), 'settings-'));
  await mkdir(join(withVar, 'var'));
});
afterAll(async () => {
  await rm(empty, { recursive: true });
  await rm(withVar, { recursive: true });
});

const at = (cwd: string, platform: NodeJS.Platform = 'linux'): Surroundings => ({ cwd, platform, home });

function thrown(env: Record<string, string>): unknown {
  try {
    return readSettings(env, {}, at(empty));
  } catch (error) {
    return error;
  }
}

describe('the var folder', () => {
  it('is --var, before all else, relative to the working folder', () => {
    const { paths, rootFrom } = readSettings({ CONFIG_STORE_VAR: '/elsewhere' }, { var: 'here' }, at(withVar));
    expect([paths.root, rootFrom]).toEqual([join(withVar, 'here'), 'flag']);
  });

  it('is CONFIG_STORE_VAR next', () => {
    const { paths, rootFrom } = readSettings({ CONFIG_STORE_VAR: '/data/var' }, {}, at(withVar));
    expect([paths.root, rootFrom]).toEqual(['/data/var', 'variable']);
  });

  it('is never the working folder or what lies in it, unless one of them says so', () => {
    for (const cwd of [withVar, join(withVar, 'var'), '/'])
      expect(readSettings({}, {}, at(cwd))).toMatchObject({
        rootFrom: 'platform',
        paths: { root: '/home/ada/.local/share/mcp-config-store' },
      });
  });

  it.each([
    ['linux', {}, '/home/ada/.local/share/mcp-config-store'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/mcp-config-store'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/mcp-config-store'],
    ['darwin', {}, '/home/ada/Library/Application Support/mcp-config-store'],
    ['win32', { LOCALAPPDATA: '/c/local' }, '/c/local/mcp-config-store'],
    ['win32', { LOCALAPPDATA: 'local' }, '/home/ada/AppData/Local/mcp-config-store'],
  ] as const)("else the platform's data folder: %s %o", (platform, env, root) => {
    expect(readSettings(env, {}, at(empty, platform)).paths.root).toBe(root);
  });

  it('holds storage, keys, state and telemetry, each of which can be elsewhere', () => {
    const { paths } = readSettings({ CONFIG_STORE_VAR: '/v', CONFIG_STORE_KEYS_DIR: '/k' }, {}, at(empty));
    expect(paths).toEqual({
      root: '/v',
      storage: '/v/storage',
      keys: '/k',
      state: '/v/state',
      telemetry: '/v/telemetry',
    });
  });
});

describe('a path in which something was to be replaced', () => {
  const PATHS = [
    '~',
    '~/mcp',
    '~ada/mcp',
    '$HOME/mcp',
    `/srv/\${USER}/mcp`,
    '%APPDATA%\\mcp',
    '$env:APPDATA',
    '$(pwd)/var',
    '"/srv/mcp"',
    "'/srv/mcp'",
  ];
  const VARIABLES = [
    'CONFIG_STORE_VAR',
    'CONFIG_STORE_STORAGE_DIR',
    'CONFIG_STORE_KEYS_DIR',
    'CONFIG_STORE_STATE_DIR',
    'CONFIG_STORE_TELEMETRY_DIR',
    'CONFIG_STORE_KEY_PASSPHRASE_FILE',
    'XDG_DATA_HOME',
  ];

  it.each(VARIABLES)('is refused by name: %s', (variable) => {
    for (const path of PATHS) {
      const error = thrown({ [variable]: path });
      expect(isStoreError(error, 'ARGUMENT_INVALID'), path).toBe(true);
      expect((error as Error).message).toContain(`${variable} is ${JSON.stringify(path)}`);
    }
  });

  it('is refused in --var', () => {
    for (const path of PATHS) expect(() => readSettings({}, { var: path }, at(empty)), path).toThrow('--var is');
  });

  it.each(['~', '$HOME', '', 'ada', '/home/$USER'])('is refused as the home folder: %j', (given) => {
    expect(() => readSettings({}, {}, { cwd: empty, platform: 'linux', home: given })).toThrow(/^HOME is /);
  });

  it('names USERPROFILE on Windows, and says it where there is no home folder at all', () => {
    expect(() => readSettings({}, {}, { cwd: empty, platform: 'win32', home: '%HOMEPATH%' })).toThrow(
      /^USERPROFILE is /,
    );
    expect(() => readSettings({}, {}, { cwd: empty, platform: 'linux', home: undefined })).toThrow('no home folder');
  });

  it.each(['/srv/a~b', '/srv/~', 'C:\\PROGRA~1', '/srv/100%', '/srv/a%20b%20c', '/srv/5$', '/srv/a b'])(
    'is not any path with such a character: %s',
    (path) => {
      expect(readSettings({ CONFIG_STORE_VAR: path }, {}, at(empty)).paths.root).toContain(path);
    },
  );

  it('asks for no home folder where a folder is named', () => {
    expect(readSettings({ CONFIG_STORE_VAR: '/v' }, {}, { cwd: empty, platform: 'linux', home: '' }).paths.root).toBe(
      '/v',
    );
  });
});

describe('values', () => {
  it('files of clients in other places are named one by one', () => {
    const targets = (text: string) => readSettings({ CONFIG_STORE_TARGETS: text }, {}, at(empty)).targets;
    expect(targets('cursor=/targets/c/mcp.json; codex = my/config.toml ;')).toEqual({
      cursor: '/targets/c/mcp.json',
      codex: join(empty, 'my/config.toml'),
    });
    for (const text of ['cursor', '=/a', 'cursor=', 'cursor=$HOME/mcp.json'])
      expect(() => targets(text), text).toThrow(/CONFIG_STORE_TARGETS/);
  });

  it('have defaults', () => {
    const { paths: _paths, ...rest } = readSettings({}, {}, at(empty));
    expect(rest).toEqual({
      database: undefined,
      databasePassword: { password: undefined, passwordFile: undefined },
      storageAt: '/home/ada/.local/share/mcp-config-store/storage',
      rootFrom: 'platform',
      expectVolume: false,
      targets: {},
      keysShared: false,
      storeId: undefined,
      signingKey: undefined,
      passphraseFile: undefined,
      readOnly: false,
      telemetry: true,
      telemetryDays: 30,
      logLevel: 'warn',
    });
  });

  it('are read from the environment', () => {
    const env = {
      CONFIG_STORE_ID: 'A'.repeat(64),
      CONFIG_STORE_KEY: 'b'.repeat(64),
      CONFIG_STORE_KEY_PASSPHRASE_FILE: '/run/secrets/passphrase',
      CONFIG_STORE_READ_ONLY: 'on',
      CONFIG_STORE_TELEMETRY: 'off',
      CONFIG_STORE_TELEMETRY_DAYS: '7',
      CONFIG_STORE_LOG_LEVEL: 'DEBUG',
    };
    expect(readSettings(env, {}, at(empty))).toMatchObject({
      storeId: 'a'.repeat(64),
      signingKey: 'b'.repeat(64),
      passphraseFile: '/run/secrets/passphrase',
      readOnly: true,
      telemetry: false,
      telemetryDays: 7,
      logLevel: 'debug',
    });
  });

  it('count as unset when empty, as Compose passes them', () => {
    const env = Object.fromEntries(Object.values(SETTINGS).map(({ variable }) => [variable, '']));
    expect(readSettings(env, {}, at(empty))).toEqual(readSettings({}, {}, at(empty)));
  });

  it('lose to a flag', () => {
    expect(readSettings({ CONFIG_STORE_READ_ONLY: 'off' }, { readOnly: true }, at(empty)).readOnly).toBe(true);
  });

  it.each([
    ['CONFIG_STORE_ID', 'abc'],
    ['CONFIG_STORE_KEY', `${'a'.repeat(63)}g`],
    ['CONFIG_STORE_READ_ONLY', 'maybe'],
    ['CONFIG_STORE_TELEMETRY', '2'],
    ['CONFIG_STORE_TELEMETRY_DAYS', '0'],
    ['CONFIG_STORE_TELEMETRY_DAYS', '1e3'],
    ['CONFIG_STORE_LOG_LEVEL', 'loud'],
  ])('are refused by name: %s=%s', (variable, value) => {
    const error = thrown({ [variable]: value });
    expect(isStoreError(error, 'ARGUMENT_INVALID')).toBe(true);
    expect((error as Error).message).toContain(variable);
  });

  it('refuse an empty --var', () => {
    expect(() => readSettings({}, { var: '' }, at(empty))).toThrow('--var is empty');
  });
});

describe('docs/settings.md', () => {
  it('shows exactly this table', async () => {
    const page = await readFile(join(import.meta.dirname, '../..', 'docs/settings.md'), 'utf8');
    const rows = Object.values(SETTINGS).map((row) => {
      const flag = 'flag' in row ? `\`${row.flag}\`` : '';
      return `| \`${row.variable}\` | ${flag} | ${row.fallback} | ${row.meaning} |`;
    });
    expect(page.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line))).toEqual(rows);
  });
});
