import { type Hex, sha256Hex } from '../../core/digest.ts';
import { StoreError, toStoreError } from '../../core/errors.ts';
import type { StorageLayout } from '../../engine/files/layout.ts';
import type { FileObjectStore } from '../../engine/files/object-store.ts';
import { Keyring } from '../../keys/keyring.ts';
import type { Finding, VerifyReport, VerifyRequest } from '../api/maintenance.ts';
import { type CommitRecord, keyCommitOf, versionRows } from '../commits/commit-record.ts';
import { checkStructure, startCheck } from '../commits/verify-commit.ts';
import type { FileDrafts } from '../drafts/drafts.ts';
import type { Standing } from '../trust/standing.ts';
import type { LogView } from '../view/log-view.ts';
import { ArtifactCheck } from './check-artifacts.ts';

/** What a check looks at. */
export interface CheckParts {
  readonly layout: StorageLayout;
  readonly view: LogView;
  readonly objects: FileObjectStore;
  readonly drafts: FileDrafts;
  readonly standing: Standing;
}

/** Commits between two turns of the event loop, so that other calls are answered meanwhile. */
const COMMITS_A_TURN = 64;

/**
 * Verifies the store as it is on the disk, from commit 0 and with nothing remembered: structure and chain always, then
 * signatures, then every artifact's bytes. Changes nothing; every finding says where, what and what to do.
 *
 * @throws StoreError CANCELLED when the signal fires.
 */
export async function checkStore(parts: CheckParts, request: VerifyRequest): Promise<VerifyReport> {
  const since = performance.now();
  const check = new Check(parts, request);
  await check.run();
  return {
    ok: !check.findings.some(({ severity }) => severity === 'error'),
    checked: check.counts(),
    findings: check.findings,
    seconds: (performance.now() - since) / 1000,
  };
}

class Check {
  readonly findings: Finding[] = [];
  readonly #parts: CheckParts;
  readonly #request: VerifyRequest;
  readonly #artifacts: ArtifactCheck;
  readonly #versions = new Map<string, number>();
  readonly #signers: { readonly keyId: Hex; readonly index: number }[] = [];
  #keyring = Keyring.empty;
  #commits = 0;
  /** Set once a commit could not be read: versions may be missing from then on. */
  #gaps = false;
  #expected: Hex | undefined;

  constructor(parts: CheckParts, request: VerifyRequest) {
    this.#parts = parts;
    this.#request = request;
    this.#artifacts = new ArtifactCheck(parts.objects, (finding) => this.findings.push(finding));
    this.#expected = request.expectCommit;
  }

  counts(): VerifyReport['checked'] {
    return { commits: this.#commits, artifacts: this.#artifacts.checked, bytes: this.#artifacts.bytes };
  }

  async run(): Promise<void> {
    const { name, depth = 'bytes', expectStore } = this.#request;
    if (name !== undefined && (await this.#parts.view.headRow(name)) === undefined) {
      throw new StoreError('NOT_FOUND', `there is no config ${name}`, {
        hint: 'List the configs with list_configs (config-store list).',
      });
    }
    await this.#log();
    if (depth === 'bytes')
      await this.#artifacts.run((done, total) => this.#step(this.#commits + done, this.#commits + total));
    this.#trust();
    if (this.#expected !== undefined) {
      this.#found(
        'ROLLED_BACK',
        `log`,
        `commit ${this.#expected} is not in the log`,
        'Somebody kept a receipt for it: the log was rolled back or rewritten, or the receipt is of another store.',
      );
    }
    if (expectStore !== undefined && expectStore !== this.#keyring.store) {
      this.#found(
        'STORE_FOREIGN',
        'log/0',
        `the store is ${this.#keyring.store ?? 'empty'}, and ${expectStore} was expected`,
        'Check which storage is mounted.',
      );
    }
    await this.#drafts();
    await this.#cache();
  }

  async #log(): Promise<void> {
    const { log } = this.#parts.view;
    const end = log.lastIndex() + 1;
    let previous: CommitRecord | undefined;
    let broken = false;
    for (let index = 0; index < end; index++) {
      if (index % COMMITS_A_TURN === 0) await this.#step(index, end);
      const bytes = log.readSync(index);
      const id = bytes === undefined ? undefined : sha256Hex(bytes);
      if (id !== undefined && id === this.#expected) this.#expected = undefined;
      try {
        if (bytes === undefined)
          throw new StoreError('CORRUPT', `commit ${index} is missing`, {
            hint: 'Bring the file back from a backup of storage/log.',
          });
        const record = await this.#commit(bytes, index, broken ? undefined : (previous?.id ?? null));
        this.#commits++;
        this.#take(record);
        previous = record;
        broken = false;
      } catch (error) {
        const fault = toStoreError(error);
        this.#found(
          fault.code,
          `log/${index}`,
          fault.message,
          index === end - 1
            ? 'If nothing good follows it, "config-store repair" moves it to quarantine/ after asking.'
            : 'Bring this file back from a backup of storage/log.',
        );
        broken = true;
        this.#gaps = true;
      }
    }
  }

  async #commit(bytes: Uint8Array, index: number, previous: Hex | null | undefined): Promise<CommitRecord> {
    const expected = {
      index,
      previous,
      store: this.#keyring.store,
      keyring: previous === undefined ? undefined : this.#keyring.newest,
    };
    if (this.#request.depth === 'structure') return checkStructure(bytes, expected, this.#keyring);
    const { record, signature } = startCheck(bytes, expected, this.#keyring);
    await signature;
    return record;
  }

  #take(record: CommitRecord): void {
    if (record.statement.keys.length > 0) this.#keyring = this.#keyring.with(keyCommitOf(record));
    for (const row of versionRows(record)) {
      const before = this.#versions.get(row.name) ?? 0;
      if (row.version !== before + 1 && !(this.#gaps && row.version > before)) {
        this.#found(
          'CORRUPT',
          `log/${record.index}`,
          `${row.name} goes from version ${before} to ${row.version}`,
          'The log was not written by this program; restore it from a backup.',
        );
      }
      this.#versions.set(row.name, row.version);
      if (this.#request.name === undefined || this.#request.name === row.name) this.#artifacts.add(row);
    }
    this.#artifacts.purged(record);
    this.#signers.push({ keyId: record.keyId, index: record.index });
  }

  /** Judged at the end, with the whole keyring: a later revocation voids what was signed before it. */
  #trust(): void {
    for (const { keyId, index } of this.#signers) {
      const reason = this.#keyring.untrusted(keyId, index);
      if (reason !== undefined)
        this.#found('KEY_UNTRUSTED', `log/${index}`, reason, 'Restore a version that was signed by a key in force.');
    }
    for (const { code, message } of this.#parts.standing.current().notices) {
      if (code === 'ROLLED_BACK' || code === 'STORE_FOREIGN')
        this.#found(code, 'keys/pin.json', message, 'See docs/threat-model.md.');
    }
  }

  async #drafts(): Promise<void> {
    for (const { code, message, hint } of await this.#parts.drafts.damaged()) {
      this.findings.push({ severity: 'warning', code, where: 'drafts', message, hint });
    }
  }

  async #cache(): Promise<void> {
    if (await this.#parts.view.query((cache) => cache.isSound())) return;
    this.findings.push({
      severity: 'warning',
      code: 'CORRUPT',
      where: 'storage/cache.sqlite',
      message: 'SQLite finds the cache damaged',
      hint: 'Nothing is lost: "config-store rebuild" makes it anew from the log.',
    });
  }

  async #step(done: number, total: number): Promise<void> {
    this.#request.onProgress?.(done, total);
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#request.signal?.aborted)
      throw new StoreError('CANCELLED', `the check was cancelled after ${this.#commits} commits`, {
        hint: 'Nothing was changed; start it again when you like.',
      });
  }

  #found(code: Finding['code'], where: string, message: string, hint: string): void {
    this.findings.push({ severity: 'error', code, where, message, hint });
  }
}
