import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Block, blocksOf, documents } from './blocks.ts';
import { type Circumstances, Reader } from './reader.ts';

/** How a document is followed. */
interface Following extends Circumstances {
  /** Takes seconds: with SLOW=1 only. */
  readonly slow?: true;
  /** Programs of its commands that a machine may lack: then it is skipped. */
  readonly needs?: readonly string[];
  /** What the page takes for granted; returns what its examples are here. */
  prepare?(reader: Reader): Promise<Record<string, string> | undefined> | undefined;
  /** Before the block that has this text. */
  readonly before?: readonly [text: string, happens: (reader: Reader) => Promise<unknown>];
}

const SERVERS = '{"mcpServers":{"github":{"command":"npx","args":["-y","server-github@1.2.3"]}}}\n';
const ports = async () => ({ '3000': await freePort(), '8002': await freePort() });

const FOLLOWED: Readonly<Record<string, Following>> = {
  'README.md': { prepare: ports },
  'docs/install.md': { saysYes: ['config-store clients uninstall'] },
  'docs/claude-desktop.md': { saysYes: ['config-store install claude-desktop --docker'] },
  'docs/first-steps.md': {},
  'docs/backup.md': {
    slow: true,
    prepare: withPassphrase,
    before: ['config-store backup restore store.age --passphrase', ({ data }) => rename(data, `${data}-lost`)],
  },
  'docs/keys.md': {
    slow: true,
    saysYes: ['config-store keys revoke'],
    prepare: withPassphrase,
    before: [
      'config-store keys revoke',
      async (reader) => {
        const { keys, head } = JSON.parse(await reader.run('config-store status --json'));
        const [{ key_id: first }] = keys;
        Object.assign(reader.examples, { '1f0c2a9b': first.slice(0, 8), '42': String(head.index + 1) });
      },
    ],
  },
  'docs/everyday.md': {
    slow: true,
    saysYes: ['config-store edit', 'config-store clients deploy'],
    prepare: async (reader) => {
      reader.file('team/servers.json', SERVERS);
      reader.file('claude_desktop_config.json', SERVERS);
      reader.file('home/.cursor/mcp.json', SERVERS.replace('github', 'other'));
      const editor = reader.program('editor', `sed -i.old s/1.2.3/1.2.4/ "$1"`);
      await reader.run(`export EDITOR='${editor}'`);
      return undefined;
    },
  },
  'docs/clients.md': {
    slow: true,
    saysYes: ['config-store clients deploy'],
    prepare: (reader) => {
      reader.file('home/.cursor/mcp.json', SERVERS);
      return undefined;
    },
  },
  'docs/http.md': { needs: ['curl', 'nc', 'openssl'], prepare: ports },
  'docs/telemetry.md': {
    slow: true,
    prepare: async (reader) => {
      reader.file('servers.json', SERVERS);
      await reader.run('config-store put team/mcp servers.json');
      return undefined;
    },
  },
  'docs/troubleshooting.md': {
    saysYes: ['config-store trust --accept'],
    exits: { 'config-store verify': 2 },
    before: ['config-store verify\nconfig-store trust', rollBack],
  },
  'docs/verify-yourself.md': {
    needs: ['jq', 'openssl'],
    prepare: async (reader) => {
      reader.file('servers.json', SERVERS);
      const stored = JSON.parse(await reader.run('config-store put team/mcp servers.json --json'));
      return {
        '000000042': '000000001',
        'anna.pub.pem': join(reader.data, 'keys', `${stored.receipt.key_id}.pub.pem`),
        'var/storage': join(reader.data, 'storage'),
        '5f0c…': stored.receipt.commit,
      };
    },
  },
};

/** A store that holds something, and a passphrase in a file. */
async function withPassphrase(reader: Reader): Promise<undefined> {
  reader.file('passphrase.txt', 'correct horse battery staple\n');
  reader.file('servers.json', SERVERS);
  await reader.run('chmod 600 passphrase.txt && config-store put team/servers servers.json');
}

/** A port that is free at this moment. */
function freePort(): Promise<string> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(String(typeof address === 'object' ? address?.port : address)));
    });
  });
}

/** Puts an older copy of the storage back, as a snapshot of the volume would. */
async function rollBack(reader: Reader): Promise<void> {
  const storage = join(reader.data, 'storage');
  reader.file('a.json', '{}');
  await reader.run('config-store put a a.json');
  cpSync(storage, join(reader.folder, 'older'), { recursive: true });
  await reader.run('config-store label a@1 stable');
  rmSync(storage, { recursive: true });
  cpSync(join(reader.folder, 'older'), storage, { recursive: true });
}

const isHere = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;
const isInstalled = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const isFollowed = ({ mark }: Block) => mark === undefined || mark.kind === 'save as';

describe.skipIf(process.platform === 'win32')('the commands of', () => {
  for (const [document, { slow, needs = [], prepare, before, ...circumstances }] of Object.entries(FOLLOWED))
    it.skipIf((slow === true && process.env['SLOW'] !== '1') || !needs.every(isInstalled))(
      `${document} do what the page says, one after another`,
      async () => {
        const reader = new Reader(circumstances);
        onTestFinished(() => reader.leave());
        Object.assign(reader.examples, await prepare?.(reader));
        for (const block of blocksOf(document).filter(isFollowed)) {
          if (!isHere(block.shell)) continue;
          if (before !== undefined && block.text.startsWith(before[0])) await before[1](reader);
          await reader.follow(block);
        }
      },
      300_000,
    );
});

it('every block of commands is followed, or says why not', () => {
  const blocks = documents().flatMap(blocksOf);
  const unmarked = blocks.filter(({ place, mark }) => mark === undefined && !((place.split(':')[0] ?? '') in FOLLOWED));
  expect(unmarked.map(({ place }) => place)).toEqual([]);
  const marked = blocks.filter(({ mark }) => mark !== undefined);
  expect(blocks.length - marked.length).toBeGreaterThan(40);
  const kinds = Object.groupBy(marked, ({ mark }) => mark?.kind ?? '');
  // One more that no test runs is a decision, not an accident.
  expect(Object.fromEntries(Object.entries(kinds).map(([kind, those]) => [kind, those.length]))).toEqual({
    'save as': 1,
    'run with': 11,
    'not run': 18,
  });
});

it('a test that is named as the one that runs a block is there', () => {
  const named = documents()
    .flatMap(blocksOf)
    .flatMap(({ mark }) => (mark?.kind === 'not run' ? (mark.what.match(/test\/\S+\.ts/g) ?? []) : []));
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) expect(existsSync(join(import.meta.dirname, '..', '..', path)), path).toBe(true);
});
