import { formatDigest, type Hex } from '../../core/digest.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import type { ObjectStore } from '../../engine/port.ts';
import { notThere, purgedArtifact } from '../api/faults.ts';
import type { ExportedVersion, HeadsQuery, StoreReader } from '../api/reader.ts';
import type { JudgedVersion, Page, VerifiedRead, VersionRow } from '../api/versions.ts';
import { CacheDisagrees } from '../cache/cache-rows.ts';
import { damagedVersion } from '../commits/faults.ts';
import type { Trust } from '../trust/trust.ts';
import type { LogView } from '../view/log-view.ts';
import type { Versions } from '../view/versions.ts';
import { versionReceipt } from '../write/receipt.ts';
import { askEarly, type Early } from './early.ts';
import type { Proofs } from './proof.ts';
import { newestPurge } from './purges.ts';

/** Versions looked at together for the newest trusted one. */
const OLDER_VERSIONS = 100;
/** Larger artifacts are not read for a history, in bytes: it is known whether they are there. */
const HASHED_IN_HISTORY = 65_536;

/** The parts a reader works with. */
export interface ReaderParts {
  readonly view: LogView;
  readonly objects: ObjectStore;
  readonly proofs: Proofs;
  readonly trust: Trust;
}

/** Reads configs: heads and versions from what was verified, and each artifact compared with what was signed. */
export class Reader implements StoreReader {
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  async head(name: string): Promise<VersionRow | undefined> {
    await this.#ready();
    return this.#parts.view.withVersions((versions) => this.#headOf(versions, name));
  }

  async heads({
    prefix = '',
    includeDeleted = false,
    after = '',
    limit,
  }: HeadsQuery): Promise<Page<VersionRow, string>> {
    await this.#ready();
    const { rows, total } = await this.#parts.view.ask((cache) => ({
      rows: cache.heads({ prefix, includeDeleted, after, limit: limit + 1 }),
      total: cache.countHeads(prefix, includeDeleted),
    }));
    return page(rows, limit, total, (row) => row.name);
  }

  async versions(
    name: string,
    { before, limit }: { before?: number | undefined; limit: number },
  ): Promise<Page<JudgedVersion, number>> {
    await this.#ready();
    const { view } = this.#parts;
    return view.withVersions(async (versions) => {
      const head = await this.#headOf(versions, name);
      if (head === undefined) throw (await view.truncated()) ?? notThere(name, head);
      const below = Math.min(before ?? head.version + 1, head.version + 1);
      const rows = await versions.ask((cache) => cache.versions(name, below, limit + 1));
      if (rows.length < Math.min(limit + 1, below - 1)) throw new CacheDisagrees(`a version of ${name} is missing`); // they have no gaps
      const found = page(rows, limit, head.version, (row) => row.version);
      const items: JudgedVersion[] = [];
      for (const row of found.items) items.push(await this.#judged(row));
      return { ...found, items };
    });
  }

  /** Looks at the artifact too, and hashes it where that is quick. */
  async #judged(row: VersionRow): Promise<JudgedVersion> {
    const { view, proofs, objects } = this.#parts;
    const judged = { ...row, verdict: await proofs.verdict(row, view.keyring) };
    if (judged.verdict !== 'ok' || row.action === 'delete') return judged;
    try {
      const isLarge = row.size > HASHED_IN_HISTORY;
      if (isLarge ? await objects.has(row.digest) : await objects.get(row.digest, row.size)) return judged;
    } catch (error) {
      if (!isStoreError(error)) throw error;
      // It cannot be had now, which says nothing about it.
      return error.code === 'CORRUPT' ? { ...judged, missing: 'damaged' } : judged;
    }
    const purge = await newestPurge(view, row.digest);
    return { ...judged, missing: purge === undefined ? 'damaged' : 'purged' };
  }

  /** @throws StoreError NOT_FOUND, PURGED, CORRUPT, KEY_UNTRUSTED, STORE_MISSING */
  async read(name: string, version?: number): Promise<VerifiedRead> {
    const { view, objects } = this.#parts;
    const early = version === undefined ? askEarly(objects, view.versions.remembered(name)) : undefined;
    await this.#ready();
    return view.withVersions(async (versions) => this.#verified(await this.#find(versions, name, version), early));
  }

  /** @throws StoreError NOT_FOUND, DIGEST_AMBIGUOUS, and as `read` */
  async readDigest(prefix: Hex, within = ''): Promise<VerifiedRead> {
    await this.#ready();
    return this.#parts.view.withVersions(async (versions) => {
      const [row, other] = await versions.ask((cache) => cache.byDigest(prefix, within));
      if (row === undefined)
        throw new StoreError('NOT_FOUND', `no version has an artifact whose digest begins with ${prefix}`, {
          hint: 'Look the digest up in a list or a history.',
          advice: [{ do: 'list-configs' }],
        });
      if (other !== undefined)
        throw new StoreError('DIGEST_AMBIGUOUS', `several artifacts begin with ${prefix}`, {
          hint: `Give more of it: ${row.digest.slice(0, 16)}… or ${other.digest.slice(0, 16)}….`,
        });
      return this.#verified(row);
    });
  }

  /** @throws StoreError what forbids relying on the store, and as `read` */
  async exportVersion(name: string, version?: number): Promise<ExportedVersion> {
    const { view, proofs, trust } = this.#parts;
    await view.catchUp('all');
    const absent = await trust.absent();
    if (absent !== undefined) throw absent;
    const read = await this.read(name, version);
    const refusal = trust.refusal();
    if (refusal !== undefined) throw refusal;
    const { envelope } = await view.withVersions(() => proofs.of(read.row));
    const publicKeyPem = view.keyring.publicKeyPem(read.row.keyId);
    if (publicKeyPem === undefined) throw damagedVersion(`the key of commit ${read.row.index} is not in the keyring`);
    return { read, envelope, publicKeyPem };
  }

  /** Takes in what others committed. @throws StoreError STORE_MISSING, STORE_NEWER */
  async #ready(): Promise<void> {
    const { view, trust } = this.#parts;
    await view.catchUp('all');
    // A log whose first commit could not be read is there all the same.
    const missing = view.head === undefined ? (view.fault ?? trust.missing()) : undefined;
    if (missing !== undefined) throw missing;
    if (view.fault?.code === 'STORE_NEWER') throw view.fault;
  }

  /** The newest version; a neighbour with the same cache file may be ahead of this process. */
  async #headOf(versions: Versions, name: string): Promise<VersionRow | undefined> {
    const { view } = this.#parts;
    for (let attempt = 0; ; attempt++) {
      const head = await versions.head(name);
      if (head === undefined || head.index < view.next) return head;
      if (attempt === 3) throw new CacheDisagrees(`${name} is ahead of the log`);
      await view.catchUp('all');
    }
  }

  async #find(versions: Versions, name: string, version: number | undefined): Promise<VersionRow> {
    const head = await this.#headOf(versions, name);
    if (head === undefined || (version === undefined && head.action === 'delete'))
      throw (await this.#parts.view.truncated()) ?? notThere(name, head);
    if (version === undefined) {
      // A log that could not be read to its end may hold a newer version.
      const truncated = await this.#parts.view.truncated();
      if (truncated !== undefined) throw truncated;
      return head;
    }
    const row = version === head.version ? head : await versions.version(name, version);
    if (row === undefined && version > 0 && version < head.version)
      throw new CacheDisagrees(`version ${version} of ${name} is missing`); // they have no gaps
    if (row === undefined)
      throw new StoreError('NOT_FOUND', `${name} has no version ${version}`, {
        hint: `Its versions go from 1 to ${head.version}.`,
        details: { newest_version: head.version },
      });
    if (row.action === 'delete')
      throw new StoreError('NOT_FOUND', `version ${version} of ${name} is its deletion`, {
        hint: `Read version ${version - 1}, the one before it.`,
      });
    return row;
  }

  async #verified(row: VersionRow, early?: Early): Promise<VerifiedRead> {
    const { view, trust } = this.#parts;
    if (row.flaw !== null) throw damagedVersion(row.flaw);
    const untrusted = view.keyring.untrusted(row.keyId, row.index);
    if (untrusted !== undefined) throw await this.#untrusted(untrusted, row);
    const bytes = (early?.digest === row.digest ? await early.bytes : undefined) ?? (await this.#artifact(row));
    const { trusted, notices } = trust.current();
    const store = view.head?.statement.store ?? '';
    return { row, bytes, verified: trusted, receipt: versionReceipt(store, row), notices };
  }

  async #artifact(row: VersionRow): Promise<Uint8Array> {
    const { objects, proofs, view } = this.#parts;
    try {
      const bytes = await objects.get(row.digest, row.size);
      if (bytes !== undefined) return bytes;
    } catch (error) {
      if (isStoreError(error, 'CORRUPT')) await proofs.of(row); // a cache that is wrong is made again before this is said
      throw error;
    }
    await proofs.of(row);
    const purge = await newestPurge(view, row.digest);
    if (purge !== undefined) throw purgedArtifact(row.digest, purge.reason);
    throw damagedVersion(`the artifact ${formatDigest(row.digest)} of ${row.name} version ${row.version} is missing`);
  }

  /** `KEY_UNTRUSTED`, with the newest version that can still be trusted. */
  async #untrusted(reason: string, { name, version }: VersionRow): Promise<StoreError> {
    const { view } = this.#parts;
    for (let before = version; before > 1; ) {
      const rows = await view.versions.ask((cache) => cache.versions(name, before, OLDER_VERSIONS));
      const trusted = rows.find(
        (row) =>
          row.action !== 'delete' && row.flaw === null && view.keyring.untrusted(row.keyId, row.index) === undefined,
      );
      if (trusted !== undefined)
        return new StoreError('KEY_UNTRUSTED', reason, {
          hint: `The newest trusted version of ${name} is ${trusted.version}.`,
          advice: [{ do: 'restore', name, version: trusted.version }],
          details: { trusted_version: trusted.version },
        });
      before = rows.at(-1)?.version ?? 0;
    }
    return new StoreError('KEY_UNTRUSTED', reason, {
      hint: 'No older version is trusted either; put the config again.',
      advice: [{ do: 'put-config', name }],
    });
  }
}

function page<C>(
  rows: readonly VersionRow[],
  limit: number,
  total: number,
  cursor: (row: VersionRow) => C,
): Page<VersionRow, C> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, total, ...(rows.length > limit && last !== undefined ? { next: cursor(last) } : {}) };
}
