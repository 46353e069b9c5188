import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { type Digest, isHexDigest } from '../../core/digest.ts';
import type { EngineAdmin, Stray, StrayReach } from '../port.ts';
import type { FileCommitLog } from './commit-log.ts';
import { FAN_OUT } from './layout.ts';
import { takenFrom } from './log-listing.ts';
import { movedTo, setMoved } from './moved.ts';
import type { FileObjectStore } from './object-store.ts';
import { lookBelow, namesIn, type Storage } from './storage.ts';
import { straysIn } from './strays.ts';

/** How much of a stray's path its name in quarantine shows. */
const NAME_LENGTH = 160;

/** Acts on the files at a person's command. */
export class FileAdmin implements EngineAdmin {
  readonly #storage: Storage;
  readonly #log: FileCommitLog;
  readonly #objects: FileObjectStore;

  constructor(storage: Storage, log: FileCommitLog, objects: FileObjectStore) {
    this.#storage = storage;
    this.#log = log;
    this.#objects = objects;
  }

  async refusal(): Promise<undefined> {
    // a user who may write the folder may remove from it
  }

  remove(digest: Digest): Promise<void> {
    return this.#objects.remove(digest);
  }

  async movedTo(): Promise<string | undefined> {
    return movedTo(this.#storage);
  }

  async setMoved(to: string | undefined): Promise<void> {
    if (to !== undefined || movedTo(this.#storage) !== undefined) await setMoved(this.#storage, to);
  }

  async *objects(olderThan: Date): AsyncGenerator<{ readonly digest: Digest; readonly size: number }> {
    for (const name of FAN_OUT) {
      const folder = join(this.#storage.layout.objects, name);
      for (const digest of namesIn(this.#storage, folder, (one) => isHexDigest(one) && one.startsWith(name))) {
        const stats = lookBelow(this.#storage, join(folder, digest));
        if (stats?.isFile() && stats.mtimeMs < olderThan.getTime()) yield { digest, size: stats.size };
      }
      await turnOfOthers();
    }
  }

  /** Whatever is in the place of a folder of the log is moved as it is, and counts as one. */
  async quarantine(first: number): Promise<number> {
    const { disk, layout } = this.#storage;
    let moved = 0;
    for (const taken of takenFrom(this.#storage, first, 'down')) {
      if (taken.length === 0) continue;
      if (moved === 0) await disk.makeFolder(layout.quarantine);
      const stamp = Date.now();
      moved += await disk.moveAll(
        taken.map(({ path }) => ({
          from: join(layout.log, path),
          to: join(
            layout.quarantine,
            `${stamp}-${path.endsWith('.json') ? path.slice(8) : `log-${path.replace('/', '-')}`}`,
          ),
        })),
      );
    }
    this.#log.forget(first);
    return moved;
  }

  async *strays(reach: StrayReach): AsyncGenerator<Stray> {
    yield* straysIn(this.#storage, reach);
  }

  async setAside(strays: readonly Pick<Stray, 'where'>[]): Promise<number> {
    const { disk, layout } = this.#storage;
    if (strays.length === 0) return 0;
    await disk.makeFolder(layout.quarantine);
    return disk.moveAll(
      strays.map(({ where }) => ({ from: join(layout.root, where), to: join(layout.quarantine, asideName(where)) })),
    );
  }
}

/** A name that nothing else has, whatever the path was: two may differ in what a name cannot hold, and a path may be longer. */
function asideName(where: string): string {
  const shown = where.replace(/[^\w.-]/g, '-').slice(-NAME_LENGTH);
  return `${Date.now()}-${randomBytes(4).toString('hex')}-${shown}`;
}
