import type { Author } from '../../core/commit/statement.ts';
import type { CommitId, Digest } from '../../core/digest.ts';
import type { Receipt } from '../../core/receipt.ts';
import type {
  BadTail,
  Rollback,
  StoredItem,
  StoreMaintenance,
  VerifyReport,
  VerifyRequest,
} from '../api/maintenance.ts';
import { type CollectParts, collectGarbage } from './collect.ts';
import { storeContents } from './contents.ts';
import type { Repair } from './repair.ts';
import { type VerifyParts, verifyStore } from './verify.ts';

/** Parts that looking after the store takes. */
export interface MaintenanceParts extends VerifyParts, CollectParts {
  readonly repair: Repair;
  readonly verified: (request: VerifyRequest, report: VerifyReport) => void;
}

/** Looks after the store. */
export class Maintenance implements StoreMaintenance {
  readonly #parts: MaintenanceParts;
  /** The verification under way: there is one at a time, and the same question waits for the same answer. */
  #running: { readonly question: string; readonly answer: Promise<VerifyReport> } | undefined;

  constructor(parts: MaintenanceParts) {
    this.#parts = parts;
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
    return report;
  }

  async rebuild(onProgress?: (done: number, total: number) => void): Promise<{ commits: number; seconds: number }> {
    const { view, trust } = this.#parts;
    await view.catchUp();
    const absent = await trust.absent();
    if (absent !== undefined) throw absent;
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

  badTail(): Promise<BadTail | undefined> {
    return this.#parts.repair.badTail();
  }

  repair(request: { author: Author; tail: BadTail; reason: string }): Promise<Receipt> {
    return this.#parts.repair.repair(request);
  }
}
