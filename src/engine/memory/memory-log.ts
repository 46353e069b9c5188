import { MAX_ENVELOPE_BYTES } from '../../core/commit/envelope.ts';
import { StoreError } from '../../core/errors.ts';
import type { CommitLog, Entry, LogRange, StagedEntry } from '../port.ts';
import type { MemoryStore } from './memory-store.ts';

/** The highest index, as in files: nine digits. */
const MAX_INDEX = 999_999_999;

/** The log in memory. Artifacts come with the entry that names them, as in a database, and not before. */
export class MemoryLog implements CommitLog {
  readonly #store: MemoryStore;
  readonly #check: () => void;
  readonly #stops = new Set<() => void>();

  /** @param check throws when nothing may be written */
  constructor(store: MemoryStore, check: () => void) {
    this.#store = store;
    this.#check = check;
  }

  peek(index: number): boolean {
    return this.#store.hasEntry(index);
  }

  async readRange(first: number, limit: { readonly commits: number; readonly bytes: number }): Promise<LogRange> {
    await answer();
    const envelopes: Uint8Array[] = [];
    let bytes = 0;
    for (let index = first; envelopes.length < limit.commits; index++) {
      const envelope = this.#store.entry(index)?.subarray(0, MAX_ENVELOPE_BYTES + 1);
      if (envelope === undefined || (envelopes.length > 0 && bytes + envelope.length > limit.bytes)) break;
      envelopes.push(envelope);
      bytes += envelope.length;
    }
    return { first, envelopes, more: this.#store.hasEntry(first + envelopes.length) };
  }

  async beyond(index: number, limit: number): Promise<readonly number[]> {
    await answer();
    return this.#store
      .indexes()
      .filter((one) => one > index)
      .slice(0, limit);
  }

  stage(entry: Entry): StagedEntry {
    this.#check();
    const ready = Promise.all(entry.artifacts.map(({ durable }) => durable)).then(() => entry.confirm?.());
    ready.catch(() => undefined); // awaited by the caller, later
    return { ...entry, envelope: Buffer.from(entry.envelope), ready };
  }

  drop(): void {
    // nothing was written yet
  }

  async publish(staged: readonly StagedEntry[]): Promise<number> {
    await Promise.all(staged.map(({ ready }) => ready));
    await answer();
    this.#check();
    let published = 0;
    for (const entry of staged) {
      if (!this.#publishOne(entry)) break;
      published++;
    }
    if (published > 0 && this.#store.answersToLose > 0) {
      this.#store.answersToLose--;
      return this.#settle(staged);
    }
    return published;
  }

  keep(): void {
    // nothing is lost but with the process
  }

  watch(hint: () => void): () => void {
    const stop = this.#store.onEntry(hint);
    this.#stops.add(stop);
    return () => {
      this.#stops.delete(stop);
      stop();
    };
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #publishOne({ index, envelope, artifacts }: StagedEntry): boolean {
    if (index > MAX_INDEX)
      throw new StoreError('STORE_FULL', 'the log has no index left', { hint: 'A new store has to be begun.' });
    if (index > 0 && !this.#store.hasEntry(index - 1))
      throw new StoreError('CORRUPT', `the log has a gap: commit ${index - 1} is missing`, {
        hint: 'Nothing is written while the gap is there.',
        details: { index: index - 1 },
      });
    if (this.#store.hasEntry(index)) return false;
    for (const { bytes } of artifacts) this.#store.putObject(bytes);
    return this.#store.append(index, envelope);
  }

  /** Without an answer: what is there tells, byte for byte, since no other process signs the same bytes. */
  #settle(staged: readonly StagedEntry[]): number {
    const other = staged.findIndex(({ index, envelope }) => {
      const there = this.#store.entry(index);
      return there === undefined || Buffer.compare(there, envelope) !== 0;
    });
    return other === -1 ? staged.length : other;
  }
}

/** An answer takes a turn of the event loop, in which other callers come first. */
export function answer(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
