import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/app/settings/setting-table.ts';
import { readSettings, type Settings } from '../../src/app/settings/settings.ts';

const text = await readFile(join(import.meta.dirname, '../../docs/http.md'), 'utf8');
const section = text.slice(text.indexOf('## Hosting platforms'));
/** What the documentation says the address is made of, by platform. */
const said = new Map(
  [...section.matchAll(/^\| (Railway|Render|Fly|elsewhere[^|]*) \| (.+) \|$/gm)].map(([, platform, how]) => [
    platform?.split(',')[0],
    how ?? '',
  ]),
);

function read(env: Readonly<Record<string, string>>): Settings {
  return readSettings(env, {}, { cwd: '/srv/app', platform: 'linux', home: '/home/ada' });
}

/** What a platform's address becomes by the words of the documentation. */
const addresses: ReadonlyArray<[platform: string, words: string, given: string, set: (given: string) => string]> = [
  [
    'Railway',
    '.DATABASE_URL}}?sslmode=disable`',
    'postgresql://postgres:s3cret@postgres.railway.internal:5432/railway',
    (given) => `${given}?sslmode=disable`,
  ],
  [
    'Render',
    'the internal database URL, and `?sslmode=disable` at its end',
    'postgresql://app:s3cret@dpg-cg0a1b2c3d4e-a/app_db',
    (given) => `${given}?sslmode=disable`,
  ],
  [
    'Fly',
    'it ends with `?sslmode=disable`',
    'postgres://app:s3cret@db.flycast:5432/app?sslmode=disable',
    (given) => given,
  ],
  [
    'elsewhere',
    'with `sslmode=verify-full` in place of `sslmode=require`, and without `channel_binding`',
    'postgresql://app:s3cret@ep-cool-1.eu-central-1.aws.neon.tech/app?sslmode=require&channel_binding=require',
    (given) => given.replace('sslmode=require', 'sslmode=verify-full').replace('&channel_binding=require', ''),
  ],
];

describe('what docs/http.md says of hosting platforms', () => {
  it.each(addresses)('the address of %s is read as it says', (platform, words, given, set) => {
    expect(said.get(platform)).toContain(words);
    const { database, storageAt } = read({ CONFIG_STORE_STORAGE: set(given) });
    const url = new URL(given);
    expect(database?.address).toMatchObject({ host: url.hostname, user: url.username, password: 's3cret' });
    expect(database?.address.tls === undefined).toBe(platform !== 'elsewhere');
    expect(storageAt).not.toContain('s3cret');
  });

  it('an address over the internet is refused as the platform gives it', () => {
    const [, , given] = addresses[3] ?? ['', '', ''];
    for (const url of [given, given.replace('sslmode=require', 'sslmode=verify-full')])
      expect(() => read({ CONFIG_STORE_STORAGE: url })).toThrow(/sslmode|channel_binding/);
  });

  it('DATABASE_URL alone is not read', () => {
    expect(read({ DATABASE_URL: addresses[0]?.[2] ?? '' })).toEqual(read({}));
  });

  it('names settings only, and takes PORT for the port', () => {
    const known = Object.values(SETTINGS).map(({ variable }) => variable as string);
    const named = section.match(/\b(?:CONFIG_STORE|SERVICE)_[A-Z_]+\b/g) ?? [];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
    expect(read({ CONFIG_STORE_HTTP: '0.0.0.0:3000', PORT: '10000' }).network?.http).toEqual({
      host: '0.0.0.0',
      port: 10_000,
    });
    expect(read({ CONFIG_STORE_HTTP: '[::]:3000', PORT: '10000' }).network?.http).toEqual({ host: '::', port: 10_000 });
  });
});
