import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { StdioPeer } from '../e2e/server-process.ts';
import { BUNDLE, createWorkplace, type Workplace } from './run-cli.ts';

const LINE = ['install', 'claude-desktop'];
const THEIRS = '{\n\t"theme": "dark",\n\t"mcpServers": {\n\t\t"other": { "command": "x", "args": [] }\n\t}\n}\n';

interface Entry {
  readonly command: string;
  readonly args: string[];
  readonly env?: Record<string, string>;
}
interface DesktopFile {
  readonly theme?: string;
  readonly mcpServers: Record<string, Entry>;
}

let place: Workplace;
let file: string;
const read = async () => JSON.parse(await readFile(file, 'utf8')) as DesktopFile;
beforeEach(async () => {
  place = await createWorkplace();
  onTestFinished(() => place.remove());
  // Where this platform's Claude Desktop keeps it, in a home of the test's own.
  const { file: usual } = await place.json<{ file: string }>(LINE);
  file = usual;
  expect(file.startsWith(place.folder)).toBe(true);
});

describe.skipIf(process.platform === 'win32')('install claude-desktop', () => {
  it('makes the file, and running it again changes nothing', async () => {
    const before = await readFile(file, 'utf8');
    const again = await place.run(LINE);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing was changed'), stderr: '' });
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(await readdir(dirname(file))).toHaveLength(1);
  });

  it("says that npx's own copy of the command may go away", async () => {
    const copy = place.path('_npx/0123456789abcdef/node_modules/mcp-config-store/dist');
    await cp(dirname(BUNDLE), copy, { recursive: true });
    const fromNpx = await createWorkplace(join(copy, 'main.js'));
    onTestFinished(() => fromNpx.remove());
    for (const line of [LINE, [...LINE, '--print']])
      expect((await fromNpx.run(line)).stderr).toContain('run "npm install --global mcp-config-store"');
    expect((await place.run([...LINE, '--print'])).stderr).toBe('');
  });

  it('writes an entry that a client without a PATH can start, on this store', async () => {
    await writeFile(place.path('a.json'), '{}');
    await place.json(['put', 'a', 'a.json']);
    const { command, args, env } = (await read()).mcpServers['config-store'] as Entry;
    const peer = new StdioPeer(command, args, { ...env });
    await peer.initialize();
    peer.call(2, 'list_configs', {});
    expect(JSON.stringify((await peer.reply(2)).result)).toContain('"a"');
    peer.child.stdin.end();
    expect(await peer.exited).toEqual([0, null]);
  });

  it('adds to a file that is there, says so, and leaves a copy', async () => {
    await writeFile(file, THEIRS);
    const { code, stdout } = await place.run([...LINE, '--name', 'mine']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^\+ mine in .*\n {4}command {2}\/.*\.bak\nQuit Claude Desktop/s),
    ]);
    expect(await read()).toMatchObject({ theme: 'dark', mcpServers: { other: { command: 'x' }, mine: {} } });
    const after = await readFile(file, 'utf8');
    expect(after.startsWith(THEIRS.slice(0, THEIRS.indexOf(' }') + 2))).toBe(true);
    const copy = (await readdir(dirname(file))).find((name) => name.endsWith('.bak'));
    expect(await readFile(`${dirname(file)}/${copy}`, 'utf8')).toBe(THEIRS);
  });

  it('replaces an entry that differs only with --yes, and keeps what a person added to it', async () => {
    const mine = { command: 'old', env: { CONFIG_STORE_LOG_LEVEL: 'info', TOKEN: 's3cr3t' } };
    const text = JSON.stringify({ mcpServers: { 'config-store': mine } });
    await writeFile(file, text);
    const asked = await place.run(LINE);
    expect(asked).toMatchObject({
      code: 64,
      stdout: '',
      stderr: expect.stringContaining('Nothing was changed. Add --yes'),
    });
    expect(await readFile(file, 'utf8')).toBe(text);
    const { stdout, stderr } = await place.run([...LINE, '--yes']);
    expect(stdout).toContain(`~ config-store in ${file}: args, command, env`);
    expect((await read()).mcpServers['config-store']?.env).toMatchObject(mine.env);
    expect(stdout + stderr + asked.stderr).not.toContain('s3cr3t');
  });

  it('takes a byte order mark off, though the entry is right', async () => {
    await writeFile(file, `\uFEFF${await readFile(file, 'utf8')}`);
    const { code, stderr } = await place.run(LINE);
    expect([code, stderr]).toEqual([0, expect.stringContaining('byte order mark')]);
    expect((await readFile(file))[0]).toBe(0x7b);
    expect(await place.json(LINE)).toMatchObject({ change: 'none' });
  });

  it('--file names another file, --docker another way to start', async () => {
    expect(await place.json([...LINE, '--docker', '--file', 'elsewhere.json'])).toMatchObject({
      client: 'claude-desktop',
      file: place.path('elsewhere.json'),
      change: 'added',
      in_place: false,
      content: { command: expect.stringMatching(/docker$/), args: expect.arrayContaining(['-i', '--rm']) },
    });
    const written = JSON.parse(await readFile(place.path('elsewhere.json'), 'utf8')) as DesktopFile;
    expect(written.mcpServers['config-store']?.args.at(-1)).toBe('mcp-config-store');
  });

  it('passes on folders that lie apart', async () => {
    const env = { CONFIG_STORE_KEYS_DIR: place.path('my keys') };
    const { stdout } = await place.run([...LINE, '--print'], { env });
    expect((JSON.parse(stdout) as DesktopFile).mcpServers['config-store']?.env).toEqual({
      CONFIG_STORE_VAR: place.path('var'),
      CONFIG_STORE_KEYS_DIR: place.path('my keys'),
    });
  });

  it('--print writes nothing, whatever the file holds', async () => {
    await writeFile(file, 'not JSON');
    const { code, stdout } = await place.run([...LINE, '--print']);
    expect([code, Object.keys((JSON.parse(stdout) as DesktopFile).mcpServers)]).toEqual([0, ['config-store']]);
    expect(await place.json([...LINE, '--print', '--name', 'b'])).toMatchObject({ content: { mcpServers: { b: {} } } });
    expect(await readFile(file, 'utf8')).toBe('not JSON');
  });
});

describe.skipIf(process.platform === 'win32')('refused, and nothing touched', () => {
  it.each([
    ['a file that is no JSON', '{\n  // mine\n}', 65, /TARGET_UNPARSABLE: .*line 2, column 3.*--print/],
    ['a file that is no text', '\xff\xfe{}', 65, /TARGET_UNPARSABLE: .*not UTF-8/],
  ])('%s', async (_, text, code, message) => {
    await writeFile(file, text, 'latin1');
    expect(await place.run(LINE)).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
    expect(await readFile(file, 'latin1')).toBe(text);
    expect(await readdir(dirname(file))).toHaveLength(1);
  });

  it.each([
    ['another client', ['install', 'emacs'], /there is no client "emacs"\. Choose one of .*claude-desktop/],
    ['half a name', ['install', 'claude'], /Did you mean claude-desktop or claude-code\? Choose/],
    ['a name with a slip', ['install', 'curser'], /Did you mean cursor\? Choose/],
    ['both ways at once', ['--docker', '--node'], /exclude each other/],
    ['a name that is none', ['--name', '__proto__'], /is no name for a server/],
    ['a folder', ['--file', '.'], /is not a file/],
  ])('%s', async (_, words, message) => {
    const before = await readFile(file, 'utf8');
    const line = words[0] === 'install' ? words : [...LINE, ...words];
    expect(await place.run(line)).toMatchObject({ code: 64, stdout: '', stderr: expect.stringMatching(message) });
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it.skipIf(process.getuid?.() === 0)('a folder that cannot be written', async () => {
    await mkdir(place.path('closed'));
    await chmod(place.path('closed'), 0o500);
    const line = [...LINE, '--file', 'closed/config.json'];
    expect(await place.run(line)).toMatchObject({ code: 64, stderr: expect.stringMatching(/EACCES.*--print/) });
  });
});

describe('inside the image', () => {
  const env = { CONFIG_STORE_EXPECT_VOLUME: 'on' };

  it('prints the docker run command only', async () => {
    const { code, stdout } = await place.run([...LINE, '--print'], { env });
    const { command, args } = (JSON.parse(stdout) as DesktopFile).mcpServers['config-store'] as Entry;
    expect([code, command, args.slice(0, 2)]).toEqual([
      0,
      expect.stringMatching(/^(?:\/|C:\\).*docker(?:\.exe)?$/),
      ['run', '-i'],
    ]);
  });

  it("refuses to write to a home that is nobody's, and to name a Node no client has", async () => {
    expect(await place.run(LINE, { env })).toMatchObject({ code: 64, stderr: expect.stringContaining('Add --print') });
    expect((await place.run([...LINE, '--node', '--print'], { env })).code).toBe(64);
  });
});
