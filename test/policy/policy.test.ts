// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of configs are what is tested.
import { describe, expect, test } from 'vitest';
import { admit, findings } from '../../src/policy/policy.ts';
import { candidate, credential, overMcp, randomLooking } from './candidates.ts';

const token = credential('ghp', '_', randomLooking(36));

describe('admit', () => {
  test('takes well-formed content of every kind', async () => {
    for (const [text, mediaType] of [
      ['{"a":1}', 'application/json'],
      ['{"a":1,} // c', 'application/jsonc'],
      ['a: 1', 'application/yaml'],
      ['a = 1', 'application/toml'],
      ['{ not json', 'text/plain'],
      ['', 'text/markdown'],
    ]) {
      await expect(admit(candidate(text as string, { mediaType: mediaType as string }), overMcp)).resolves.toEqual([]);
    }
    const bytes = Buffer.from([0, 255, 254, 128]);
    await expect(admit(candidate('', { mediaType: 'application/octet-stream', bytes }), overMcp)).resolves.toEqual([]);
  });

  test.each([
    ['NAME_INVALID', candidate('{}', { name: 'Not a name' })],
    ['ARGUMENT_INVALID', candidate('{}', { message: 'x'.repeat(2_001) })],
    ['ARGUMENT_INVALID', candidate('{}', { message: 'x\uD800' })],
    ['ARGUMENT_INVALID', candidate('{}', { label: 'x'.repeat(101) })],
    ['ARGUMENT_INVALID', candidate('{}', { mediaType: 'json' })],
    ['CONTENT_TOO_LARGE', candidate(`"${'x'.repeat(1_048_575)}"`)],
    ['CONTENT_INVALID', candidate('{"a":1,"a":2}')],
    ['CONTENT_INVALID', candidate('\uFEFF{}')],
    ['CONTENT_INVALID', candidate('a: 1\na: 2', { mediaType: 'text/yaml' })],
    ['CONTENT_INVALID', candidate('a = ', { mediaType: 'application/toml' })],
    ['CONTENT_INVALID', candidate('', { bytes: Buffer.from([0x22, 0xff, 0x22]) })],
    ['SECRET_FOUND', candidate({ env: { GITHUB_TOKEN: token } })],
  ])('refuses with %s', async (code, refused) => {
    await expect(admit(refused, overMcp)).rejects.toMatchObject({ code, hint: expect.stringMatching(/\w+.*\./) });
  });

  test('takes a message of 2,000 characters, a label of 100 and content of exactly the limit', async () => {
    const full = candidate(`"${'x'.repeat(1_048_574)}"`, { message: 'x'.repeat(2_000), label: 'x'.repeat(100) });
    await expect(admit(full, overMcp)).resolves.toEqual([]);
  });

  test('names the place, the rule and a variable, and how many places there are', async () => {
    const servers = {
      mcpServers: {
        github: { env: { GITHUB_TOKEN: token } },
        other: { args: ['--header', `Authorization: Bearer ${randomLooking(30)}`] },
      },
    };
    await expect(admit(candidate(servers), overMcp)).rejects.toMatchObject({
      message:
        'a credential is in clear at "/mcpServers/github/env/GITHUB_TOKEN" (rule github-token), and 1 more: "/mcpServers/other/args/1"',
      hint: expect.stringContaining('${env:GITHUB_TOKEN}'),
      details: { path: '/mcpServers/github/env/GITHUB_TOKEN', rule: 'github-token', findings: 2 },
    });
  });

  test.each([
    ['message', { message: `use ${token}` }],
    ['label', { label: token }],
    ['name', { name: `servers/${token.toLowerCase()}` }],
  ])('scans the %s', async (path, more) => {
    await expect(admit(candidate('{}', more), overMcp)).rejects.toMatchObject({
      code: 'SECRET_FOUND',
      details: { path },
    });
  });

  test('lets credentials pass only where the person says so, and nothing else', async () => {
    const allowed = { ...overMcp, allowSecrets: true };
    await expect(admit(candidate({ t: token }), allowed)).resolves.toEqual([]);
    await expect(admit(candidate('{'), allowed)).rejects.toMatchObject({ code: 'CONTENT_INVALID' });
  });

  test.each([
    ['escaped in JSON', `{"a":"\\u0067hp_${token.slice(4)}"}`, 'application/json', '/a'],
    ['as a member name', `{"${token}":1}`, 'application/json', '/…'],
    ['in a YAML comment', `a: 1\n# ${token}\n`, 'application/yaml', 'line 2'],
    ['in a TOML value', `[x]\nkeep = "${token}"\n`, 'application/toml', '/x/keep'],
    ['in a JSONC comment', `{\n // ${token}\n}`, 'application/jsonc', 'line 2'],
    ['in text', `one\ntwo\nexport X=${token}\n`, 'text/plain', 'line 3'],
    ['in JSON that is called text', `{"a":{"b":"${token}"}}`, 'text/plain', '/a/b'],
    ['in bytes of no known kind', `\u0000\u0001${token}`, 'application/octet-stream', 'line 1'],
  ])('finds a credential %s', async (_, text, mediaType, path) => {
    await expect(admit(candidate(text, { mediaType }), overMcp)).rejects.toMatchObject({
      code: 'SECRET_FOUND',
      details: { path },
    });
  });

  test('finds a credential between bytes that are no text', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from(token), Buffer.from([0x0a, 0x80])]);
    await expect(admit(candidate('', { bytes, mediaType: 'image/png' }), overMcp)).rejects.toMatchObject({
      details: { path: 'line 2' },
    });
  });

  test('a comment in the content cannot switch the scanner off', async () => {
    const stripe = credential('sk', '_live_', randomLooking(24));
    const text = `# secretlint-disable\nfigma ${credential('figd', '_', randomLooking(40))} ${stripe} # secretlint-disable-line\n`;
    await expect(admit(candidate(text, { mediaType: 'text/plain' }), overMcp)).rejects.toMatchObject({
      code: 'SECRET_FOUND',
    });
  });
});

describe('findings', () => {
  test('lists everything and throws nothing', async () => {
    const { errors, warnings } = await findings(
      candidate(
        { a: token, b: { API_KEY: '123e4567-e89b-42d3-a456-426614174000' } },
        { name: 'Bad Name', message: 'x'.repeat(2_001) },
      ),
    );
    expect(errors.map(({ code, path }) => [code, path])).toEqual([
      ['NAME_INVALID', 'name'],
      ['ARGUMENT_INVALID', 'message'],
      ['SECRET_FOUND', '/a'],
    ]);
    expect(warnings.map(({ code, path }) => [code, path])).toEqual([['SECRET_SUSPECTED', '/b/API_KEY']]);
    for (const { message } of [...errors, ...warnings]) expect(message).not.toContain(token.slice(4, 12));
  });

  test('says where content is not well formed', async () => {
    expect((await findings(candidate('{"a":[1,]}'))).errors).toMatchObject([{ code: 'CONTENT_INVALID', path: '/a/1' }]);
    expect((await findings(candidate('a = 1\nb = ', { mediaType: 'application/toml' }))).errors).toMatchObject([
      { code: 'CONTENT_INVALID', path: 'line 2' },
    ]);
  });

  test('a clean config has none', async () => {
    const clean = { mcpServers: { a: { command: process.execPath, args: ['server.js'], env: { LOG: 'info' } } } };
    expect(await findings(candidate(clean))).toEqual({ errors: [], warnings: [] });
    expect(await findings(candidate('# Title\n', { mediaType: 'text/markdown', name: 'notes/readme' }))).toEqual({
      errors: [],
      warnings: [],
    });
  });
});
