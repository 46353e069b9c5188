// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as configs have them.
import { execFileSync } from 'node:child_process';
import {
  chmod,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { applyDeploy } from '../../../src/verbs/clients/apply-deploy.ts';
import { importClient } from '../../../src/verbs/clients/import-client.ts';
import { planDeploy } from '../../../src/verbs/clients/plan-deploy.ts';
import { scanClients } from '../../../src/verbs/clients/scan-clients.ts';
import { undoDeploy } from '../../../src/verbs/clients/undo-deploy.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { refusal } from '../configs/open-context.ts';
import { type Machine, makeMachine } from './machine.ts';

const NAME = 'team/servers';
const DOCS = { type: 'streamable-http', url: 'https://docs.example.com/mcp' };
const LOCAL = { type: 'stdio', command: 'npx', args: ['-y', '@x/github@1.2.3'] };
const CURSOR = '.cursor/mcp.json';
const CODEX = '.codex/config.toml';
const GOOSE = '.config/goose/config.yaml';
/** Each goes through many files. */
const LIMIT_MS = 240_000;
const FILES = { cursor: CURSOR, codex: CODEX, goose: GOOSE };

const put = (machine: Machine, mcpServers: object) => putConfig(machine.ctx, { name: NAME, json: { mcpServers } });
async function deploy(machine: Machine, client: string, options: object = {}) {
  const plan = await planDeploy(machine.ctx, { name: NAME, clients: [client], ...options });
  const applied = await applyDeploy(machine.ctx, { planId: plan.planId });
  return { plan: plan.targets[0], applied: applied.targets[0] };
}

/** All that lies in a folder, with content, links and modes; special files are not opened. */
async function everything(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).sort();
  return Promise.all(
    names.map(async (name) => {
      const stats = await lstat(`${folder}/${name}`);
      const text = stats.isFile() && stats.size < 1_000_000 ? await readFile(`${folder}/${name}`, 'latin1') : '';
      return [name, stats.mode, stats.size, text].join('|');
    }),
  );
}

const json = '{"mcpServers":{"mine":{"command":"x"}}}';
/** Texts that are no files of their clients, or in forms that are not edited, each with what is odd about it. */
const REFUSED: ReadonlyArray<readonly [what: string, file: string, text: string | Uint8Array]> = [
  ['UTF-16', CURSOR, Buffer.from(`\ufeff${json}`, 'utf16le')],
  ['Latin-1', CURSOR, Buffer.from('{"name":"caf\u00e9","mcpServers":{}}', 'latin1')],
  ['garbage behind the end', CURSOR, `${json} }`],
  ['two documents, one behind the other', CURSOR, `${json}\n${json}`],
  ['zero bytes behind the end, as after a power failure', CURSOR, `${json}${'\0'.repeat(512)}`],
  ['the same list twice, once with an escape', CURSOR, '{"mcpServers":{},"mcpServer\\u0073":{"a":{}}}'],
  ['a member twice in a server of others', CURSOR, '{"mcpServers":{"mine":{"command":"x","command":"y"}}}'],
  ['a member twice far from the servers', CURSOR, '{"x":[{"k":1,"k":2}],"mcpServers":{}}'],
  ['a text alone', CURSOR, '"mcpServers"'],
  ['depth without end', CURSOR, `{"x":${'['.repeat(100_000)}`],
  ['a table twice, once in quotes', CODEX, '[mcp_servers.a]\ncommand="x"\n[mcp_servers."a"]\ncommand="y"\n'],
  ['headers inline and as a table', CODEX, '[mcp_servers.a]\nhttp_headers={}\n[mcp_servers.a.http_headers]\nk="v"\n'],
  ['a path with single backslashes', CODEX, 'notes = "C:\\Users\\ada"\n'],
  ['an array of tables', CODEX, '[[mcp_servers]]\nname="a"\n'],
  ['a table of servers inline', CODEX, 'mcp_servers = {}\n'],
  ['a line end of old machines', CODEX, 'a=1\rb=2\r'],
  ['a list twice', GOOSE, 'extensions:\n  a:\n    cmd: x\nextensions:\n  b:\n    cmd: y\n'],
  ['tabs', GOOSE, 'extensions:\n\ta:\n\t\tcmd: x\n'],
  ['several documents', GOOSE, 'extensions:\n  a:\n    cmd: x\n---\nextensions: {}\n'],
  ['a merge key', GOOSE, 'base: &b\n  enabled: true\nextensions:\n  a:\n    <<: *b\n    cmd: x\n'],
  ['an alias for the list', GOOSE, 'z: &e\n  a:\n    cmd: x\nextensions: *e\n'],
  [
    'references that grow without end',
    GOOSE,
    `a: &a [x,x,x,x]\n${'bcdefghijkl'.replace(/./g, (c) => `${c}: &${c} [*${String.fromCharCode(c.charCodeAt(0) - 1)},*${String.fromCharCode(c.charCodeAt(0) - 1)},*${String.fromCharCode(c.charCodeAt(0) - 1)},*${String.fromCharCode(c.charCodeAt(0) - 1)}]\n`)}extensions: {}\n`,
  ],
];

describe('a file that is no text of its format is refused, and not a byte of it or next to it changes', () => {
  it.each(Object.entries(FILES))(
    '%s',
    async (client, file) => {
      const machine = await makeMachine();
      await put(machine, { docs: DOCS });
      for (const [what, , text] of REFUSED.filter((row) => row[1] === file)) {
        await machine.write(file, text);
        const before = await everything(machine.home);
        const { plan, applied } = await deploy(machine, client);
        expect([plan?.state, applied?.state], what).toEqual(['refused', 'refused']);
        expect(plan?.notes.join(), what).toMatch(/cannot be edited/);
        expect(await everything(machine.home), what).toEqual(before);
        const { clients } = await scanClients(machine.ctx, { client });
        // Some forms can be read, and only not be written.
        if (clients[0]?.state === 'ok') continue;
        expect(clients[0], what).toMatchObject({ state: 'unparsable', servers: [] });
        expect((await refusal(importClient(machine.ctx, { client }))).code, what).toMatch(/^TARGET_UN/);
      }
    },
    LIMIT_MS,
  );
});

describe('something else in the place of the file', () => {
  it(
    'is refused at once, and stays',
    async () => {
      const machine = await makeMachine();
      const path = machine.path(CURSOR);
      await put(machine, { docs: DOCS });
      const makers: ReadonlyArray<readonly [string, (path: string) => unknown]> = [
        ['a pipe', (path: string) => void execFileSync('mkfifo', [path])],
        ['a folder', (path: string) => mkdir(path)],
        ['a link to nothing', (path: string) => symlink('/nowhere/at/all', path)],
        ['links in a circle', (path: string) => symlink('mcp.json', path)],
        [
          'a link to a folder',
          async (path: string) => {
            await mkdir(`${path}.d`);
            await symlink('mcp.json.d', path);
          },
        ],
        ['a device', (path: string) => symlink('/dev/zero', path)],
      ];
      for (const [what, make] of makers) {
        await rm(dirname(path), { recursive: true, force: true });
        await mkdir(dirname(path));
        await make(path);
        const before = await everything(machine.home);
        expect((await deploy(machine, 'cursor')).applied?.state, what).toBe('refused');
        expect((await scanClients(machine.ctx, { client: 'cursor' })).clients[0]?.state, what).toBe('unreadable');
        expect(await everything(machine.home), what).toEqual(before);
      }
    },
    LIMIT_MS,
  );

  it('a file where its folder should be is refused, and stays', async () => {
    const machine = await makeMachine();
    await machine.write('.cursor', 'no folder');
    await put(machine, { docs: DOCS });
    expect((await deploy(machine, 'cursor')).applied?.state).toBe('refused');
    expect(await machine.read('.cursor')).toBe('no folder');
  });

  it('a file that claims terabytes is not read', async () => {
    const machine = await makeMachine();
    await machine.write(CURSOR, '{}');
    await truncate(machine.path(CURSOR), 2 ** 42);
    await put(machine, { docs: DOCS });
    expect((await deploy(machine, 'cursor')).applied?.state).toBe('refused');
    expect((await stat(machine.path(CURSOR))).size).toBe(2 ** 42);
  });

  it('a file that becomes a folder, or another file, between plan and apply is stale', async () => {
    for (const swap of ['folder', 'other', 'gone'] as const) {
      const machine = await makeMachine();
      await machine.write(CURSOR, '{}');
      await put(machine, { docs: DOCS });
      const plan = await planDeploy(machine.ctx, { name: NAME, clients: ['cursor'] });
      await rm(machine.path(CURSOR));
      if (swap === 'folder') await mkdir(machine.path(CURSOR));
      if (swap === 'other') await machine.write(CURSOR, '{ }');
      const { targets } = await applyDeploy(machine.ctx, plan);
      expect(targets[0]?.state, swap).toMatch(/^(?:stale|refused)$/);
    }
  });
});

describe('links', () => {
  it('one after the other stay, and the file at their end changes', async () => {
    const machine = await makeMachine();
    await machine.write('dotfiles/cursor/mcp.json', '{}\n');
    await symlink('cursor', machine.path('dotfiles/now'));
    await symlink('dotfiles/now', machine.path('.cursor'));
    await symlink('mcp.json', machine.path('dotfiles/cursor/second.json'));
    await rm(machine.path('dotfiles/cursor/mcp.json'));
    await machine.write('dotfiles/real.json', '{}\n');
    await symlink('../real.json', machine.path('dotfiles/cursor/mcp.json'));
    await put(machine, { docs: DOCS });
    expect((await deploy(machine, 'cursor')).applied).toMatchObject({ state: 'written' });
    for (const name of ['.cursor', 'dotfiles/now', 'dotfiles/cursor/mcp.json', 'dotfiles/cursor/second.json'])
      expect((await lstat(machine.path(name))).isSymbolicLink(), name).toBe(true);
    expect(await machine.read('dotfiles/real.json')).toContain('docs.example.com');
    await undoDeploy(machine.ctx, { client: 'cursor' });
    expect(await machine.read('dotfiles/real.json')).toBe('{}\n');
  });

  it('a file with a second name keeps it, and both have the new content', async () => {
    const machine = await makeMachine();
    await machine.write('dotfiles.json', '{"mcpServers":{}}\n');
    await mkdir(dirname(machine.path(CURSOR)));
    await link(machine.path('dotfiles.json'), machine.path(CURSOR));
    await chmod(machine.path(CURSOR), 0o640);
    await put(machine, { docs: DOCS });
    const { applied } = await deploy(machine, 'cursor');
    expect(applied).toMatchObject({ state: 'written', notes: [expect.stringContaining('in place')] });
    expect(await machine.read('dotfiles.json')).toBe(await machine.read(CURSOR));
    expect(await machine.read('dotfiles.json')).toContain('docs.example.com');
    expect([(await stat(machine.path(CURSOR))).nlink, await machine.mode(CURSOR)]).toEqual([2, 0o640]);
    await undoDeploy(machine.ctx, { client: 'cursor' });
    expect(await machine.read('dotfiles.json')).toBe('{"mcpServers":{}}\n');
  });
});

const ODD: ReadonlyArray<readonly [what: string, file: string, text: string]> = [
  ['line ends of two kinds, and none at the end', CURSOR, '{\r\n  "a": 1,\n  "mcpServers": {\r\n  }\n}'],
  ['numbers that no program could hold', CURSOR, '{"n":12345678901234567890123,"f":1.000,"e":1E400,"mcpServers":{}}'],
  ['escapes, and letters of all kinds', CURSOR, '{"\\u00e9\\/":"\\ud83d\\ude00 \u2028 \u202e","mcpServers":{}}'],
  ['a list of the same name deeper down', CURSOR, '{"projects":{"p":{"mcpServers":{"docs":{"command":"x"}}}}}'],
  ['names that objects have from birth', CURSOR, '{"__proto__":{"a":1},"mcpServers":{"__proto__":{"command":"x"}}}'],
  ['servers that are none', CURSOR, '{"mcpServers":{"a":null,"b":3,"c":[],"":{"command":"x"}}}'],
  ['text that looks like tables', CODEX, 't = """\n[mcp_servers.docs]\n"""\n[mcp_servers.b] # [mcp_servers.docs]\n'],
  ['dotted keys, and a table in a line', CODEX, 'a.b.c = 1\nd = { e = [1, { f = 2 }] }\n[x]\ny.z = 1979-05-27\n'],
  [
    'tables with several elements',
    CODEX,
    '[[hooks]]\nn = nan\n[[hooks]]\nn = inf\n[mcp_servers."a.b"]\ncommand = "x"\n',
  ],
  ['line ends of Windows, and none at the end', CODEX, 'model = "x"\r\n[mcp_servers.a]\r\ncommand = "y"'],
  [
    'a start of the document, and anchors elsewhere',
    GOOSE,
    '---\nbase: &b [1, 2]\nother: *b\nextensions:\n  a:\n    cmd: x\n',
  ],
  [
    'texts over lines, and words of YAML 1.1',
    GOOSE,
    'no: yes\nt: |\n  extensions:\n    docs:\nextensions:\n  no:\n    cmd: 010\n',
  ],
];

describe('a layout that is not everyday stays', () => {
  it.each(Object.entries(FILES))(
    '%s',
    async (client, file) => {
      const machine = await makeMachine();
      await put(machine, { docs: DOCS, 'na.me "q" é': LOCAL });
      for (const [what, , text] of ODD.filter((row) => row[1] === file)) {
        await machine.write(file, text);
        expect((await deploy(machine, client)).applied?.state, what).toBe('written');
        const after = await machine.read(file);
        let at = 0;
        for (const line of text.split(/\r?\n|[{},]/).filter((part) => part.trim() !== '')) {
          const found = after.indexOf(line, at);
          expect(found, `${line} in ${after}`).toBeGreaterThanOrEqual(at);
          at = found + line.length;
        }
        const { clients } = await scanClients(machine.ctx, { client });
        expect(
          clients[0]?.servers.filter(({ owned }) => owned).map(({ name, drift }) => [name, drift]),
          what,
        ).toEqual([
          ['docs', undefined],
          ['na.me "q" é', undefined],
        ]);
        await undoDeploy(machine.ctx, { client });
        expect(await machine.read(file), what).toBe(text);
      }
    },
    LIMIT_MS,
  );

  it("a person's text in an entry that is taken over is never printed again", async () => {
    const machine = await makeMachine();
    const text =
      'extensions:\n  docs:\n    type: stdio\n    cmd: x\n    description: |+\n      as I wrote it\n\n\nmore: 1\n';
    await machine.write(GOOSE, text);
    await put(machine, { docs: LOCAL });
    const { applied } = await deploy(machine, 'goose', { takeOver: true });
    const after = await machine.read(GOOSE);
    expect([applied?.state, after]).toEqual(['refused', text]);
  });
});

describe('entries of others', () => {
  it("goose's own extensions stay, and are not imported", async () => {
    const machine = await makeMachine();
    const own =
      'extensions:\n  developer:\n    type: builtin\n    name: developer\n    enabled: true\n  memory:\n    bundled: true\n    type: platform\n    enabled: false\n';
    await machine.write(GOOSE, own);
    expect((await refusal(importClient(machine.ctx, { client: 'goose' }))).message).toMatch(/no MCP server|no server/);
    await put(machine, { github: LOCAL });
    await deploy(machine, 'goose');
    const after = await machine.read(GOOSE);
    expect(after.startsWith(own)).toBe(true);
    for (const required of ['name: github', 'enabled: true', 'cmd: npx', 'args:'])
      expect(after.slice(own.length)).toContain(required);
  });

  it('a header that joins others written inline leaves a file that loads', async () => {
    const machine = await makeMachine();
    await machine.write(
      CODEX,
      '[mcp_servers.docs]\nurl = "https://docs.example.com/mcp"\nhttp_headers = { A = "1" } # mine\n',
    );
    await put(machine, { docs: { ...DOCS, headers: { A: '1' } } });
    expect((await deploy(machine, 'codex')).applied?.state).toBe('adopted');
    await put(machine, { docs: { ...DOCS, headers: { A: '1', B: '2' } } });
    expect((await deploy(machine, 'codex')).applied?.state).toBe('written');
    expect(await machine.read(CODEX)).toContain('# mine');
    expect(parseToml(await machine.read(CODEX))).toEqual({
      mcp_servers: { docs: { url: DOCS.url, http_headers: { A: '1', B: '2' } } },
    });
  });

  it('a list that keeps a server off is named when the server goes', async () => {
    const machine = await makeMachine();
    await put(machine, { docs: DOCS, github: LOCAL });
    await deploy(machine, 'copilot-cli');
    await put(machine, { docs: DOCS });
    const { applied } = await deploy(machine, 'copilot-cli');
    expect(applied?.notes).toEqual([
      'github is taken out; its name may still be in disabledMcpServers in its settings.json, which keeps it off',
    ]);
  });
});

describe('after a power failure', () => {
  it('a file full of zero bytes is damaged and not empty, and the newest copy is offered', async () => {
    const machine = await makeMachine();
    await machine.write(CODEX, 'model = "o9"\n');
    await put(machine, { docs: DOCS });
    const { applied } = await deploy(machine, 'codex');
    const { size } = await stat(machine.path(CODEX));
    await writeFile(machine.path(CODEX), Buffer.alloc(size));
    const { clients } = await scanClients(machine.ctx, { client: 'codex' });
    expect(clients[0]).toMatchObject({ state: 'unparsable', fault: expect.stringContaining('zero bytes') });
    expect(clients[0]?.next?.hint).toContain(`The newest copy is ${applied?.backup}.`);
    expect((await deploy(machine, 'codex', { restore: true })).applied?.state).toBe('refused');
    expect((await undoDeploy(machine.ctx, { client: 'codex' })).targets[0]?.state).toBe('refused');
    expect(await readFile(machine.path(CODEX))).toEqual(Buffer.alloc(size));
  });

  it('a file that is truncated while a plan is carried out is not written', async () => {
    const machine = await makeMachine();
    await machine.write(CURSOR, '{ "mcpServers": { "mine": { "command": "x" } } }');
    await put(machine, { docs: DOCS });
    const plan = await planDeploy(machine.ctx, { name: NAME, clients: ['cursor'] });
    const file = await open(machine.path(CURSOR), 'r+');
    await file.truncate(10);
    await file.close();
    expect((await applyDeploy(machine.ctx, plan)).targets[0]?.state).toBe('stale');
    expect((await stat(machine.path(CURSOR))).size).toBe(10);
  });
});
