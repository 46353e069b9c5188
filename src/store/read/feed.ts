import { isStoreError } from '../../core/errors.ts';
import type { Changes, StoreFeed } from '../api/feed.ts';
import type { CommitEntry } from '../api/versions.ts';
import type { Trust } from '../trust/trust.ts';
import type { LogView } from '../view/log-view.ts';
import type { Proofs } from './proof.ts';

/** Shows the log itself, and tells listeners of changes. */
export class Feed implements StoreFeed {
  readonly #view: LogView;
  readonly #proofs: Proofs;
  readonly #trust: Trust;

  constructor(parts: { view: LogView; proofs: Proofs; trust: Trust }) {
    this.#view = parts.view;
    this.#proofs = parts.proofs;
    this.#trust = parts.trust;
  }

  async recent(limit: number, below = Number.POSITIVE_INFINITY): Promise<readonly CommitEntry[]> {
    await this.#ready();
    const entries: CommitEntry[] = [];
    for (let index = Math.min(this.#view.next, below) - 1; index >= 0 && entries.length < limit; index--)
      entries.push(await this.#entry(index));
    return entries;
  }

  async *commits(from: number): AsyncIterable<CommitEntry> {
    await this.#ready();
    const end = this.#view.next;
    for (let index = from; index < end; index++) yield await this.#entry(index);
  }

  subscribe(listener: (changes: Changes) => void): () => void {
    return this.#view.versions.subscribe(listener);
  }

  async look(): Promise<void> {
    await this.#view.catchUp('all');
  }

  async #ready(): Promise<void> {
    await this.#view.catchUp('all');
    const missing = this.#trust.missing();
    if (missing !== undefined) throw missing;
  }

  /** Of a commit whose log file is damaged nothing is said but that. */
  async #entry(index: number): Promise<CommitEntry> {
    try {
      const { record } = await this.#view.withVersions(() => this.#proofs.at(index));
      const { id: commit, keyId, statement } = record;
      const verdict = this.#view.keyring.untrusted(keyId, index) === undefined ? 'ok' : 'untrusted';
      return { index, verdict, commit, keyId, statement };
    } catch (error) {
      if (isStoreError(error, 'CORRUPT', 'STORE_UNREADABLE')) return { index, verdict: 'corrupt' };
      throw error;
    }
  }
}
