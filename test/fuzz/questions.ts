import { sha256Hex } from '../../src/core/digest.ts';
import { isStoreError } from '../../src/core/errors.ts';
import type { Store } from '../../src/store/api/store.ts';
import type { VerifiedRead, VersionRow } from '../../src/store/api/versions.ts';
import { puts } from '../store/temporary-var.ts';
import { SIGNED } from './installation.ts';

/** What is known about the installation that is asked. */
export interface Asked {
  readonly store: Store;
  /** True for an installation that has seen the whole store: it must not take an older version for the newest. */
  readonly seen: boolean;
  /** False when a file of the log, or an artifact, is not as it was written. */
  readonly intact: boolean;
  /** Called before each question, and with what is wrong. */
  readonly asking: (question: string) => void;
  readonly wrong: (problem: string) => void;
}

const author = { name: 'fuzz', version: '1', via: 'cli' } as const;
const COMMITS = new Map(SIGNED.commits.map(({ index, commit }) => [index, commit]));
const VERSIONS = Object.entries(SIGNED.configs).flatMap(([name, versions]) =>
  versions.map((version) => ({ name, ...version })),
);

/** Everything that can be read, by name; each says when an answer that counts as verified is not what was signed. */
const QUESTIONS: Readonly<Record<string, (asked: Asked) => Promise<unknown>>> = {
  list: async ({ store, seen, wrong }) => {
    const { items, total } = await store.reader.heads({ includeDeleted: true, limit: 1_000 });
    const silent = store.state.notices().length === 0;
    if (isOurs(store)) for (const row of items) checkRow(row, wrong, seen && silent);
    if (seen && silent && total !== Object.keys(SIGNED.configs).length)
      wrong(`lists ${total} configs, and says nothing`);
  },
  read: async ({ store, seen, wrong }) => {
    for (const name of Object.keys(SIGNED.configs))
      await answered(store.reader.read(name), (read) => checkRead(read, wrong, seen));
  },
  'read versions': async ({ store, wrong }) => {
    for (const { name, version } of VERSIONS)
      await answered(store.reader.read(name, version), (read) => checkRead(read, wrong));
  },
  'read digests': async ({ store, wrong }) => {
    for (const { digest } of VERSIONS)
      await answered(store.reader.readDigest(digest), (read) => checkRead(read, wrong));
  },
  export: async ({ store, wrong }) => {
    for (const { name, version } of VERSIONS)
      await answered(store.reader.exportVersion(name, version), ({ read, envelope }) => {
        checkRead(read, wrong);
        if (read.verified && sha256Hex(envelope) !== COMMITS.get(read.row.index))
          wrong(`exports a false commit of ${name}`);
      });
  },
  history: async ({ store, wrong }) => {
    for (const name of Object.keys(SIGNED.configs))
      await answered(store.reader.versions(name, { limit: 100 }), ({ items }) => {
        for (const row of items) if (row.verdict === 'ok' && isOurs(store)) checkRow(row, wrong);
      });
  },
  log: async ({ store, wrong }) => {
    for (const { verdict, index, commit } of await store.feed.recent(1_000))
      if (verdict === 'ok' && isOurs(store) && commit !== COMMITS.get(index))
        wrong(`commit ${index} is said to be good`);
  },
  commits: async ({ store, wrong }) => {
    for await (const { verdict, index, commit } of store.feed.commits(0))
      if (verdict === 'ok' && isOurs(store) && commit !== COMMITS.get(index))
        wrong(`commit ${index} is said to be good`);
  },
  status: async ({ store, seen, wrong }) => {
    const { keys, head, notices, writable } = await store.state.status();
    const doubtful = notices.length > 0 || writable !== undefined || store.state.notices().length > 0;
    for (const { keyId, state } of doubtful ? [] : keys) {
      const known = SIGNED.keys.find((key) => key.keyId === keyId);
      if (known === undefined || (seen && known.state !== state)) wrong(`key ${keyId.slice(0, 8)} is ${state}`);
    }
    if (!doubtful && head !== undefined && head.commit !== COMMITS.get(head.index)) wrong('the head is another commit');
    if (seen && !doubtful && head?.index !== SIGNED.head.index)
      wrong(`the head is ${head?.index}, and nothing is said`);
  },
  drafts: async ({ store, wrong }) => {
    for (const { name, fromHere } of await store.drafts.list()) {
      if (fromHere) wrong(`the draft of ${name} is said to be from here`);
      await answered(store.drafts.get(name), (draft) => {
        if (draft?.fromHere === true) wrong(`the draft of ${name} is said to be from here`);
      });
    }
    await store.drafts.having(Object.keys(SIGNED.configs));
  },
  verify: async ({ store, seen, intact, wrong }) => {
    const { ok } = await store.maintenance.verify({ depth: 'bytes' });
    if (ok && seen && !intact) wrong('verify finds nothing wrong');
  },
  garbage: ({ store }) => store.maintenance.collect({ apply: false }),
  backup: async ({ store, wrong }) => {
    for await (const item of store.maintenance.contents())
      if (item.kind === 'commit' && sha256Hex(item.bytes) !== COMMITS.get(item.index)) wrong('backs a false commit up');
      else if (item.kind === 'artifact' && sha256Hex(item.bytes) !== item.digest) wrong('backs a false artifact up');
  },
  rollback: ({ store }) => store.maintenance.rollback(),
  'bad tail': ({ store }) => store.maintenance.badTail(),
};

/** Asks everything that can be read. */
export async function askAll(asked: Asked): Promise<void> {
  for (const [question, ask] of Object.entries(QUESTIONS)) {
    asked.asking(question);
    await answered(ask(asked), () => undefined, asked.wrong);
  }
}

/** What writes, when it does, writes what it was asked to, and nothing elsewhere. */
export async function writeAll({ store, asking, wrong }: Asked): Promise<void> {
  const text = 'of a person';
  asking('put');
  await answered(store.writer.commit(puts({ 'fuzz/new': text })), async () => {
    const { bytes, verified } = await store.reader.read('fuzz/new');
    if (Buffer.from(bytes).toString() !== text || !verified) wrong('a put is not what was put');
  });
  asking('restore');
  const [{ name, version, digest }] = VERSIONS.filter(({ action }) => action === 'restore') as [(typeof VERSIONS)[0]];
  const changes = [{ action: 'restore', name, version } as const];
  await answered(store.writer.commit({ changes, message: '', author }), ({ versions }) => {
    if (versions[0]?.digest !== digest) wrong('a restore signs other bytes');
  });
  asking('save a draft');
  const draft = { name: 'fuzz/draft', bytes: Buffer.from(text), mediaType: 'text/plain', message: '', author };
  await answered(store.drafts.save({ ...draft, baseVersion: 0 }), async () => {
    const saved = await store.drafts.get('fuzz/draft');
    if (saved?.fromHere !== true || Buffer.from(saved.bytes).toString() !== text)
      wrong('a draft is not what was saved');
  });
  asking('discard a draft');
  await answered(store.drafts.discard('notes/picture'));
  asking('collect garbage');
  await answered(store.maintenance.collect({ apply: true }));
  asking('repair');
  await answered(store.maintenance.badTail(), async (tail) => {
    if (tail !== undefined) await answered(store.maintenance.repair({ author, tail, reason: 'fuzz' }));
  });
}

/** False where every answer says that the store is another's, or was rolled back. */
function isOurs(store: Store): boolean {
  return store.state.notices().every(({ code }) => !['STORE_FOREIGN', 'ROLLED_BACK', 'NOT_ANCHORED'].includes(code));
}

/** Waits for an answer; a refusal is one when it says why. */
async function answered<T>(
  answer: Promise<T>,
  check: (value: T) => unknown = () => undefined,
  wrong?: (problem: string) => void,
): Promise<void> {
  let value: T;
  try {
    value = await answer;
  } catch (error) {
    if (isStoreError(error) && error.code !== 'INTERNAL') return;
    if (wrong === undefined) throw error;
    return wrong(`fails with ${error instanceof Error ? error.stack : String(error)}`);
  }
  await check(value);
}

function checkRead({ row, bytes, verified }: VerifiedRead, wrong: (problem: string) => void, newest = false): void {
  if (!verified) return;
  checkRow(row, wrong, newest);
  if (sha256Hex(bytes) !== row.digest) wrong(`the bytes of ${row.name}@${row.version} are others`);
}

/** What counts as verified must have been signed in that place; `newest` for what is answered as the newest version. */
function checkRow(row: VersionRow, wrong: (problem: string) => void, newest = false): void {
  const { name, version, digest, action, commit, index } = row;
  const signed = SIGNED.configs[name]?.find((one) => one.version === version);
  if (signed?.digest !== digest || signed.action !== action || COMMITS.get(index) !== commit)
    wrong(`${name}@${version} was never signed so`);
  if (newest && SIGNED.configs[name]?.[0].version !== version) wrong(`${name}@${version} is said to be the newest`);
}
