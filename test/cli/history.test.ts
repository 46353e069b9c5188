import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

// Longer than a common run has time for.
const slow = it.skipIf(process.env['SLOW'] !== '1');

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
  const put = (name: string, text: string, message: string) =>
    place.run(['put', name, '-', '-m', message], { stdin: text });
  await put('team/servers', '{"mcpServers":{"github":{"command":"npx"}}}', 'add github');
  await put('notes', 'one\ntwo\n', 'write down');
  await put('team/servers', '{"mcpServers":{"github":{"command":"node"}}}', 'node it is');
});
afterAll(() => place.remove());

describe('log', () => {
  it('without a name lists the commits of the whole store, newest first', async () => {
    const { code, stdout } = await place.run(['log']);
    expect(code).toBe(0);
    const [heading = '', ...lines] = stdout.trimEnd().split('\n');
    expect(heading).toMatch(/COMMIT +TIME +AUTHOR +SIGNATURE +WHAT +MESSAGE/);
    expect(lines).toEqual([
      expect.stringMatching(/^ +3 .* ok +put team\/servers@2 +node it is$/),
      expect.stringMatching(/^ +2 .* ok +put notes@1 +write down$/),
      expect.stringMatching(/^ +1 .* ok +put team\/servers@1 +add github$/),
      expect.stringMatching(/^ +0 .* ok +add key [0-9a-f]{12}/),
    ]);
    expect((await place.json<{ commits: object[] }>(['log', '-n', '2'])).commits).toMatchObject([
      { index: 3, changes: [{ action: 'put', name: 'team/servers', version: 2 }] },
      { index: 2 },
    ]);
  });

  slow('is narrowed to a time, a text and a place', async () => {
    const commits = async (...args: string[]) =>
      (await place.json<{ commits: { index: number }[] }>(['log', ...args])).commits.map(({ index }) => index);
    expect(await commits('--since', '1h', '--grep', 'GITHUB')).toEqual([1]);
    expect(await commits('--since', '2999-01-01')).toEqual([]);
    expect((await place.run(['log', '--grep', 'nothing at all'])).stdout).toBe('no commits\n');
    const { stdout } = await place.run(['log', 'team/servers', '--path', '/mcpServers/github/command', '--utc']);
    expect(stdout).toMatch(
      /^version 2 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}config-store {2}node it is\n {2}~ .*"npx" → "node"\n/,
    );
    expect((await place.run(['log', '--path', '/a'])).code).toBe(64);
    expect((await place.run(['log', 'team/servers', '--path', '/none'])).code).toBe(66);
    expect((await place.run(['log', '--since', 'soon'])).code).toBe(64);
  });

  it('has the times of this machine, unless UTC is asked for', async () => {
    const timeOf = async (args: string[], TZ: string) =>
      /\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ?/.exec(
        (await place.run(['log', '-n', '1', ...args], { env: { TZ } })).stdout,
      )?.[0] ?? '';
    const utc = await timeOf(['--utc'], 'Asia/Kolkata');
    const local = await timeOf([], 'Asia/Kolkata');
    expect(utc).toMatch(/Z$/);
    expect(Date.parse(`${local.replace(' ', 'T')}+05:30`)).toBe(Date.parse(utc.replace(' ', 'T')));
  });
});

it('blame says which version made each part what it is', async () => {
  const places = await place.run(['blame', 'team/servers']);
  expect(places.stdout).toMatch(/ 2 .*\(all\) .*node it is\n$/);
  const lines = await place.run(['blame', 'notes']);
  expect(lines.stdout).toMatch(/ 1 .* 1 +one +write down\n +1 .* 2 +two +write down\n$/);
  const one = await place.json<{ parts: object[] }>(['blame', 'team/servers@1', '--path', '/mcpServers/github']);
  expect(one.parts).toEqual([{ path: '/mcpServers/github', text: '{"command":"npx"}', version: 1 }]);
});

it('search finds a text in names and newest versions, and says when there is none', async () => {
  const { stdout } = await place.run(['search', 'NODE']);
  expect(stdout).toBe('team/servers@2\n  /mcpServers/github/command  node\n');
  expect((await place.json<{ found: { name: string }[] }>(['search', 'note'])).found).toMatchObject([
    { name: 'notes', in_name: true, matches: [] },
  ]);
  const none = await place.run(['search', 'npx']);
  expect([none.code, none.stdout]).toEqual([66, 'none of 2 configs has the text\n']);
});

slow('short flags mean what the long ones do', async () => {
  const file = place.path('out.json');
  expect((await place.run(['get', 'team/servers', '-o', file])).code).toBe(0);
  expect((await place.run(['-V'])).stdout).toBe((await place.run(['--version'])).stdout);
  expect((await place.json<{ configs: object[] }>(['list', '-n', '1'])).configs).toHaveLength(1);
  expect((await place.run(['put', 'a', '-', '-m', 'one', '--message', 'two'], { stdin: 'x' })).stderr).toContain(
    '--message was given twice',
  );
});
