import { type Digest, formatDigest, sha256Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { ObjectStore, PendingObject } from '../port.ts';
import { answer } from './memory-log.ts';
import type { MemoryStore } from './memory-store.ts';

/** Artifacts in memory. What is only begun is there once `publish` names it. */
export class MemoryObjects implements ObjectStore {
  readonly withCommit = true;
  readonly byRequest = true;
  readonly #store: MemoryStore;
  readonly #check: () => void;

  /** @param check throws when nothing may be written */
  constructor(store: MemoryStore, check: () => void) {
    this.#store = store;
    this.#check = check;
  }

  begin(bytes: Uint8Array): PendingObject {
    const own = Buffer.from(bytes);
    const durable = answer().then(() => this.#check());
    durable.catch(() => undefined); // awaited by the caller, later
    return { digest: sha256Hex(own), bytes: own, durable };
  }

  async put(bytes: Uint8Array): Promise<Digest> {
    const { digest, bytes: own, durable } = this.begin(bytes);
    await durable;
    this.#store.putObject(own);
    return digest;
  }

  async get(digest: Digest, size: number): Promise<Uint8Array | undefined> {
    await answer();
    const bytes = this.#store.object(digest);
    if (bytes === undefined || (bytes.length === size && sha256Hex(bytes) === digest)) return bytes;
    throw new StoreError('CORRUPT', `the artifact ${formatDigest(digest)} has other bytes than its address says`, {
      hint: 'Putting the same content again repairs it.',
      advice: [{ do: 'verify' }],
      details: { digest: formatDigest(digest) },
    });
  }

  async has(digest: Digest): Promise<boolean> {
    await answer();
    return this.#store.hasObject(digest);
  }
}
