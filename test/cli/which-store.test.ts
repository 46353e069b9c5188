import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

// Who writes the working folder, or a setting that a client passes on as it is.
let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
  onTestFinished(() => place.remove());
});

/** Commands that read, write, or would leave an event. */
const COMMANDS = [['list'], ['draft', 'put', 'a/b', '-'], ['put', 'a/b', '-']];
/** As when nothing names a store. */
const nameless = (env: Record<string, string> = {}) => ({ CONFIG_STORE_VAR: '', ...env });
/** All there is but what Node keeps of the program itself. */
const inside = (folder: string) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => !/(^|\/)\.cache/.test(path))
    .sort();

describe('a store that somebody put into the working folder', () => {
  beforeEach(async () => {
    await place.run(['put', 'a/b', '-'], { stdin: 'theirs' });
  });

  it.each([
    ['./var', 'var'],
    ['./.config-store', '.config-store'],
    ['the folder itself', '.'],
  ])('%s is neither read nor written', async (_, name) => {
    const folder = place.path('clone');
    mkdirSync(folder);
    cpSync(place.path('var'), join(folder, name), { recursive: true });
    const before = inside(folder);
    const home = place.path('home');
    for (const args of COMMANDS) {
      const done = await place.run(args, { stdin: 'mine', env: nameless({ HOME: home }), cwd: folder });
      expect(done.stdout, args.join(' ')).not.toContain('theirs');
    }
    expect(inside(folder)).toEqual(before);
    expect((await place.run(['get', 'a/b'], { env: nameless({ HOME: home }), cwd: folder })).stdout).toBe('mine');
  });

  it('is used when it is named', async () => {
    expect((await place.run(['get', 'a/b', '--var', 'var'], { env: nameless() })).stdout).toBe('theirs');
    expect((await place.run(['get', 'a/b'], { env: nameless({ CONFIG_STORE_VAR: 'var' }) })).stdout).toBe('theirs');
  });
});

describe('a setting nobody expanded', () => {
  it.each([
    ['CONFIG_STORE_VAR', '~/mcp'],
    ['CONFIG_STORE_KEYS_DIR', '$HOME/keys'],
    ['CONFIG_STORE_STATE_DIR', '%APPDATA%\\state'],
    ['CONFIG_STORE_TELEMETRY_DIR', `\${userHome}/telemetry`],
    ['HOME', ''],
    ['HOME', '~'],
    ['HOME', 'relative'],
  ])('makes nothing, and is named: %s=%s', async (name, value) => {
    for (const args of [
      ...COMMANDS,
      ['install', 'claude-desktop', '--yes'],
      ['keys', 'list'],
      ['backup', '--out', 'b'],
    ]) {
      const done = await place.run(args, { stdin: 'x', env: nameless({ [name]: value }) });
      expect([done.code, done.stderr], args.join(' ')).toEqual([
        64,
        expect.stringContaining(`ARGUMENT_INVALID: ${name} is`),
      ]);
    }
    expect(inside(place.folder)).toEqual([]);
  });

  it('is what every tool of a server answers', async () => {
    const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'list_configs', arguments: {} } };
    const hello = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a', version: '1' } },
    };
    const done = await place.run(['serve'], {
      stdin: `${JSON.stringify(hello)}\n${JSON.stringify(call)}\n`,
      env: nameless({ CONFIG_STORE_VAR: '~/mcp' }),
    });
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('CONFIG_STORE_VAR is')]);
    expect(inside(place.folder)).toEqual([]);
  });
});

describe('a folder that is no store', () => {
  it.each([
    ['a project', ['package.json', 'src/main.js'], 'project'],
    ['a project that has keys of its own', ['keys/id.pem', 'notes.txt'], 'project'],
    ['a folder with a folder called storage', ['storage/app.txt'], 'project'],
    ['a home folder', ['Documents/a.txt', '.bashrc'], 'project'],
  ])('is named and left alone: %s', async (_, files, name) => {
    const folder = place.path(name);
    for (const file of files) {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), 'x');
    }
    const before = inside(folder);
    for (const args of COMMANDS) {
      const done = await place.run([...args, '--var', folder], { stdin: 'x' });
      expect([done.code, done.stderr], args.join(' ')).toEqual([78, expect.stringContaining(`${folder}`)]);
      expect(done.stderr).toContain('STORE_UNSUPPORTED');
    }
    expect(inside(folder).filter((path) => !path.startsWith('telemetry'))).toEqual(before);
  });

  it('is none where hidden files are all there is, or a store is there already', async () => {
    const folder = place.path('v');
    mkdirSync(folder);
    writeFileSync(join(folder, '.DS_Store'), 'x');
    expect((await place.run(['put', 'a/b', '-', '--var', folder], { stdin: 'x' })).code).toBe(0);
    writeFileSync(join(folder, 'notes.txt'), 'x');
    expect((await place.run(['get', 'a/b', '--var', folder])).stdout).toBe('x');
  });
});

it('keys/ and state/ keep themselves out of git', async () => {
  await place.run(['put', 'a/b', '-'], { stdin: 'x' });
  for (const name of ['keys', 'state']) expect(readdirSync(place.path(`var/${name}`)), name).toContain('.gitignore');
});
