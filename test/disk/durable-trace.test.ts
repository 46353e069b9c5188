import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

// Only on Linux, and where tracing is allowed: not in every container.
const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

const CALLS = [
  'ftruncate',
  'open',
  'write',
  'fsync',
  'fdatasync',
  'close',
  'rename',
  'link',
  'unlink',
  'mkdir',
  'sync',
  'syncfs',
];
const script = fileURLToPath(new URL('durable-writes.ts', import.meta.url));
const source = readFileSync(new URL('../../src/disk/durable.ts', import.meta.url), 'utf8');

/** The list in durable.ts's comment: for each kind of write, its system calls. */
const documented = Object.fromEntries(
  [...source.matchAll(/^ \* - (\w+): +(.+)$/gm)].map(([, kind, calls = '']) => [
    kind as string,
    (calls.split(/[;,] the /)[0] as string).split(' · ').map((call) => /^\w+/.exec(call)?.[0]),
  ]),
);

/** What `durable-writes.ts` calls on its folder, by the kind of write that was begun last. */
async function trace(disk: string): Promise<Map<string, string[]>> {
  const byKind = new Map<string, string[]>();
  const folder = await temporaryFolder();
  mkdirSync(join(folder, 'tmp'));
  mkdirSync(join(folder, 'place'));
  const file = join(folder, 'trace');
  execFileSync('strace', ['-f', '-y', '-o', file, process.execPath, script, folder, disk], { stdio: 'pipe' });
  let calls: string[] = [];
  const opened = new Map<string, string>();
  for (const traced of readFileSync(file, 'utf8').split('\n')) {
    // A descriptor stands for the folder that it was opened as.
    const line = traced.replace(/\/proc\/self\/fd\/(\d+)/g, (way, fd: string) => opened.get(fd) ?? way);
    const [, fd, path] = / = (\d+)<([^>]*)>$/.exec(line) ?? [];
    if (fd !== undefined && path !== undefined) opened.set(fd, path);
    if (isWalk(traced, folder)) continue;
    const call = /^\d+ +([a-z]+?)(?:at2?)?\(/.exec(line)?.[1];
    if (call === undefined || !line.includes(folder)) continue;
    const begun = /begin-(\w+)/.exec(line)?.[1];
    if (begun !== undefined) {
      calls = [];
      byKind.set(begun, calls);
    } else if (CALLS.includes(call)) calls.push(call);
  }
  return byKind;
}

/** True for the calls by which a folder is found once, and then kept open. */
function isWalk(line: string, root: string): boolean {
  return /openat\(.*O_DIRECTORY/.test(line) && (line.includes('O_NOFOLLOW') || line.includes(`"${root}"`));
}

it.skipIf(!canTrace).each(['real', 'storage'])(
  'durable.ts makes the system calls of its comment, in that order, and no others, on the %s disk',
  async (disk) => {
    expect(Object.keys(documented)).toEqual([
      ...['stage', 'publish', 'place', 'flush', 'link', 'folder', 'move', 'remove', 'append', 'overwrite'],
    ]);
    const traced = await trace(disk);
    for (const [kind, calls] of Object.entries(documented))
      expect({ kind, calls: traced.get(kind) }).toEqual({ kind, calls });
  },
);
