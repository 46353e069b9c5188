import type { Author } from '../../core/commit/statement.ts';
import type { CommitId, Digest } from '../../core/digest.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { LastVerificationFile } from '../../state/last-verification.ts';
import type {
  BadTail,
  Finding,
  LostCommit,
  LostVersion,
  Rollback,
  StoredItem,
  StoreMaintenance,
  VerifyDepth,
  VerifyReport,
  VerifyRequest,
} from '../api/maintenance.ts';
import { type CollectParts, collectGarbage } from './collect.ts';
import { storeContents } from './contents.ts';
import { LostCommits } from './lost-commits.ts';
import type { Repair } from './repair.ts';
import { findStrays } from './strays.ts';
import { type VerifyParts, verifyStore } from './verify.ts';

/** Parts that looking after the store takes. */
export interface MaintenanceParts extends VerifyParts, CollectParts {
  readonly repair: Repair;
  /** The newest commit and the time it took, where the opening of the store verified every commit and made the cache of them. */
  readonly opened: { readonly head: CommitId | undefined; readonly seconds: number } | undefined;
  readonly verifications: LastVerificationFile;
  readonly verified: (request: VerifyRequest, report: VerifyReport) => void;
}

/** Findings of damage: what stays until it is repaired. Whose store it is, or how new, is looked at again each time. */
const DAMAGE: ReadonlySet<string> = new Set(['CORRUPT', 'SIGNATURE_INVALID', 'KEY_UNTRUSTED']);
const DEPTHS: readonly VerifyDepth[] = ['structure', 'signatures', 'bytes'];

/** Looks after the store. */
export class Maintenance implements StoreMaintenance {
  readonly #parts: MaintenanceParts;
  /** The verification under way: there is one at a time, and the same question waits for the same answer. */
  #running: { readonly question: string; readonly answer: Promise<VerifyReport> } | undefined;

  #opened: MaintenanceParts['opened'];

  constructor(parts: MaintenanceParts) {
    this.#parts = parts;
    this.#opened = parts.opened;
  }

  async verify(request: VerifyRequest): Promise<VerifyReport> {
    const { name, depth, expectCommit, expectStore } = request;
    const question = JSON.stringify([name, depth, expectCommit, expectStore]);
    while (this.#running !== undefined) {
      const { question: other, answer } = this.#running;
      if (other === question) return answer;
      await answer.catch(() => undefined); // its caller got the error
    }
    const answer = verifyStore(this.#parts, request).finally(() => {
      this.#running = undefined;
    });
    this.#running = { question, answer };
    const report = await answer;
    this.#parts.verified(request, report);
    await this.#remember(request, report);
    return report;
  }

  /** Keeps the outcome of a verification. Damage counts until one as deep passes, for a store of ours; where it cannot be kept, it is not. */
  async #remember({ name, depth = 'bytes' }: VerifyRequest, { ok, findings }: VerifyReport): Promise<void> {
    const { view, trust, verifications, now } = this.#parts;
    const damage = findings.find(({ severity, code }) => severity === 'error' && DAMAGE.has(code));
    const { head } = view;
    if (
      head === undefined ||
      trust.objection()?.code === 'STORE_FOREIGN' ||
      (damage === undefined && (!ok || name !== undefined))
    )
      return;
    const time = now().toISOString();
    const last = verifications.read();
    const { failed } = last;
    try {
      if (damage !== undefined) {
        const { code, where, message } = damage;
        await verifications.write({ ...last, failed: { time, depth, code, where, message } });
      } else {
        const isCleared =
          failed === undefined || DEPTHS.indexOf(depth) >= DEPTHS.indexOf(failed.depth as (typeof DEPTHS)[number]);
        await verifications.write({
          passed: { time, index: head.index, depth },
          failed: isCleared ? undefined : failed,
        });
      }
    } catch (error) {
      if (!isStoreError(error)) throw error; // a state folder that cannot be written is reported by health
    }
  }

  async rebuild(onProgress?: (done: number, total: number) => void): Promise<{ commits: number; seconds: number }> {
    const { view, trust } = this.#parts;
    await view.catchUp();
    const absent = await trust.absent();
    if (absent !== undefined) throw absent;
    const { warning } = view.versions.cache;
    if (warning !== undefined)
      throw new StoreError('STORE_READONLY', `the cache was not made again: ${warning}`, {
        hint: 'Let this user write the state folder. Reads go on without it.',
      });
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened !== undefined && opened.head === view.head?.id && trust.refusal() === undefined) {
      await view.ask((cache) => cache.newest());
      return { commits: view.next, seconds: opened.seconds }; // made just now
    }
    const since = performance.now();
    const total = view.next;
    await view.rebuild(onProgress === undefined ? undefined : (done) => onProgress(done, Math.max(done, total)));
    await view.ask((cache) => cache.newest());
    return { commits: view.next, seconds: (performance.now() - since) / 1000 };
  }

  collect(options: { apply: boolean }): Promise<{ digests: readonly Digest[]; bytes: number; removed: boolean }> {
    return collectGarbage(this.#parts, options);
  }

  contents(): AsyncIterable<StoredItem> {
    return storeContents(this.#parts);
  }

  rollback(): Promise<Rollback | undefined> {
    return this.#parts.repair.rollback();
  }

  accept(request: { author: Author; reason: string; commit: CommitId }): Promise<Receipt> {
    return this.#parts.repair.accept(request);
  }

  async strays(reach: 'all' | 'newest'): Promise<readonly Finding[]> {
    await this.#parts.view.catchUp();
    return findStrays(this.#parts, reach);
  }

  async lost(): Promise<readonly LostCommit[]> {
    const { view, engine, trust } = this.#parts;
    await view.catchUp();
    const absent = await trust.absent();
    if (absent !== undefined) throw absent;
    const lost = new LostCommits(this.#parts);
    for (const reach of ['all', 'quarantine'] as const)
      for await (const stray of engine.admin.strays(reach)) await lost.look(stray);
    await lost.lookAtTail();
    return lost.all();
  }

  lostBytes({ digest, size }: LostVersion): Promise<Uint8Array | undefined> {
    return this.#parts.engine.objects.get(digest, size);
  }

  setAside({ where }: LostCommit): Promise<number> {
    const copies = where.filter((path) => !path.startsWith('quarantine/') && !/^log\/\d+$/.test(path));
    return this.#parts.engine.admin.setAside(copies.map((path) => ({ where: path })));
  }

  badTail(): Promise<BadTail | undefined> {
    return this.#parts.repair.badTail();
  }

  repair(request: { author: Author; tail: BadTail; reason: string }): Promise<Receipt> {
    return this.#parts.repair.repair(request);
  }
}
