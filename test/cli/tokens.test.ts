import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { createWorkplace, type Workplace } from './run-cli.ts';

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
});
afterEach(() => place.remove());

describe('tokens', () => {
  it('are printed once, kept as a hash, listed without it, and revoked', async () => {
    const { code, stdout, stderr } = await place.run([
      'tokens',
      'add',
      'ci',
      '--scope',
      'read,metrics',
      '--prefix',
      'team-a/',
    ]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^mcs_[\w-]{43}\n$/)]);
    expect(stderr).toContain('the only time');
    const kept = await readFile(place.path('var/state/tokens.json'), 'utf8');
    expect(kept).not.toContain(stdout.trim());
    expect(kept).toContain(sha256Hex(stdout.trim()));
    const added = await place.json<{ token: string }>(['tokens', 'add', 'ana', '--scope', 'write']);
    expect(added).toMatchObject({ name: 'ana', scopes: ['write'], token: expect.stringMatching(/^mcs_/) });
    const { tokens } = await place.json<{ tokens: unknown[] }>(['tokens', 'list']);
    expect(tokens).toEqual([
      { name: 'ci', scopes: ['read', 'metrics'], prefix: 'team-a/', created: expect.any(String) },
      { name: 'ana', scopes: ['write'], created: expect.any(String) },
    ]);
    expect((await place.run(['tokens', 'revoke', 'ci'])).stdout).toBe('revoked the token ci\n');
    expect((await place.run(['tokens', 'list'])).stdout).not.toContain('ci');
    expect((await place.run(['tokens', 'revoke', 'ci'])).code).toBe(66);
  });

  it.each([
    [['tokens', 'add', 'ci'], '--scope'],
    [['tokens', 'add', 'ci', '--scope', 'all'], '"all" is not a scope'],
    [['tokens', 'add', 'C I', '--scope', 'read'], 'the name of the token is not one'],
    [['tokens', 'add', 'ci', '--scope', 'read', '--prefix', 'Team-A'], 'Give it as "team-a/".'],
    [['tokens'], 'tokens needs a subcommand'],
  ])('%j is refused', async (args, said) => {
    expect(await place.run(args)).toMatchObject({ code: 64, stderr: expect.stringContaining(said) });
  });

  it('have one owner for each name', async () => {
    await place.json(['tokens', 'add', 'ci', '--scope', 'read']);
    expect(await place.run(['tokens', 'add', 'ci', '--scope', 'write'])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('a token named ci already'),
    });
  });
});

describe('a network server', () => {
  it('does not listen beyond this machine without a token, and says the two ways to have one', async () => {
    for (const address of ['0.0.0.0:0', '[::]:0', 'example.org:0']) {
      const { code, stderr } = await place.run(['serve', '--http', address]);
      expect(code).toBe(78);
      expect(stderr.trimEnd().split('\n')).toEqual([
        expect.stringContaining('refused to listen'),
        expect.stringContaining('"config-store tokens add NAME --scope write"'),
        expect.stringContaining('SERVICE_AUTH_TOKEN_FILE'),
      ]);
    }
  });

  it.each([
    [{ CONFIG_STORE_HTTP: 'nowhere' }, 'CONFIG_STORE_HTTP is "nowhere"'],
    [{ CONFIG_STORE_HTTP: '70000' }, 'CONFIG_STORE_HTTP is "70000"'],
    [{ CONFIG_STORE_HTTP: '3000', PORT: 'x' }, 'PORT is "x"'],
    [{ CONFIG_STORE_HTTP: '0', SERVICE_AUTH_TOKEN: 'short-secret' }, 'SERVICE_AUTH_TOKEN has 12 characters'],
    [{ CONFIG_STORE_HTTP: '0', CONFIG_STORE_TOKENS_FILE: '/nowhere/tokens' }, '/nowhere/tokens cannot be read'],
    [{ CONFIG_STORE_HTTP: '0', CONFIG_STORE_ALLOWED_ORIGINS: 'app' }, 'CONFIG_STORE_ALLOWED_ORIGINS has "app"'],
    [{ CONFIG_STORE_HTTP: '0', CONFIG_STORE_TLS_CERT: '/x' }, 'CONFIG_STORE_TLS_KEY is not set'],
    [
      { CONFIG_STORE_HTTP: '0', CONFIG_STORE_TLS_CERT: '/x', CONFIG_STORE_TLS_KEY: '/y' },
      'a file of TLS cannot be used',
    ],
    [{ CONFIG_STORE_HTTP: '192.0.2.1:1', SERVICE_AUTH_TOKEN: 'a-secret-of-some-length' }, '192.0.2.1:1 cannot be used'],
  ] as ReadonlyArray<readonly [Record<string, string>, string]>)('%o ends it with the reason', async (env, said) => {
    const { code, stderr } = await place.run(['serve'], { env });
    expect(code).toBe(78);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain('secret');
  });

  it('is what health asks where there is to be one', async () => {
    const { code, stdout } = await place.run(['health'], { env: { CONFIG_STORE_HTTP: '1' } });
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('not ready: http://127.0.0.1:1/readyz says ECONNREFUSED'),
    ]);
  });
});
