import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromClient } from '../../src/clients/canonical/from-client.ts';
import { dialectOf } from '../../src/clients/dialects/index.ts';
import { readClientFile } from '../../src/clients/section-place.ts';
import { applyDeploy } from '../../src/verbs/clients/apply-deploy.ts';
import { planDeploy } from '../../src/verbs/clients/plan-deploy.ts';
import { scanClients } from '../../src/verbs/clients/scan-clients.ts';
import { putConfig } from '../../src/verbs/configs/put-config.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';
import { makeMachine } from '../verbs/clients/machine.ts';

/** The programs themselves, from npm; they are no dependency of anything here. */
const CLIENTS = [
  {
    client: 'claude-code',
    program: ['@anthropic-ai/claude-code', '2.1.332', 'claude'],
    add: ['mcp', 'add', '--scope', 'user', 'theirs', '--', 'true'],
    list: ['mcp', 'list'],
    connects: true,
  },
  {
    client: 'codex',
    program: ['@openai/codex', '0.169.0', 'codex'],
    add: ['mcp', 'add', 'theirs', '--', 'true'],
    list: ['mcp', 'list'],
  },
  { client: 'opencode', program: ['opencode-ai', '1.18.33', 'opencode'], list: ['mcp', 'list'], connects: true },
  {
    client: 'qwen-code',
    program: ['@qwen-code/qwen-code', '0.24.4', 'qwen'],
    add: ['mcp', 'add', '--scope', 'user', 'theirs', 'true'],
    list: ['mcp', 'list'],
    connects: true,
  },
  {
    client: 'gemini-cli',
    program: ['@google/gemini-cli', '0.61.0', 'gemini'],
    add: ['mcp', 'add', '--scope', 'user', 'theirs', 'true'],
    list: ['mcp', 'list'],
  },
  {
    client: 'copilot-cli',
    program: ['@github/copilot', '1.0.102', 'copilot'],
    add: ['mcp', 'add', 'theirs', '--', 'true'],
    list: ['mcp', 'list'],
  },
] as const;

const TINY = join(import.meta.dirname, '..', 'clients', 'tiny-server.mjs');
const run = promisify(execFile);
const LIMIT_MS = 120_000;

/** They are large and need the network: only with SLOW=1. */
describe.runIf(process.env['SLOW'] === '1')('the real programs', () => {
  let prefix: string;
  beforeAll(async () => {
    prefix = process.env['REAL_CLIENTS'] ?? (await temporaryFolder());
    if (process.env['REAL_CLIENTS'] !== undefined) return;
    const packages = CLIENTS.map(({ program: [name, version] }) => `${name}@${version}`);
    await run('npm', ['install', '--prefix', prefix, '--no-audit', '--no-fund', ...packages], { timeout: 900_000 });
  }, 900_000);

  it.each(CLIENTS)(
    '$client reads what is deployed next to its own server, and its own writing is no drift',
    async (one) => {
      const { client, program, list } = one;
      const machine = await makeMachine();
      const env = {
        ...{ PATH: process.env['PATH'] ?? '', HOME: machine.home, XDG_CONFIG_HOME: machine.path('.config') },
        ...{ CI: '1', NO_COLOR: '1', DISABLE_AUTOUPDATER: '1', DISABLE_TELEMETRY: '1' },
      };
      const use = async (args: readonly string[]): Promise<string> => {
        const command = join(prefix, 'node_modules', '.bin', program[2]);
        const options = { env, cwd: machine.home, timeout: LIMIT_MS, maxBuffer: 16_777_216 };
        const done = run(command, [...args], options);
        done.child.stdin?.end();
        const { stdout, stderr } = await done;
        return stdout + stderr;
      };
      const add = 'add' in one ? one.add : undefined;
      if (add !== undefined) await use(add);
      const file = (await scanClients(machine.ctx, { client })).clients[0];
      if (add === undefined) {
        await mkdir(dirname(file?.path ?? ''), { recursive: true });
        await writeFile(
          file?.path ?? '',
          '{\n  // mine\n  "mcp": { "theirs": { "type": "local", "command": ["true"] } }\n}\n',
        );
      }
      const before = await readFile(file?.path ?? '', 'utf8');
      // What the program writes is what the dialect says of it: the entry is read, and each other member is known to be the person's.
      const dialect = dialectOf(client);
      const { section } = await readClientFile(dialect, before, 'the file');
      const theirs = fromClient(dialect, section.entries.get('theirs')?.value ?? {});
      expect(theirs.server).toEqual({ type: 'stdio', command: 'true' });
      expect(theirs.leftOut.filter((member) => !dialect.kept.includes(member))).toEqual([]);
      await putConfig(machine.ctx, {
        name: 'a/b',
        json: { mcpServers: { tiny: { type: 'stdio', command: process.execPath, args: [TINY] } } },
      });
      const { planId } = await planDeploy(machine.ctx, { name: 'a/b', clients: [client] });
      expect((await applyDeploy(machine.ctx, { planId })).targets).toMatchObject([{ state: 'written' }]);
      const listed = await use(list);
      expect(listed).toContain('tiny');
      expect(listed).toContain('theirs');
      if ('connects' in one) expect(listed).toMatch(/tiny.*(?:connected|✓|✔)|(?:connected|✓|✔).*tiny/i);
      // The program writes its file again: ours is as it was.
      if (add !== undefined) await use(add.map((word) => (word === 'theirs' ? 'another' : word)));
      const scanned = await scanClients(machine.ctx, { client });
      const ours = scanned.clients[0]?.servers.filter(({ owned }) => owned);
      expect(ours?.map(({ name, drift }) => [name, drift])).toEqual([['tiny', undefined]]);
      expect(before).not.toContain('tiny');
    },
    300_000,
  );
});
