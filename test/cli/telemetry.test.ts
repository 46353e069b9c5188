import { appendFile, chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

const SECRET = `ghp_${'aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fG2hJ5'}`;

let place: Workplace;

beforeAll(async () => {
  place = await createWorkplace();
  await writeFile(place.path('a.json'), '{"mcpServers":{}}\n');
  await writeFile(place.path('b.json'), '{"mcpServers":{"git":{"command":"uvx"}}}\n');
  await writeFile(place.path('secret.json'), JSON.stringify({ env: { TOKEN: SECRET } }));
});
afterAll(() => place.remove());

async function telemetryFile(): Promise<string> {
  const folder = place.path('var/telemetry');
  const [file = ''] = await readdir(folder);
  return join(folder, file);
}

describe('telemetry', () => {
  it('says so, and makes nothing, before anything happened', async () => {
    const { code, stdout } = await place.run(['telemetry']);
    expect([code, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/^First look {2}on /)]);
    expect(stdout).toContain('\nNo events in this time.\n');
    await expect(stat(place.path('var'))).rejects.toThrow('ENOENT');
  });

  it('tells what commands did: commits, refusals, drafts', async () => {
    await place.json(['put', 'team/a', 'a.json']);
    await place.json(['put', 'team/a', 'b.json']);
    await place.json(['draft', 'put', 'team/b', 'a.json']);
    expect((await place.run(['put', 'team/a', 'secret.json'])).code).toBe(65);
    expect((await place.run(['put', 'team/a', 'a.json', '--expected-version', '1'])).code).toBe(75);

    const review = await place.json<Record<string, unknown>>(['telemetry']);
    expect(review).toMatchObject({
      headline: { commits: 3, refusals: 2, failures: 0, critical: 0 },
      configs: [{ name: 'team/a', commits: 2, version: 2, index: 2 }],
      last_failures: [
        { code: 'VERSION_CONFLICT', tool: 'put' },
        { code: 'SECRET_FOUND', tool: 'put', path: '/env/TOKEN' },
      ],
      cut: false,
    });
    expect(await readFile(await telemetryFile(), 'utf8')).not.toContain(SECRET);

    const { stdout } = await place.run(['telemetry', '--since', '1h']);
    expect(stdout).toMatch(/^0 calls, 0 failures, 3 commits, 2 refusals/m);
    expect(stdout).toMatch(/\n {4}A credential was refused: put \$\{env:NAME\}/);
    expect(stdout).toMatch(/\n {2}team\/a +2 +2 {2}2 [0-9a-f]{12} {2}/);
    expect(stdout).toMatch(/\n {2}commits {3}█ {2}at most 3 a day\n/);
  });

  it('keeps to its filters and refuses what is none', async () => {
    expect(await place.json(['telemetry', '--config', 'team/b'])).toMatchObject({ events: 1 });
    expect(await place.json(['telemetry', '--failures'])).toMatchObject({ events: 2 });
    expect(await place.json(['telemetry', '--until', '1h'])).toMatchObject({ events: 0 });
    for (const args of [['--since', 'soon'], ['--config', 'A B'], ['--limit', '0'], ['report']]) {
      const { code, stderr } = await place.run(['telemetry', ...args]);
      expect(code).toBe(64);
      expect(stderr).toMatch(/^config-store: (?:ARGUMENT|NAME)_INVALID: .*\n$/);
    }
  });

  it('writes the review as a page, whole or not at all', async () => {
    const { code, stdout } = await place.run(['telemetry', '--html', 'report.html']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^wrote .*report\.html \(\d+\.\d kB\)\n$/)]);
    const page = await readFile(place.path('report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>[\s\S]*team\/<wbr>a[\s\S]*<\/html>\n$/);
    expect((await place.run(['telemetry', '--html', '.'])).code).toBe(64);
  });

  it.runIf(process.platform === 'linux')(
    'opens the page, which is for its owner alone, or says where it is',
    async () => {
      await writeFile(place.path('xdg-open'), `#!/bin/sh\nprintf %s "$1" > '${place.path('opened')}'\n`);
      await chmod(place.path('xdg-open'), 0o755);
      const desktop = { DISPLAY: ':0', WSL_DISTRO_NAME: '', PATH: `${place.path('.')}:${process.env['PATH']}` };
      const asked = await place.run(['telemetry', '--open', '--json'], { env: desktop });
      expect(JSON.parse(asked.stdout)).toMatchObject({ opened: true });
      const page = await readFile(place.path('opened'), 'utf8');
      expect(page).toMatch(/var\/state\/report\.html$/);
      expect((await stat(page)).mode & 0o777).toBe(0o600);
      expect(await readFile(page, 'utf8')).toContain('<h2 id="changes">');
      const none = { DISPLAY: '', WAYLAND_DISPLAY: '', WSL_DISTRO_NAME: '' };
      const { code, stdout } = await place.run(['telemetry', '--open'], { env: none });
      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(/report\.html \(.*\); no browser could be opened here/),
      ]);
    },
  );
});

describe('telemetry verify', () => {
  it('agrees with the log of an undisturbed store', async () => {
    expect(await place.json(['telemetry', 'verify'])).toEqual({
      commits: 3,
      matched: 3,
      before_events: 0,
      without_event: [],
      without_commit: [],
      cut: false,
      warnings: [],
    });
  });

  it('says which commits have no event and which events name no commit, and exits 4', async () => {
    const file = await telemetryFile();
    const lines = (await readFile(file, 'utf8')).split('\n');
    const kept = lines.filter((line) => !line.includes('"log.index":1,'));
    expect(kept).toHaveLength(lines.length - 1);
    const made = lines
      .find((line) => line.includes('"log.index":1,'))
      ?.replace(/"log.commit":"[0-9a-f]{4}/, '"log.commit":"0000');
    await writeFile(file, kept.join('\n'));
    await appendFile(file, `${made}\n`);
    expect(await place.json(['telemetry', 'verify'], 4)).toMatchObject({
      commits: 3,
      matched: 2,
      without_event: [{ index: 1 }],
      without_commit: [{ index: 1, commit: expect.stringMatching(/^0000/) }],
    });
    const { code, stdout } = await place.run(['telemetry', 'verify']);
    expect(code).toBe(4);
    expect(stdout).toMatch(/^3 commits: 2 with an event, 1 without/);
    expect(stdout).toMatch(/\nEvents that name no commit.*\n {2}1 {2}0000/);
  });
});

it('the review begins with five lines on what is new since the last look, and fits 80 columns', async () => {
  const other = await createWorkplace();
  onTestFinished(() => other.remove());
  await writeFile(other.path('a.json'), '{"mcpServers":{}}\n');
  await writeFile(other.path('b.json'), '{"mcpServers":{"git":{"command":"uvx"}}}\n');
  await writeFile(other.path('secret.json'), JSON.stringify({ env: { TOKEN: SECRET } }));
  await other.json(['put', 'team/a', 'b.json']);
  expect((await other.run(['put', 'team/a', 'secret.json'])).code).toBe(65);
  expect((await other.run(['telemetry'])).stdout).toContain('\n  Failures   1: SECRET_FOUND 1; 0 calls\n');
  await other.json(['put', 'team/a', 'a.json']);
  // A part of it, and a script, is no look.
  await other.json(['telemetry']);
  expect((await other.run(['telemetry', '--failures'])).stdout).not.toContain('last look');
  const { stdout } = await other.run(['telemetry']);
  expect(stdout.split('\n').slice(0, 5)).toEqual([
    expect.stringMatching(/^Since your last look, (?:just now|\d minutes? ago) {2}store [0-9a-f]{12} on /),
    expect.stringMatching(/^ {2}Changes {4}1: The command line removed server git from team\/a, /),
    expect.stringMatching(/^ {2}Attention {2}\d: A credential in clear was sent; /),
    '  Failures   none; 0 calls',
    '  Care       never verified as a whole here',
  ]);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect((await stat(other.path('var/state/last-look.json'))).mode & 0o777).toBe(0o600);
});

it('telemetry verify needs no clock: a commit of this moment is found without its event, also one that is dated ahead', async () => {
  const other = await createWorkplace();
  onTestFinished(() => other.remove());
  await writeFile(other.path('a.json'), '{"mcpServers":{}}\n');
  await writeFile(
    other.path('ahead.mjs'),
    'const D = Date; globalThis.Date = class extends D { constructor(...a) { a.length === 0 ? super(D.now() + 5e9) : super(...a); } static now() { return D.now() + 5e9; } };\n',
  );
  const ahead = { NODE_OPTIONS: `--import ${other.path('ahead.mjs')}` };
  await other.json(['put', 'team/a', 'a.json']);
  expect((await other.run(['put', 'team/b', 'a.json'], { env: ahead })).code).toBe(0);
  expect(await other.json(['telemetry', 'verify'])).toMatchObject({ commits: 3, matched: 3 });
  const off = { ...ahead, CONFIG_STORE_TELEMETRY: 'off' };
  expect((await other.run(['put', 'team/c', 'a.json'], { env: off })).code).toBe(0);
  expect(await other.json(['telemetry', 'verify'], 4)).toMatchObject({ matched: 3, without_event: [{ index: 3 }] });

  const review = await other.run(['telemetry']);
  expect(review.stderr).toMatch(/warning: 1 event is dated later than now, up to 20/);
  expect(review.stdout).toMatch(/^0 calls, 0 failures, 2 commits/m);
});

it('CONFIG_STORE_TELEMETRY=off writes nothing, and the store works', async () => {
  await rm(place.path('var/telemetry'), { recursive: true });
  const off = { CONFIG_STORE_TELEMETRY: 'off' };
  expect((await place.run(['put', 'team/c', 'a.json'], { env: off })).code).toBe(0);
  await expect(stat(place.path('var/telemetry'))).rejects.toThrow('ENOENT');
  expect((await place.run(['telemetry'], { env: off })).stdout).toContain('telemetry is off');
});

it('a telemetry folder that cannot be written costs no commit; health says so', async () => {
  await writeFile(place.path('blocked'), 'a file where a folder should be');
  const env = { CONFIG_STORE_TELEMETRY_DIR: place.path('blocked') };
  const { code, stderr } = await place.run(['put', 'team/d', 'a.json'], { env });
  expect([code, stderr]).toEqual([0, '']);
  const health = await place.run(['health', '--json'], { env });
  expect(health.code).toBe(0);
  expect(JSON.parse(health.stdout)).toMatchObject({
    checks: expect.arrayContaining([expect.objectContaining({ name: 'telemetry', ok: false, severity: 'warning' })]),
  });
});

it('changes of keys leave their events, and no passphrase', async () => {
  await writeFile(place.path('passphrase'), 'correct horse battery staple\n');
  await place.json(['keys', 'rotate', '--label', 'second']);
  const env = { CONFIG_STORE_KEY_PASSPHRASE_FILE: place.path('passphrase') };
  expect((await place.run(['keys', 'encrypt'], { env })).code).toBe(0);
  const events = (await readFile(await telemetryFile(), 'utf8')).trimEnd().split('\n');
  const names = events.map((line) => JSON.parse(line)['event.name']);
  expect(names).toEqual(expect.arrayContaining(['key.added', 'key.retired', 'key.protected']));
  expect(events.join('\n')).not.toContain('correct horse');
});
