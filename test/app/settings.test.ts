import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/app/setting-table.ts';
import { readSettings, type Surroundings } from '../../src/app/settings.ts';
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

  it('is ./var where it exists', () => {
    const { paths, rootFrom } = readSettings({}, {}, at(withVar));
    expect([paths.root, rootFrom]).toEqual([join(withVar, 'var'), 'working folder']);
  });

  it("is never the machine's /var, although hosts start servers in /", () => {
    expect(readSettings({}, {}, at('/')).rootFrom).toBe('platform');
  });

  it.each([
    ['linux', {}, '/home/ada/.local/share/mcp-config-store'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/mcp-config-store'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/mcp-config-store'],
    ['darwin', {}, '/home/ada/Library/Application Support/mcp-config-store'],
    ['win32', { LOCALAPPDATA: '/c/local' }, '/c/local/mcp-config-store'],
  ] as const)("else the platform's data folder: %s %o", (platform, env, root) => {
    expect(readSettings(env, {}, at(empty, platform)).paths.root).toBe(root);
  });

  it('holds storage, keys and telemetry, each of which can be elsewhere', () => {
    const { paths } = readSettings({ CONFIG_STORE_VAR: '/v', CONFIG_STORE_KEYS_DIR: '/k' }, {}, at(empty));
    expect(paths).toEqual({ root: '/v', storage: '/v/storage', keys: '/k', telemetry: '/v/telemetry' });
  });
});

describe('values', () => {
  it('have defaults', () => {
    const { paths: _paths, ...rest } = readSettings({}, {}, at(empty));
    expect(rest).toEqual({
      rootFrom: 'platform',
      expectVolume: false,
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

describe('README.md', () => {
  it('shows exactly this table', async () => {
    const readme = await readFile(join(import.meta.dirname, '../..', 'README.md'), 'utf8');
    const rows = Object.values(SETTINGS).map((row) => {
      const flag = 'flag' in row ? `\`${row.flag}\`` : '';
      return `| \`${row.variable}\` | ${flag} | ${row.fallback} | ${row.meaning} |`;
    });
    expect(readme.split('\n').filter((line) => line.startsWith('| `CONFIG_STORE_'))).toEqual(rows);
  });
});
