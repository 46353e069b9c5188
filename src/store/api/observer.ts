import type { KeyChange } from '../../core/commit/statement.ts';
import type { StoreError } from '../../core/errors.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { Draft } from './drafts.ts';
import type { VerifyReport, VerifyRequest } from './maintenance.ts';

/** Facts of a commit, in names and sizes only. */
export interface CommitFacts {
  readonly names: readonly string[];
  readonly versions: readonly number[];
  readonly keys: readonly KeyChange[];
  readonly bytes: number;
  readonly durationMs: number;
}

/** Hears what happens inside the store, after it happened; must not throw and must not block. */
export interface StoreObserver {
  committed?(receipt: Receipt, facts: CommitFacts): void;
  busy?(facts: { attempts: number; waitedMs: number }): void;
  fault?(error: StoreError): void;
  draftSaved?(draft: Draft): void;
  draftDiscarded?(name: string): void;
  verified?(request: VerifyRequest, report: VerifyReport): void;
}
