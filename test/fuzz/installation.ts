import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Statement } from '../../src/core/commit/statement.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import { commitPath, objectPath } from '../../src/engine/files/layout.ts';
import { newSeed } from '../../src/keys/ed25519.ts';
import { openPrivateKey } from '../../src/keys/formats/private-key-pem.ts';
import { type SigningKey, signingKeyOf } from '../../src/keys/signing-key.ts';
import { payloadOf, signStatement } from '../../src/store/write/sign-commit.ts';
import { openStore, type StorePaths } from '../store/open-store.ts';
import { pathsBelow, puts } from '../store/temporary-var.ts';
import type { Scene } from './storage-changes.ts';

const FIXTURE = join(import.meta.dirname, '../fixtures/first-release-store');

interface ExpectedVersion {
  readonly version: number;
  readonly action: string;
  readonly digest: string;
}

/** What was really signed, as the program that signed it wrote it down. */
export const SIGNED = JSON.parse(readFileSync(join(FIXTURE, 'expected.json'), 'utf8')) as {
  readonly store: string;
  readonly head: { readonly index: number; readonly commit: string };
  readonly commits: ReadonlyArray<{ readonly index: number; readonly commit: string }>;
  /** By name, newest version first. */
  readonly configs: Readonly<Record<string, readonly [ExpectedVersion, ...ExpectedVersion[]]>>;
  readonly keys: ReadonlyArray<{ readonly keyId: string; readonly label: string; readonly state: string }>;
};

/** An installation that may be changed, and what lies around it. */
export interface Installation extends Scene {
  readonly paths: StorePaths;
  /** Where temporary files of the programs go. */
  readonly tmp: string;
  /** Takes everything around the storage as it is now, but for what `except` names; returns what tells the differences. */
  watch(except?: readonly string[]): () => string[];
}

/** Makes the installation that each case gets a copy of: it has seen the whole store, and its pin and cache say so. */
export async function makeOriginal(root: string): Promise<void> {
  const paths = pathsBelow(join(root, 'original'));
  cpSync(join(FIXTURE, 'storage'), paths.storage, { recursive: true });
  cpSync(join(FIXTURE, 'keys'), paths.keys, { recursive: true });
  chmodSync(paths.keys, 0o700);
  for (const name of readdirSync(paths.keys)) chmodSync(join(paths.keys, name), 0o600);
  const store = await openStore({ paths });
  // So that a cache, a pin and all folders are there.
  await store.reader.read('notes/welcome');
  await store.maintenance.collect({ apply: true });
  await store.close();
  await makePool(join(root, 'pool'), paths);
}

/** Makes a fresh copy. `seen` is false for an installation that has keys, and knows nothing of the store yet. */
export function copyInstallation(root: string, name: string, seen: boolean): Installation {
  const home = join(root, name);
  const paths = pathsBelow(join(home, 'var'));
  cpSync(join(root, 'original'), paths.root, { recursive: true });
  if (!seen) {
    rmSync(paths.state, { recursive: true });
    rmSync(join(paths.keys, 'pin.json'));
  }
  const [outside, tmp] = [join(home, 'outside'), join(home, 'tmp')];
  for (const folder of [outside, tmp]) mkdirSync(folder);
  writeFileSync(join(outside, 'precious'), 'precious');
  // The pin has a copy there, which follows what was seen.
  const keyFiles = () => listing(paths.keys).filter((line) => !line.startsWith('pin.json'));
  const taken = () => ({ outside: listing(outside), keys: keyFiles(), tmp: listing(tmp), home: readdirSync(home) });
  return {
    paths,
    storage: paths.storage,
    outside,
    tmp,
    pool: join(root, 'pool'),
    watch: (except = []) => {
      const before = taken();
      return () => {
        const after = taken();
        return (Object.keys(before) as (keyof typeof before)[]).flatMap((where) => {
          if (except.includes(where)) return [];
          const changed = symmetricDifference(before[where], after[where]);
          return changed.length === 0 ? [] : [`${where} was touched: ${changed.join(', ')}`];
        });
      };
    },
  };
}

/** Everything below a folder: kind, mode, size, time and content. Nothing is opened that is no regular file. */
export function listing(folder: string, times = true): string[] {
  return below(Buffer.from(folder), times)
    .map((line) => line.slice(folder.length + 1))
    .sort();
}

function below(folder: Buffer, times: boolean): string[] {
  return readdirSync(folder, { encoding: 'buffer' }).flatMap((name) => {
    const path = Buffer.concat([folder, Buffer.from('/'), name]);
    const stats = lstatSync(path);
    const content =
      stats.isFile() && stats.size < 1e6 && (stats.mode & 0o400) !== 0
        ? sha256Hex(readFileSync(path))
        : stats.isSymbolicLink()
          ? readlinkSync(path)
          : '';
    const facts = stats.isDirectory() ? '' : `${stats.size} ${times ? stats.mtimeMs : ''} ${content}`;
    const line = `${path.toString('latin1')} ${stats.mode.toString(8)} ${facts}`;
    return stats.isDirectory() && (stats.mode & 0o500) === 0o500 ? [line, ...below(path, times)] : [line];
  });
}

export function symmetricDifference(a: readonly string[], b: readonly string[]): string[] {
  const [one, two] = [new Set(a), new Set(b)];
  return [...a.filter((item) => !two.has(item)), ...b.filter((item) => !one.has(item))];
}

/** Commits and artifacts that are signed, but not by a key that had the right to, or for another store. */
async function makePool(pool: string, ours: StorePaths): Promise<void> {
  const foreign = pathsBelow(join(pool, 'foreign'));
  const store = await openStore({ paths: foreign });
  for (const name of Object.keys(SIGNED.configs)) await store.writer.commit(puts({ [name]: `foreign ${name}` }));
  await store.close();
  for (const folder of [foreign.keys, foreign.state]) rmSync(folder, { recursive: true });
  const [first] = SIGNED.keys;
  const opened = await openPrivateKey(readFileSync(join(ours.keys, `${first?.keyId}.key.pem`)), undefined);
  if ('fault' in opened) throw new Error('the key of the fixture does not open');
  const revoked = await signingKeyOf(opened.seed);
  const stranger = await signingKeyOf(newSeed());
  for (const [who, key, from] of [
    ['revoked', revoked, 12],
    ['stranger', stranger, 1],
  ] as const)
    for (let index = from; index <= SIGNED.head.index + 1; index++) forge(join(pool, who), key, index);
}

/** Writes a commit that is right in all but who signed it, and its artifact. */
function forge(folder: string, key: SigningKey, index: number): void {
  const names = Object.keys(SIGNED.configs);
  const name = names[index % names.length] ?? '';
  const bytes = Buffer.from(`forged ${name} ${index}`);
  const digest = sha256Hex(bytes);
  const before = (SIGNED.configs[name] ?? []).filter(({ version }) => indexOf(name, version) < index);
  const keyCommits = [0, 11, 13, 15, 16, 17, 21].filter((one) => one < index);
  const statement: Statement = {
    index,
    store: SIGNED.store,
    previous: SIGNED.commits[index - 1]?.commit ?? null,
    keyring: keyCommits.at(-1) ?? 0,
    time: new Date(0).toISOString(),
    author: { name: 'forger', version: '1', via: 'cli' },
    message: 'forged',
    changes: [
      {
        action: 'put',
        name,
        version: (before[0]?.version ?? 0) + 1,
        digest,
        size: bytes.length,
        mediaType: 'text/plain',
      },
    ],
    keys: [],
  };
  const { envelope } = signStatement(statement, key, payloadOf(statement));
  write(join(folder, 'log', commitPath(index)), envelope);
  write(join(folder, 'objects', objectPath(digest)), bytes);
}

/** The commit that made a version. */
function indexOf(name: string, version: number): number {
  const commit = SIGNED.commits.find((one) =>
    (one as unknown as { changes: readonly string[] }).changes.some((change) => change.endsWith(` ${name}@${version}`)),
  );
  return commit?.index ?? Number.POSITIVE_INFINITY;
}

function write(path: string, bytes: Uint8Array): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, bytes);
}
