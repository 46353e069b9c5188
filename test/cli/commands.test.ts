import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

const run = promisify(execFile);
const FIRST = '{\n  // no comment: strict JSON\n}'.replace(/ {2}\/\/.*\n/, '  "mcpServers": {}\n');
const SECOND = '{"mcpServers":{"git":{"command":"uvx","args":["mcp-server-git@2026.1.1"]}}}\n';

let place: Workplace;

beforeAll(async () => {
  place = await createWorkplace();
  await writeFile(place.path('first.json'), FIRST);
  await writeFile(place.path('second.json'), SECOND);
});
afterAll(() => place.remove());

describe('before there is a store', () => {
  it('status says so, lists are empty, and nothing is made', async () => {
    expect(await place.json(['status'])).toMatchObject({ configs: 0, keys: [] });
    expect(await place.json(['list'])).toEqual({ configs: [], total: 0 });
    await expect(stat(place.path('var'))).rejects.toThrow('ENOENT');
  });

  it('get exits 66 and says what to do', async () => {
    const { code, stdout, stderr } = await place.run(['get', 'a']);
    expect([code, stdout]).toEqual([66, '']);
    expect(stderr).toMatch(/^config-store: NOT_FOUND: there is no config a\. .*config-store put.*\n$/);
  });
});

describe('a config', () => {
  it('is stored byte for byte, with its type by its extension', async () => {
    const result = await place.json<Record<string, unknown>>(['put', 'desktop', 'first.json', '--message', 'one']);
    expect(result).toMatchObject({
      name: 'desktop',
      version: 1,
      created: true,
      receipt: { name: 'desktop', version: 1 },
    });
    expect((await place.run(['get', 'desktop'])).stdout).toBe(FIRST);
    expect(await place.json(['get', 'desktop'])).toMatchObject({
      media_type: 'application/json',
      encoding: 'utf-8',
      content: FIRST,
      verified: true,
    });
  });

  it('gets no new version from the same bytes', async () => {
    expect(await place.json(['put', 'desktop', 'first.json'])).toMatchObject({ created: false, version: 1 });
  });

  it('is read from standard input, and keeps its type', async () => {
    const { code, stdout } = await place.run(['put', 'desktop', '-', '--expected-version', '1'], { stdin: SECOND });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Stored desktop as version 2.*\n {2}commit 2 {2}[0-9a-f]{12}.*\n {2}\+ \/mcpServers\/git/);
    expect(await place.json(['get', 'desktop@2'])).toMatchObject({ media_type: 'application/json', content: SECOND });
  });

  it('refuses a put on another version, and says which is the newest', async () => {
    const { code, stderr } = await place.run(['put', 'desktop', 'first.json', '--expected-version', '1', '--json']);
    expect(code).toBe(75);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'VERSION_CONFLICT', details: { version: 2 } } });
  });

  it('is listed, and its history too', async () => {
    const { stdout } = await place.run(['list']);
    expect(stdout).toMatch(/^NAME +VERSION .*\ndesktop +2 .*\n$/);
    expect((await place.run(['list', '--names'])).stdout).toBe('desktop\n');
    const log = await place.json<{ versions: unknown[] }>(['log', 'desktop']);
    expect(log).toMatchObject({
      total: 2,
      versions: [
        { version: 2, verified: 'ok', author: { name: 'config-store', via: 'cli' } },
        { version: 1, message: 'one', verified: 'ok' },
      ],
    });
    expect(await place.json(['log', 'desktop', '--limit', '1'])).toMatchObject({
      versions: [{ version: 2 }],
      total: 2,
    });
  });

  it('is compared by structure, with a version, a file or another config', async () => {
    const added = [
      { op: 'add', path: '/mcpServers/git', after: { command: 'uvx', args: ['mcp-server-git@2026.1.1'] } },
    ];
    expect(await place.json(['diff', 'desktop@1', 'desktop@2'])).toMatchObject({ equal: false, changes: added });
    expect(await place.json(['diff', 'desktop@1'])).toMatchObject({ equal: false, changes: added });
    expect(await place.json(['diff', 'desktop', '--file', 'second.json'])).toMatchObject({ equal: true });
    const { code, stderr } = await place.run(['diff', 'desktop']);
    expect([code, stderr]).toEqual([64, expect.stringContaining('nothing to compare desktop with')]);
  });

  it('is found by its digest', async () => {
    const { digest } = await place.json<{ digest: string }>(['get', 'desktop@1']);
    expect((await place.run(['get', digest.slice(0, 20)])).stdout).toBe(FIRST);
    expect((await place.run(['get', 'sha256:xyz'])).code).toBe(64);
  });

  it('is restored, deleted and brought back', async () => {
    expect(await place.json(['restore', 'desktop@1'])).toMatchObject({ version: 3, created: true });
    expect((await place.run(['restore', 'desktop'])).code).toBe(64);
    expect(await place.json(['rm', 'desktop', '--message', 'gone'])).toMatchObject({ version: 4 });
    expect((await place.run(['get', 'desktop'])).code).toBe(66);
    expect(await place.json(['list', '--deleted'])).toMatchObject({ configs: [{ name: 'desktop', deleted: true }] });
    expect(await place.json(['restore', 'desktop@2'])).toMatchObject({ version: 5 });
    expect((await place.run(['get', 'desktop'])).stdout).toBe(SECOND);
  });

  it('that is not UTF-8 comes out as it went in', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 254, 0]);
    await place.run(['put', 'binary', '-', '--media-type', 'application/octet-stream'], { stdin: bytes });
    expect((await place.run(['get', 'binary'])).bytes).toEqual(bytes);
    expect(await place.json(['get', 'binary'])).toMatchObject({
      encoding: 'base64',
      content: bytes.toString('base64'),
    });
  });
});

describe('get --out', () => {
  it('writes a file whole, and through a link', async () => {
    await writeFile(place.path('real.json'), 'old', { mode: 0o600 });
    await symlink('real.json', place.path('link.json'));
    expect((await place.run(['get', 'desktop', '--out', 'link.json'])).code).toBe(0);
    expect(await readFile(place.path('real.json'), 'utf8')).toBe(SECOND);
    expect((await stat(place.path('real.json'))).mode & 0o777).toBe(0o600);
    expect((await readdir(place.folder)).filter((name) => name.startsWith('.real'))).toEqual([]);
  });

  it('refuses a folder, and a place that does not exist', async () => {
    await mkdir(place.path('folder'), { recursive: true });
    const { code, stderr } = await place.run(['get', 'desktop', '--out', 'folder']);
    expect([code, stderr]).toEqual([64, expect.stringContaining('folder is a folder')]);
    expect((await place.run(['get', 'desktop', '--out', 'nowhere/x'])).code).toBe(64);
  });
});

describe('drafts', () => {
  it('are stored, shown, compared, published and discarded', async () => {
    expect((await place.run(['draft', 'list'])).stdout).toBe('no drafts\n');
    await place.json(['draft', 'put', 'desktop', 'first.json', '--message', 'try']);
    expect(await place.json(['draft', 'list'])).toMatchObject({
      drafts: [{ name: 'desktop', base_version: 5, message: 'try' }],
    });
    expect((await place.run(['draft', 'show', 'desktop'])).stdout).toBe(FIRST);
    expect(await place.json(['diff', 'desktop', '--draft'])).toMatchObject({ changes: [{ op: 'remove' }] });
    expect((await place.run(['get', 'desktop'])).stdout).toBe(SECOND);
    expect(await place.json(['draft', 'publish', 'desktop'])).toMatchObject({
      published: [{ name: 'desktop', version: 6 }],
    });
    expect((await place.run(['get', 'desktop'])).stdout).toBe(FIRST);

    await place.json(['draft', 'put', 'desktop', 'second.json']);
    expect(await place.json(['draft', 'discard', 'desktop'])).toMatchObject({ discarded: true });
    expect((await place.run(['draft', 'discard', 'desktop'])).code).toBe(66);
    expect((await place.run(['draft', 'show', 'desktop'])).code).toBe(66);
    expect((await place.run(['draft', 'publish'])).code).toBe(66);
  });
});

describe('content that must not be stored', () => {
  it.each([
    ['broken JSON', 'broken', ['--media-type', 'application/json'], '{', 65, 'CONTENT_INVALID'],
    [
      'a credential',
      'leaky',
      ['--media-type', 'application/json'],
      '{"token":"ghp_R4nd0mR4nd0mR4nd0mR4nd0mR4nd0mR4nd"}',
      65,
      'SECRET_FOUND',
    ],
    ['a bad name', 'Bad Name', [], 'x', 64, 'NAME_INVALID'],
  ] as const)('%s', async (_what, name, options, stdin, exit, error) => {
    const { code, stdout, stderr } = await place.run(['put', name, '-', ...options], { stdin });
    expect([code, stdout]).toEqual([exit, '']);
    expect(stderr).toMatch(new RegExp(`^config-store: ${error}: .+\\. .+\\n$`));
    expect(stderr).not.toContain('R4nd0m');
  });

  it('a credential is stored with --allow-secrets only', async () => {
    const stdin = '{"token":"ghp_R4nd0mR4nd0mR4nd0mR4nd0mR4nd0mR4nd"}';
    expect((await place.run(['put', 'leaky', '-', '--allow-secrets'], { stdin })).code).toBe(0);
  });

  it('one place with --allow-secret, which the history records without the value', async () => {
    const value = 'R4nd0mR4nd0mR4nd0mR4nd0mR4nd0mR4nd';
    const stdin = JSON.stringify({ env: { API_KEY: value, TOKEN: value } });
    const { stderr } = await place.run(['put', 'narrow', '-', '--allow-secret', '/env/API_KEY'], { stdin });
    expect(stderr).toMatch(/SECRET_FOUND: .*"\/env\/TOKEN".*--allow-secret '\/env\/TOKEN'/);
    const places = ['--allow-secret', '/env/API_KEY', '--allow-secret', '/env/TOKEN'];
    expect((await place.run(['draft', 'put', 'narrow', '-', ...places], { stdin })).code).toBe(0);
    expect((await place.run(['draft', 'publish', 'narrow'])).stderr).toContain('SECRET_FOUND');
    expect((await place.run(['draft', 'publish', 'narrow', ...places])).code).toBe(0);
    const { stdout } = await place.run(['log', 'narrow', '--json']);
    expect(stdout).toContain(
      'credential in clear allowed at /env/API_KEY (named-secret)\\ncredential in clear allowed at /env/TOKEN',
    );
    expect(stdout).not.toContain(value);
    expect((await place.run(['put', 'narrow', '-', '--allow-secret', '/none'], { stdin })).code).toBe(64);
  });

  it('more than 64 MiB; up to that it is stored', async () => {
    const limit = 64 * 1_048_576;
    await writeFile(place.path('large.bin'), '');
    await truncate(place.path('large.bin'), limit + 1);
    const { code, stderr } = await place.run(['put', 'large', 'large.bin']);
    expect([code, stderr]).toEqual([
      65,
      expect.stringContaining(`CONTENT_TOO_LARGE: large.bin has more than ${limit} bytes`),
    ]);
    await truncate(place.path('large.bin'), limit);
    expect(await place.json(['put', 'large', 'large.bin', '--media-type', 'application/octet-stream'])).toMatchObject({
      version: 1,
    });
    expect(await place.json(['list', 'large'])).toMatchObject({ configs: [{ size: limit }] });
  });

  it('a file that is not there, and a folder', async () => {
    const missing = await place.run(['put', 'x', 'nowhere.json']);
    expect([missing.code, missing.stderr]).toEqual([66, expect.stringContaining('there is no file nowhere.json')]);
    expect((await place.run(['draft', 'put', 'x', '.'])).code).toBe(64);
  });
});

describe('the store', () => {
  it('is rebuilt, tidied up and healthy', async () => {
    expect(await place.json(['rebuild'])).toMatchObject({ commits: expect.any(Number) });
    expect(await place.json(['gc'])).toEqual({ removed: false, bytes: 0, digests: [] });
    expect(await place.json(['health'])).toMatchObject({ ok: true });
  });

  it('verifies, by config and by depth, against ids kept elsewhere', async () => {
    const { store, head } = await place.json<{ store: string; head: { commit: string } }>(['status']);
    expect(await place.json(['verify', '--store', store, '--expect', head.commit])).toMatchObject({
      ok: true,
      findings: [],
    });
    expect(await place.json(['verify', 'desktop', '--depth', 'structure'])).toMatchObject({ ok: true });
    expect((await place.json<{ ok: boolean }>(['verify', '--store', 'a'.repeat(64)], 2)).ok).toBe(false);
    expect((await place.run(['verify', '--expect', 'abc'])).code).toBe(64);
    expect((await place.run(['verify', '--depth', 'skin'])).code).toBe(64);
  });

  it('is named by init once it is there', async () => {
    const { store } = await place.json<{ store: string }>(['status']);
    expect(await place.json(['init'])).toMatchObject({ store });
  });

  it('with a damaged artifact: get, verify and health exit 1, until it is whole again', async () => {
    await place.run(['put', 'damaged', '-'], { stdin: 'whole' });
    const { digest } = await place.json<{ digest: string }>(['get', 'damaged']);
    const hex = digest.slice('sha256:'.length);
    const file = join(place.path('var'), 'storage', 'objects', hex.slice(0, 2), hex);
    await run('chmod', ['u+w', file]);
    await writeFile(file, 'w0ole');
    const { code, stdout, stderr } = await place.run(['get', 'damaged']);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('CORRUPT')]);
    const report = await place.json<{ findings: { code: string }[] }>(['verify'], 1);
    expect(report.findings.map((finding) => finding.code)).toEqual(['CORRUPT']);
    expect((await place.run(['health'])).code).toBe(1);
    expect((await place.run(['put', 'damaged', '-'], { stdin: 'whole' })).code).toBe(0);
    expect((await place.run(['verify'])).code).toBe(0);
  });
});
