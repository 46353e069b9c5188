import { parseEnvelope } from '../../core/commit/envelope.ts';
import { parsePayload } from '../../core/commit/parse-statement.ts';
import { type CommitId, sha256Hex } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import type { Engine, Stray } from '../../engine/port.ts';
import type { LostCommit, LostVersion } from '../api/maintenance.ts';
import type { VersionRow } from '../api/versions.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { startVerification } from '../commits/verify-commit.ts';
import type { LogView } from '../view/log-view.ts';

/** Parts that lost commits are found with. */
export interface LostParts {
  readonly engine: Engine;
  readonly view: LogView;
}

/** The most entries after the newest good commit that are looked at. */
const MAX_TAIL = 1_000;
const ONE = { commits: 1, bytes: 1_048_576 } as const;

/** Collects commits of this store that are not in its log, each once, from whatever files hold them. */
export class LostCommits {
  readonly #parts: LostParts;
  readonly #found = new Map<CommitId, LostCommit & { readonly where: string[] }>();

  constructor(parts: LostParts) {
    this.#parts = parts;
  }

  /**
   * Looks whether a file holds a commit of this store: `lost`, the index of one that is in the log, or undefined for
   * anything else.
   */
  async look({ where, bytes }: Stray): Promise<LostCommit | number | undefined> {
    const read = bytes === undefined ? undefined : readCommit(bytes);
    const { view } = this.#parts;
    if (bytes === undefined || read === undefined || read.store !== view.keyring.store) return undefined;
    const id = sha256Hex(bytes) as CommitId;
    if ((await view.withVersions((versions) => versions.commitId(read.index))) === id) return read.index;
    const known = this.#found.get(id);
    if (known !== undefined) {
      known.where.push(where);
      return known;
    }
    const record = await this.#verified(bytes, read.index);
    if (record === undefined) return undefined;
    const lost = { ...(await this.#describe(record)), where: [where] };
    this.#found.set(id, lost);
    return lost;
  }

  /** Looks at the entries after the newest good commit: where a branch lost its first commit, the others are left there. */
  async lookAtTail(): Promise<void> {
    const { engine, view } = this.#parts;
    if (view.fault === undefined) return;
    for (const index of await engine.log.beyond(view.next - 1, MAX_TAIL)) {
      const [bytes] = (await engine.log.readRange(index, ONE)).envelopes;
      if (bytes !== undefined) await this.look({ where: `log/${index}`, bytes });
    }
  }

  /** All that were found, oldest first. */
  all(): LostCommit[] {
    return [...this.#found.values()].sort((a, b) => a.index - b.index || (a.commit < b.commit ? -1 : 1));
  }

  /** Undefined where no key in force there signed it: then it is no commit of this store, whatever it says. */
  async #verified(bytes: Uint8Array, index: number): Promise<CommitRecord | undefined> {
    const { keyring } = this.#parts.view;
    try {
      const { record, signature } = startVerification(bytes, { index, store: keyring.store }, keyring);
      await signature;
      return record;
    } catch (error) {
      if (isStoreError(error)) return undefined;
      throw error;
    }
  }

  async #describe({ index, id, keyId, statement, versions, purges }: CommitRecord): Promise<LostCommit> {
    const { view } = this.#parts;
    const { previous, time, message, author, keys } = statement;
    const before = index === 0 ? null : await view.withVersions((known) => known.commitId(index - 1));
    return {
      ...{ index, commit: id, keyId, time, message, author, where: [] },
      forks: before === previous,
      versions: await Promise.all(versions.map((row) => this.#version(row))),
      others: keys.length + purges.length,
    };
  }

  async #version(row: VersionRow): Promise<LostVersion> {
    const { engine, view } = this.#parts;
    if (row.action === 'delete') return { ...row, state: 'deletion' };
    const since = await view.ask((cache) => cache.byDigest(row.digest));
    if (since.some(({ name, index }) => name === row.name && index >= row.index)) return { ...row, state: 'there' };
    return { ...row, state: (await engine.objects.has(row.digest)) ? 'lost' : 'missing' };
  }
}

function readCommit(bytes: Uint8Array): { readonly index: number; readonly store: string } | undefined {
  try {
    return parsePayload(parseEnvelope(bytes).payload);
  } catch (error) {
    if (isStoreError(error)) return undefined;
    throw error;
  }
}
