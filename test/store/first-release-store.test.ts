import { createHash } from 'node:crypto';
import { chmodSync, cpSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Draft } from '../../src/store/api/drafts.ts';
import type { Store } from '../../src/store/api/store.ts';
import type { CommitEntry } from '../../src/store/api/versions.ts';
import { onMemory, openStore, type StorePaths } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

const FIXTURE = join(import.meta.dirname, '../fixtures/first-release-store');
const author = { name: 'test', version: '1', via: 'cli' } as const;

interface ExpectedVersion {
  readonly version: number;
  readonly action: string;
  readonly digest: string;
}

/** What version 0.1.0 itself said of the store, see the README.md beside it. */
const expected = JSON.parse(readFileSync(join(FIXTURE, 'expected.json'), 'utf8')) as {
  readonly store: string;
  readonly head: { readonly index: number; readonly commit: string };
  readonly commits: readonly object[];
  /** By name, newest version first. */
  readonly configs: Readonly<Record<string, readonly [ExpectedVersion, ...ExpectedVersion[]]>>;
  readonly purged: readonly string[];
  readonly keys: ReadonlyArray<{ readonly keyId: string; readonly label: string }>;
  readonly drafts: readonly object[];
};
const histories = Object.entries(expected.configs);

let paths: StorePaths;
let dispose: () => Promise<void>;
let store: Store;

beforeEach(async () => {
  ({ paths, dispose } = await makeVar());
  cpSync(join(FIXTURE, 'storage'), paths.storage, { recursive: true });
  cpSync(join(FIXTURE, 'keys'), paths.keys, { recursive: true });
  chmodSync(paths.keys, 0o700);
  for (const name of readdirSync(paths.keys)) chmodSync(join(paths.keys, name), 0o600); // git keeps no such mode
  store = await openStore({ paths });
});
afterEach(async () => {
  await store.close();
  await dispose();
});

/** Opens the store as another process would, with nothing remembered. */
async function reopen(): Promise<void> {
  await store.close();
  store = await openStore({ paths });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The digest of each file of the log, the artifacts, the quarantine and the format, by its path below `root`. */
function lastingFiles(root: string): Map<string, string> {
  const lasting = /^storage\/(format$|log\/|objects\/|quarantine\/)/;
  const files = readdirSync(join(root, 'storage'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const byPath = files.map((file) => [relative(root, file).replaceAll(sep, '/'), file] as const);
  return new Map(
    byPath.filter(([path]) => lasting.test(path)).map(([path, file]) => [path, sha256(readFileSync(file))]),
  );
}

function recordedFiles(): Map<string, string> {
  const lines = readFileSync(join(FIXTURE, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
  return new Map(lines.map((line) => [line.slice(66).trimEnd(), line.slice(0, 64)]));
}

/** Files that are gone or have other bytes than in the fixture. */
function changedFiles(): string[] {
  const files = lastingFiles(paths.root);
  return [...recordedFiles()].filter(([path, digest]) => files.get(path) !== digest).map(([path]) => path);
}

function commitFacts({ index, commit, keyId, verdict, statement }: CommitEntry): object {
  const changes = statement?.changes.map((one) =>
    one.action === 'purge' ? one.action : `${one.action} ${one.name}@${one.version}`,
  );
  const keys = statement?.keys.map((key) => (key.action === 'add' ? `${key.action} ${key.label}` : key.action));
  return { index, commit, keyId, verdict, message: statement?.message, changes, keys };
}

async function draftOf(name: string): Promise<Draft> {
  const draft = await store.drafts.get(name);
  if (draft === undefined) throw new Error(`${name} has no draft`);
  return draft;
}

/** Makes a draft the newest version, and discards it. */
async function publish({ name, bytes, mediaType, message, baseVersion, revision }: Draft): Promise<number | undefined> {
  const { versions } = await store.writer.commit({
    changes: [{ action: 'put', name, bytes, mediaType, expectedVersion: baseVersion }],
    message,
    author,
  });
  expect(await store.drafts.discard(name, revision)).toBe(true);
  return versions[0]?.version;
}

/** Nothing wrong from the first commit to the last byte. */
async function expectSound(commits: number): Promise<void> {
  const report = await store.maintenance.verify({
    depth: 'bytes',
    expectCommit: expected.head.commit,
    expectStore: expected.store,
  });
  expect(report).toMatchObject({ ok: true, findings: [], checked: { commits } });
}

// Its files are what is held to.
describe.skipIf(onMemory)('a store that the first release wrote', () => {
  it('is complete in the repository, byte for byte', () => {
    expect(lastingFiles(FIXTURE)).toEqual(recordedFiles());
    expect(expected.commits).toHaveLength(26);
  });

  it('verifies to the last byte, and nothing about it is doubtful', async () => {
    await expectSound(expected.commits.length);
    expect(await store.state.status()).toMatchObject({
      store: expected.store,
      head: expected.head,
      pin: expected.head,
      anchor: 'pin',
      writable: undefined,
      notices: [],
    });
    expect(store.state.notices()).toEqual([]);
  });

  it('has the same commits, each with a good signature', async () => {
    const commits = (await store.feed.recent(100)).map(commitFacts).reverse();
    expect(commits).toEqual(expected.commits.map((commit) => ({ ...commit, verdict: 'ok' })));
  });

  it('has the same configs and versions', async () => {
    const heads = await store.reader.heads({ includeDeleted: true, limit: 100 });
    expect(heads).toMatchObject({
      items: histories.map(([name, [{ version, action, digest }]]) => ({ name, version, action, digest })),
      total: histories.length,
    });
    for (const [name, versions] of histories) {
      const page = await store.reader.versions(name, { limit: 100 });
      expect(page, name).toMatchObject({ items: versions, total: versions.length });
    }
  });

  it('has the same keys, in the same state, and signs with the one in force', async () => {
    expect((await store.state.status()).keys).toEqual(expected.keys);
    const signing = expected.keys.find(({ label }) => label === 'second key');
    expect(await store.keys.probeSigning()).toBe(signing?.keyId);
  });

  it('gives the bytes of every live config, and of every version that has some', async () => {
    for (const [name, versions] of histories) {
      const [head] = versions;
      if (head.action === 'delete')
        await expect(store.reader.read(name), name).rejects.toMatchObject({ code: 'NOT_FOUND' });
      else expect(sha256((await store.reader.read(name)).bytes), name).toBe(head.digest);
      for (const { version, action, digest } of versions) {
        const label = `${name}@${version}`;
        if (expected.purged.includes(label))
          await expect(store.reader.read(name, version), label).rejects.toMatchObject({ code: 'PURGED' });
        else if (action !== 'delete') {
          const read = await store.reader.read(name, version);
          expect({ digest: sha256(read.bytes), verified: read.verified, notices: read.notices }, label).toEqual({
            digest,
            verified: true,
            notices: [],
          });
        }
      }
    }
  });

  it('goes on: a put, a draft that is published, a restore; what was written stays as it is', async () => {
    const put = await store.writer.commit(puts({ 'notes/new': 'of a later release' }));
    expect(put.receipt.index).toBe(expected.head.index + 1);
    const bytes = Buffer.from('[limits]\nseconds = 5\n');
    const mediaType = 'application/toml';
    const name = 'codex/config';
    const draft = await store.drafts.save({ name, bytes, mediaType, message: 'less time', author, baseVersion: 2 });
    expect(await publish(draft)).toBe(3);
    const restored = await store.writer.commit({
      changes: [{ action: 'restore', name: 'claude-desktop/default', version: 2 }],
      message: '',
      author,
    });
    expect(restored).toMatchObject({ committed: true, versions: [{ version: 4, created: true }] });

    for (const again of [false, true]) {
      if (again) await reopen();
      await expectSound(expected.commits.length + 3);
      expect(changedFiles()).toEqual([]);
    }
    expect(sha256((await store.reader.read('claude-desktop/default')).bytes)).toBe(
      expected.configs['claude-desktop/default']?.find(({ version }) => version === 2)?.digest,
    );
    expect((await store.state.status()).pin).toMatchObject({ index: expected.head.index + 3 });
  });

  it('takes a deletion as the first write, though tmp/ is not there', async () => {
    const { versions } = await store.writer.commit({
      changes: [{ action: 'delete', name: 'cursor/default' }],
      message: '',
      author,
    });
    expect(versions).toMatchObject([{ version: 2 }]);
    await expectSound(expected.commits.length + 1);
  });

  it('still has both drafts, and one can be published', async () => {
    const drafts = (await store.drafts.list()).map(({ fromHere, ...facts }) => {
      expect(fromHere).toBe(false); // an earlier release did not prove it
      return facts;
    });
    expect(drafts).toEqual(expected.drafts);
    const picture = await draftOf('notes/picture');
    expect(sha256(picture.bytes)).toBe(picture.digest);
    expect(await publish(picture)).toBe(1);
    await reopen();
    expect(sha256((await store.reader.read('notes/picture')).bytes)).toBe(picture.digest);
    expect((await store.drafts.list()).map(({ name }) => name)).toEqual(['claude-desktop/default']);
    await expectSound(expected.commits.length + 1);
    expect(changedFiles()).toEqual([]);
  });

  it('remembers the numbers of drafts that are gone', async () => {
    expect(await store.drafts.get('notes/dropped')).toBeUndefined();
    const request = { bytes: Buffer.from('again'), mediaType: 'text/plain', message: '', author, baseVersion: 0 };
    expect(await store.drafts.save({ name: 'notes/dropped', ...request })).toMatchObject({ revision: 3 });
  });
});
