import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StdioPeer } from './stdio-peer.ts';

/** A server that is measured: how it is started on a folder, and how it stores and gives back a text under a name. */
export interface Contender {
  readonly title: string;
  readonly start: (folder: string) => StdioPeer;
  readonly put: (peer: StdioPeer, folder: string, name: string, text: string) => Promise<void>;
  readonly get: (peer: StdioPeer, folder: string, name: string) => Promise<void>;
  /** False for a server that keeps nothing: its figures are what the protocol alone costs. */
  readonly stores: boolean;
}

/** Where the programs of the contenders are. */
export interface Programs {
  /** The bundled echo, and the folder of its compile cache. */
  readonly echo: string;
  readonly echoCache: string;
  /** Our own bundle. */
  readonly server: string;
  /** The folder in which the two published servers were installed. */
  readonly peers: string;
}

/** Returns the contenders by short names; each has the compile cache that Node offers, as ours has. */
export function contendersOf(programs: Programs, env: NodeJS.ProcessEnv): Record<string, Contender> {
  const published = (name: string) => join(programs.peers, 'node_modules/@modelcontextprotocol', name, 'dist/index.js');
  const cached = { ...env, NODE_COMPILE_CACHE: programs.echoCache };
  return {
    echo: {
      title: 'echo',
      stores: false,
      start: () => new StdioPeer(programs.echo, [], cached),
      put: (peer, _, __, text) => peer.call('echo', { content: text }),
      get: (peer, _, name) => peer.call('echo', { content: textFor(name) }),
    },
    memory: {
      title: 'server-memory',
      stores: true,
      start: (folder) =>
        new StdioPeer(
          published('server-memory'),
          [],
          { ...cached, MEMORY_FILE_PATH: join(folder, 'memory.jsonl') },
          true,
        ),
      put: async (peer, _, name, text) => {
        await peer.call('create_entities', { entities: [{ name, entityType: 'config', observations: [] }] });
        await peer.call('add_observations', { observations: [{ entityName: name, contents: [text] }] });
      },
      get: (peer, _, name) => peer.call('open_nodes', { names: [name] }),
    },
    filesystem: {
      title: 'server-filesystem',
      stores: true,
      start: (folder) => new StdioPeer(published('server-filesystem'), [folder], cached, true),
      put: (peer, folder, name, content) => peer.call('write_file', { path: fileIn(folder, name), content }),
      get: (peer, folder, name) => peer.call('read_text_file', { path: fileIn(folder, name) }),
    },
    ours: {
      title: 'mcp-config-store',
      stores: true,
      start: (folder) => new StdioPeer(programs.server, ['serve', '--var', join(folder, 'var')], env),
      put: (peer, _, name, content) => peer.call('put_config', { name, content, media_type: 'text/plain' }),
      get: (peer, _, name) => peer.call('get_config', { name, max_chars: 262_144 }),
    },
  };
}

/** Returns a text of so many bytes, another one for each seed. */
export function textOf(bytes: number, seed: string): string {
  const line = createHash('sha256').update(seed).digest('hex');
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
}

const echoed = new Map<string, string>();

/** What an echo is sent in the place of a get: as much as a get gives back. */
function textFor(name: string): string {
  const text = echoed.get(name) ?? textOf(name.includes('large') ? 262_144 : 2_048, name);
  echoed.set(name, text);
  return text;
}

function fileIn(folder: string, name: string): string {
  return join(folder, name.replaceAll('/', '-'));
}

/** Makes an empty folder for a contender. */
export function place(root: string, name: string): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
