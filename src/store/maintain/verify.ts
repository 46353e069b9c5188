import { type CommitId, type KeyId, sha256Hex } from '../../core/digest.ts';
import { type ErrorCode, StoreError, toStoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { Engine } from '../../engine/port.ts';
import { Keyring } from '../../keys/keyring.ts';
import { notThere } from '../api/faults.ts';
import type { Finding, VerifyReport, VerifyRequest } from '../api/maintenance.ts';
import { type CommitRecord, keyCommitOf, type PurgeRow } from '../commits/commit-record.ts';
import { startVerification, verifyStructure } from '../commits/verify-commit.ts';
import { purgeFlaw } from '../commits/version-rules.ts';
import type { Trust } from '../trust/trust.ts';
import type { LogView } from '../view/log-view.ts';
import { ArtifactCheck } from './check-artifacts.ts';
import { checkSurroundings } from './check-surroundings.ts';
import { CheckedVersions } from './checked-versions.ts';

/** Parts of the store that are verified. */
export interface VerifyParts {
  readonly engine: Engine;
  readonly view: LogView;
  readonly trust: Trust;
  readonly damagedDrafts: () => Promise<readonly StoreError[]>;
}

/** Commits that are read together, between two turns of the event loop. */
const RUN = { commits: 64, bytes: 16 * 1_048_576 } as const;
/** Signatures that are being verified while more commits are read. */
const AHEAD = 256;

/** A commit of which form, place and rights are verified, and the signature is being verified. */
interface Begun {
  readonly index: number;
  readonly record: CommitRecord;
  readonly signature: Promise<void>;
}

/**
 * Verifies the store as it is now, from commit 0 and with nothing remembered: first the log in order, then every artifact,
 * then whose store it is and how new it must be, then drafts and cache. Changes nothing; every finding says where and what.
 *
 * @throws StoreError CANCELLED when the signal fires, NOT_FOUND for a name that has no version
 */
export async function verifyStore(parts: VerifyParts, request: VerifyRequest): Promise<VerifyReport> {
  const since = performance.now();
  const verification = new Verification(parts, request);
  await verification.run();
  return {
    ok: !verification.findings.some(({ severity }) => severity === 'error'),
    checked: verification.counts(),
    findings: verification.findings,
    seconds: (performance.now() - since) / 1000,
  };
}

class Verification {
  readonly findings: Finding[] = [];
  readonly #parts: VerifyParts;
  readonly #request: VerifyRequest;
  readonly #artifacts: ArtifactCheck;
  readonly #versions: CheckedVersions;
  /** Who signed which commits, `from` to before `to`. */
  readonly #signers: { readonly keyId: KeyId; readonly from: number; to: number }[] = [];
  readonly #purges: PurgeRow[] = [];
  #keyring = Keyring.empty;
  #commits = 0;
  /** The commits that are verified but for their signatures, oldest first. */
  readonly #begun: Begun[] = [];
  #previous: CommitId | null = null;
  /** Set while the commit before could not be read: what follows has nothing to follow. */
  #broken = false;
  #expected: CommitId | undefined;

  constructor(parts: VerifyParts, request: VerifyRequest) {
    this.#parts = parts;
    this.#request = request;
    this.#versions = new CheckedVersions(request.name);
    this.#artifacts = new ArtifactCheck(parts.engine.objects, (finding) => this.findings.push(finding));
    this.#expected = request.expectCommit;
  }

  counts(): VerifyReport['checked'] {
    return { commits: this.#commits, artifacts: this.#artifacts.checked, bytes: this.#artifacts.bytes };
  }

  async run(): Promise<void> {
    const { name, depth = 'bytes' } = this.#request;
    const { view, trust } = this.#parts;
    await view.catchUp();
    const absent = await trust.absent();
    if (absent !== undefined) throw absent;
    if (name !== undefined && (await view.withVersions((versions) => versions.head(name))) === undefined)
      throw notThere(name, undefined);
    await this.#log();
    // Rule: what this process has seen counts like the pin; a sound log under it that is another, or shorter, is reported.
    if (this.findings.length === 0) {
      await view.checkReplaced();
      await trust.compare();
      const gone = await trust.absent();
      if (gone !== undefined) throw gone;
    }
    // Rule: every artifact that a version refers to has the bytes and the size that were signed.
    for (const purge of this.#purges)
      if (this.#keyring.untrusted(purge.keyId, purge.index) === undefined) this.#artifacts.purged(purge);
    if (depth === 'bytes')
      await this.#artifacts.run(this.#versions.artifacts, (done, total) =>
        this.#step(this.#commits + done, this.#commits + total),
      );
    this.#signersAreTrusted();
    this.#storeIsOurs();
    this.#expectedIsThere();
    this.findings.push(...(await checkSurroundings(this.#parts)));
  }

  /** Rule: the log is commits 0, 1, 2 …, each verified with the keyring that those before it make. */
  async #log(): Promise<void> {
    const { log } = this.#parts.engine;
    for (let index = 0; ; ) {
      await this.#step(index, Math.max(index, this.#parts.view.next));
      const { envelopes } = await log.readRange(index, RUN);
      if (envelopes.length > 0) {
        for (const bytes of envelopes) await this.#begin(bytes, index++);
        await this.#settle(AHEAD);
        continue;
      }
      await this.#settle(0);
      const [next] = await log.beyond(index - 1, 1);
      if (next === undefined) return;
      // Rule: no index is missing. What is beyond a gap is checked too; listings say what is there.
      this.#missing(index, next);
      index = next;
    }
  }

  async #begin(bytes: Uint8Array, index: number): Promise<void> {
    if (this.#expected !== undefined && sha256Hex(bytes) === this.#expected) this.#expected = undefined;
    try {
      const { record, signature } = this.#start(bytes, index);
      this.#begun.push({ index, record, signature });
      this.#previous = record.id;
      this.#broken = false;
      if (record.statement.keys.length > 0) await this.#settle(0); // what follows is judged by the keyring it makes
    } catch (error) {
      await this.#settle(0);
      this.#bad(index, toStoreError(error));
    }
  }

  /** Waits for the oldest signatures, until at most so many are left. */
  async #settle(left: number): Promise<void> {
    for (const { index, record, signature } of this.#begun.splice(0, Math.max(0, this.#begun.length - left))) {
      try {
        await signature;
        await this.#take(record);
      } catch (error) {
        this.#bad(index, toStoreError(error));
      }
    }
  }

  #start(bytes: Uint8Array, index: number): { record: CommitRecord; signature: Promise<void> } {
    const previous = this.#broken ? undefined : this.#previous;
    const keyring = previous === undefined ? undefined : this.#keyring.newest;
    const place = { index, previous, store: this.#keyring.store, keyring };
    if (this.#request.depth === 'structure')
      return { record: verifyStructure(bytes, place, this.#keyring), signature: Promise.resolve() };
    return startVerification(bytes, place, this.#keyring);
  }

  async #take(record: CommitRecord): Promise<void> {
    this.#commits++;
    if (record.statement.keys.length > 0) this.#keyring = this.#keyring.with(keyCommitOf(record));
    // Rules: versions of a config follow each other; a restore, a deletion and a purge name the bytes they say.
    for (const flaw of await this.#versions.judge(record))
      this.#found('CORRUPT', `log/${record.index}`, flaw, NOT_OURS);
    for (const purge of record.purges) if ((await purgeFlaw(purge, this.#versions)) === null) this.#purges.push(purge);
    const last = this.#signers.at(-1);
    if (last?.keyId === record.keyId && last.to === record.index) last.to++;
    else this.#signers.push({ keyId: record.keyId, from: record.index, to: record.index + 1 });
  }

  #bad(index: number, fault: StoreError): void {
    const hint =
      fault.code === 'STORE_NEWER'
        ? fault.hint
        : 'Bring it back from a backup, or move it aside if nothing good follows it.';
    this.#found(
      fault.code,
      `log/${index}`,
      fault.message,
      hint,
      fault.code === 'STORE_NEWER' ? [] : [{ do: 'repair' }],
    );
    this.#broken = true;
    this.#versions.gap = true;
  }

  #missing(first: number, next: number): void {
    const what = next - first === 1 ? `commit ${first} is missing` : `commits ${first} to ${next - 1} are missing`;
    this.#found('CORRUPT', `log/${first}`, what, 'Bring them back from a backup of the storage.');
    this.#broken = true;
    this.#versions.gap = true;
  }

  /** Rule: judged at the end, with the whole keyring: a later revocation voids what was signed before it. */
  #signersAreTrusted(): void {
    for (const { keyId, from, to } of this.#signers)
      for (let index = from; index < to; index++) {
        const reason = this.#keyring.untrusted(keyId, index);
        if (reason !== undefined)
          this.#found('KEY_UNTRUSTED', `log/${index}`, reason, 'Restore a version that a key in force signed.');
      }
  }

  /** Rules: the store is the one this installation knows, and not older than what was seen here. */
  #storeIsOurs(): void {
    for (const { code, message, hint, advice } of this.#parts.trust.current().notices)
      if (code === 'ROLLED_BACK' || code === 'STORE_FOREIGN')
        this.#found(code, 'state/pin.json', message, hint ?? '', advice);
    const { expectStore } = this.#request;
    if (expectStore !== undefined && expectStore !== this.#keyring.store)
      this.#found(
        'STORE_FOREIGN',
        'log/0',
        `the store is ${this.#keyring.store ?? 'empty'}, and ${expectStore} was expected`,
        'Check which storage is mounted.',
      );
  }

  /** Rule: a commit that a receipt names is in the log. */
  #expectedIsThere(): void {
    if (this.#expected !== undefined)
      this.#found(
        'ROLLED_BACK',
        'log',
        `commit ${this.#expected} is not in the log`,
        'There is a receipt for it: the log was rolled back or rewritten, or the receipt is of another store.',
      );
  }

  async #step(done: number, total: number): Promise<void> {
    this.#request.onProgress?.(done, total);
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#request.signal?.aborted)
      throw new StoreError('CANCELLED', `the check was cancelled after ${this.#commits} commits`, {
        hint: 'Nothing was changed; start it again when you like.',
      });
  }

  #found(code: ErrorCode, where: string, message: string, hint: string, advice: Notice['advice'] = []): void {
    this.findings.push({ severity: 'error', code, where, message, hint, advice });
  }
}

const NOT_OURS =
  'This program did not write that commit: restore a version that is sound, and find out which key signed it.';
