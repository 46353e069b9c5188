import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnvelope } from '../core/commit/envelope.ts';
import { parsePayload } from '../core/commit/parse-statement.ts';
import { StoreError } from '../core/errors.ts';
import { movedPlace } from '../engine/moved-store.ts';
import type { Engine, StagedEntry } from '../engine/port.ts';
import { type FoundPin, pinBytes } from '../state/pin.ts';
import type { Store } from '../store/api/store.ts';
import { openStore } from '../store/open.ts';

/** Commits that are read, compared or published together. */
const RUN = { commits: 256, bytes: 16 * 1_048_576 } as const;
/** How long a source that was frozen has to be still, in milliseconds: a process may have been about to append. */
const STILL_MS = 500;

/** The result of a copy. */
export interface CopyResult {
  readonly store: string;
  readonly head: { readonly index: number; readonly commit: string };
  /** Counts of what was copied now; the rest was there already. */
  readonly copied: { readonly commits: number; readonly artifacts: number; readonly drafts: number };
  readonly moved: boolean;
}

/** The two ends of a copy, and how it is made. */
export interface CopyRequest {
  readonly from: Engine;
  readonly to: Engine;
  /** Drafts too; they are not signed. */
  readonly drafts: boolean;
  /** Leave the source so that nothing more is written there: two that go on become two stores. */
  readonly move: boolean;
  readonly onProgress?: ((commits: number, total: number) => void) | undefined;
  /** The pin of this installation: a copy of its own store has to go as far. */
  readonly known?: FoundPin | undefined;
  /** True where the source is the storage of this installation, in which no other store belongs. */
  readonly own?: boolean | undefined;
}

/**
 * Copies a whole store from one engine to another, byte for byte: every commit is verified and every artifact hashed on the
 * way. Artifacts come first, so that what is at the other end is a store at each moment. One that was cut short goes on.
 * Closes the source, and leaves the other end open.
 *
 * @throws StoreError VERSION_CONFLICT when the other end has something else; STORE_MISSING for an empty source; CORRUPT;
 * ROLLED_BACK when this installation has seen more of the source; STORE_FOREIGN for another store in its own storage
 */
export async function copyStore(request: CopyRequest): Promise<CopyResult> {
  const { to, move } = request;
  const parent = await mkdtemp(join(tmpdir(), 'config-store-copy-'));
  try {
    const store = await openVerified(request, parent);
    try {
      await to.open();
      await refuseMoved(request);
      await to.prepare();
      const sum = { commits: 0, artifacts: 0, drafts: 0 };
      await copyAll(store, request, sum);
      if (move) await freeze(store, request, sum);
      if (request.drafts) sum.drafts = await copyDrafts(request);
      const head = await compareHeads(store, to);
      const { store: id = '' } = await store.state.status();
      return { store: id, head, copied: sum, moved: move };
    } finally {
      await store.close();
    }
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

/**
 * Opens the source as its own anchor, with nothing of any installation but the pin of that very store: what is copied verifies by
 * itself, and is refused where it is older than what was seen here.
 */
async function openVerified({ from: engine, known = {}, own = false }: CopyRequest, parent: string): Promise<Store> {
  await engine.open();
  const [first] = (await engine.log.readRange(0, { ...RUN, commits: 1 })).envelopes;
  if (first === undefined)
    throw new StoreError('STORE_MISSING', `there is no store in ${engine.location}`, { hint: 'Nothing was copied.' });
  const { store } = parsePayload(parseEnvelope(first).payload);
  if (known.damaged !== undefined)
    throw new StoreError('ROLLED_BACK', `the pin, which says what was seen here, is damaged: ${known.damaged}`, {
      hint: 'Nothing was copied: an older store would pass for the newest.',
      advice: [{ do: 'verify' }],
    });
  if (own && known.pin !== undefined && known.pin.store !== store)
    throw new StoreError(
      'STORE_FOREIGN',
      `${engine.location} holds store ${store.slice(0, 16)}…, which is not this installation's`,
      {
        hint: 'Nothing was copied. Mount the storage that belongs here; to copy another store, name another folder for this installation.',
        advice: [{ do: 'set', setting: 'CONFIG_STORE_VAR' }],
      },
    );
  const state = join(parent, 'state');
  if (known.pin?.store === store) {
    await mkdir(state, { mode: 0o700 });
    await writeFile(join(state, 'pin.json'), pinBytes(known.pin), { mode: 0o600 });
  }
  const opened = await openStore({ engine, keys: join(parent, 'keys'), state, storeId: store });
  const [objection] = opened.state.notices().filter(({ code }) => code === 'ROLLED_BACK');
  if (objection === undefined) return opened;
  await opened.close();
  throw new StoreError('ROLLED_BACK', objection.message, {
    hint: 'Nothing was copied: this installation has seen more of that store.',
    advice: [{ do: 'verify' }],
  });
}

/** A place that was left by a move is taken again by a move only. */
async function refuseMoved({ from, to, move }: CopyRequest): Promise<void> {
  const left = await to.admin.movedTo().catch(() => undefined); // not prepared yet: said by what prepares it
  if (left === undefined) return;
  if (move && (await from.admin.movedTo()) === undefined) return to.admin.setMoved(undefined);
  throw new StoreError('STORE_READONLY', `the store in ${to.location} was moved to ${movedPlace(left)}`, {
    hint: 'Nothing was copied. Move the store back, or copy it to an empty place.',
  });
}

async function copyAll(store: Store, request: CopyRequest, sum: { commits: number; artifacts: number }): Promise<void> {
  const { to, onProgress } = request;
  const there = await sharedLength(store, to);
  const { head } = await store.state.status();
  for await (const item of store.maintenance.contents()) {
    if (item.kind !== 'artifact' || (await to.objects.has(item.digest))) continue;
    await to.objects.put(item.bytes);
    sum.artifacts++;
  }
  let staged: StagedEntry[] = [];
  const publish = async () => {
    const published = await to.log.publish(staged);
    if (published < staged.length) throw differs(to, staged[published]?.index ?? 0);
    sum.commits += published;
    onProgress?.((staged.at(-1)?.index ?? 0) + 1, (head?.index ?? 0) + 1);
    staged = [];
  };
  for await (const item of store.maintenance.contents()) {
    if (item.kind !== 'commit') break;
    if (item.index < there) continue;
    staged.push(to.log.stage({ index: item.index, envelope: item.bytes, artifacts: [] }));
    if (staged.length === RUN.commits) await publish();
  }
  await publish();
}

/** How many commits both have. @throws StoreError VERSION_CONFLICT when the other end has one that the source has not */
async function sharedLength(store: Store, to: Engine): Promise<number> {
  let range = await to.log.readRange(0, RUN);
  for await (const item of store.maintenance.contents()) {
    if (item.kind !== 'commit') break;
    if (item.index - range.first >= range.envelopes.length) range = await to.log.readRange(item.index, RUN);
    const there = range.envelopes[item.index - range.first];
    if (there === undefined) return item.index;
    if (Buffer.compare(there, item.bytes) !== 0) throw differs(to, item.index);
  }
  const { head } = await store.state.status();
  const next = (head?.index ?? -1) + 1;
  if ((await to.log.beyond(next - 1, 1)).length > 0) throw differs(to, next);
  return next;
}

/** Nothing is appended from here on; what came in until then is copied too. */
async function freeze(store: Store, request: CopyRequest, sum: { commits: number; artifacts: number }): Promise<void> {
  const { from, to } = request;
  await from.admin.setMoved(to.location);
  for (let before = -1; before !== sum.commits; ) {
    before = sum.commits;
    await new Promise((resolve) => setTimeout(resolve, STILL_MS));
    await copyAll(store, request, sum);
  }
}

async function copyDrafts({ from, to }: CopyRequest): Promise<number> {
  let copied = 0;
  for (const { key } of await from.drafts.list(100_000)) {
    const draft = await from.drafts.newest(key);
    if (draft !== undefined && (await to.drafts.insert(draft)) === 'saved') copied++;
  }
  return copied;
}

async function compareHeads(store: Store, to: Engine): Promise<CopyResult['head']> {
  const { head } = await store.state.status();
  if (head === undefined || (await sharedLength(store, to)) <= head.index) throw differs(to, head?.index ?? 0);
  return head;
}

function differs({ location }: Engine, index: number): StoreError {
  return new StoreError('VERSION_CONFLICT', `${location} holds another commit ${index} than the source`, {
    hint: 'Nothing there was changed by it. Copy into an empty place, or one that holds the beginning of this very store.',
    details: { index },
  });
}
