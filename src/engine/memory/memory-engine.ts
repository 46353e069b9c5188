import type { Digest, Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { movedStore } from '../moved-store.ts';
import type {
  DraftEntry,
  DraftRevision,
  DraftStore,
  Engine,
  EngineAdmin,
  EngineReport,
  Stray,
  StrayReach,
} from '../port.ts';
import { answer, MemoryLog } from './memory-log.ts';
import { MemoryObjects } from './memory-objects.ts';
import { MemoryStore } from './memory-store.ts';
import { MemoryTurns } from './memory-turns.ts';

/** Returns an engine in memory; several on the same store are installations that share it. */
export function memoryEngine(store = new MemoryStore()): MemoryEngine {
  return new MemoryEngine(store);
}

/** A store that lasts as long as its process. */
export class MemoryEngine implements Engine {
  readonly kind = 'memory';
  readonly away = undefined;
  readonly location = 'memory';
  readonly log: MemoryLog;
  readonly objects: MemoryObjects;
  readonly drafts: DraftStore;
  readonly turns: MemoryTurns;
  readonly admin: EngineAdmin;
  readonly #store: MemoryStore;
  #halted: StoreError | undefined;

  constructor(store: MemoryStore) {
    const check = () => this.#check();
    this.#store = store;
    this.log = new MemoryLog(store, check);
    this.objects = new MemoryObjects(store, check);
    this.drafts = memoryDrafts(store, check);
    this.turns = new MemoryTurns(store);
    this.admin = memoryAdmin(store, check);
  }

  async reach(): Promise<void> {
    // always here
  }

  get halted(): StoreError | undefined {
    return this.#halted;
  }

  halt(reason: StoreError): void {
    this.#halted ??= reason;
  }

  async open(): Promise<{ readonly exists: boolean }> {
    await answer();
    return { exists: this.#store.hasEntry(0) };
  }

  async prepare(): Promise<void> {
    await answer();
    if (this.#halted !== undefined) throw this.#halted;
    this.#store.prepared = true;
  }

  tidy(): Promise<void> {
    return answer();
  }

  async check(): Promise<EngineReport> {
    await answer();
    if (this.#halted !== undefined) throw this.#halted;
    return { message: 'in memory', notices: [] };
  }

  async close(): Promise<void> {
    this.log.close();
  }

  #check(): void {
    if (this.#halted !== undefined) throw this.#halted;
    if (this.#store.movedTo !== undefined) throw movedStore(this.#store.movedTo);
    if (!this.#store.prepared && !this.#store.hasEntry(0))
      throw new StoreError('STORE_UNREADABLE', 'the store was not prepared', {
        hint: 'Prepare it before the first write.',
      });
  }
}

function memoryDrafts(store: MemoryStore, check: () => void): DraftStore {
  return {
    async newest(key: Hex): Promise<DraftRevision | undefined> {
      await answer();
      return store.newestDraft(key);
    },
    async live(keys: readonly Hex[]): Promise<ReadonlySet<Hex>> {
      await answer();
      return new Set(keys.filter((key) => store.newestDraft(key)?.live === true));
    },
    async list(limit: number): Promise<readonly DraftEntry[]> {
      await answer();
      return store.newestDrafts().slice(0, limit);
    },
    async insert(revision: DraftRevision): Promise<'saved' | 'conflict'> {
      await answer();
      check();
      return store.insertDraft(revision) ? 'saved' : 'conflict';
    },
  };
}

function memoryAdmin(store: MemoryStore, check: () => void): EngineAdmin {
  return {
    async refusal(): Promise<undefined> {
      // one's own memory
    },
    async remove(digest: Digest): Promise<void> {
      await answer();
      check();
      store.removeObject(digest);
    },
    async movedTo(): Promise<string | undefined> {
      await answer();
      return store.movedTo;
    },
    async setMoved(to: string | undefined): Promise<void> {
      await answer();
      store.movedTo = to;
    },
    async *objects(olderThan: Date): AsyncGenerator<{ readonly digest: Digest; readonly size: number }> {
      await answer();
      yield* store.objectsBefore(olderThan.getTime());
    },
    async quarantine(first: number): Promise<number> {
      await answer();
      check();
      const indexes = store.indexes().filter((index) => index >= first);
      for (const index of indexes.reverse()) store.takeEntry(index);
      return indexes.length;
    },
    async *strays(reach: StrayReach): AsyncGenerator<Stray> {
      await answer();
      if (reach === 'quarantine')
        for (const { index, envelope } of store.quarantine) yield { where: `quarantine/${index}`, bytes: envelope };
    },
    async setAside(): Promise<number> {
      return 0; // only this engine writes here
    },
  };
}
