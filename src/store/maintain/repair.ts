import type { Author, KeyChange } from '../../core/commit/statement.ts';
import { type CommitId, sha256Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { Engine } from '../../engine/port.ts';
import type { BadTail, Rollback } from '../api/maintenance.ts';
import type { CheckTexts } from '../api/signed-text.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import type { Preflight } from '../trust/preflight.ts';
import type { Signers } from '../trust/signers.ts';
import type { Trust } from '../trust/trust.ts';
import type { LogView } from '../view/log-view.ts';
import type { Writer } from '../write/writer.ts';

const ONE = { commits: 1, bytes: 1_048_576 } as const;
/** Entries of a bad tail that are looked at. */
const MAX_TAIL = 1_000;

/** Parts that repairs are made with. */
export interface RepairParts {
  readonly engine: Engine;
  readonly view: LogView;
  readonly trust: Trust;
  readonly signers: Signers;
  readonly preflight: Preflight;
  readonly writer: Writer;
  /** Asked before files are moved for a commit: the commit itself asks too. */
  readonly checkTexts: CheckTexts;
}

/** The two decisions that only a person takes: to go on without commits that were seen, and to give up a bad tail. */
export class Repair {
  readonly #parts: RepairParts;

  constructor(parts: RepairParts) {
    this.#parts = parts;
  }

  /** Says how the store is older than, or other than, what was seen here; undefined when it is not. */
  async rollback(): Promise<Rollback | undefined> {
    const { view, trust } = this.#parts;
    await view.catchUp();
    await view.checkReplaced();
    trust.refresh();
    await trust.compare();
    const objection = trust.objection();
    const { head } = view;
    if (objection?.code !== 'ROLLED_BACK' || head === undefined) return undefined;
    const seen = view.replaced === undefined ? trust.pin : { index: view.replaced.index, commit: view.replaced.id };
    const firstNew = seen !== undefined && head.index >= seen.index ? seen.index : undefined;
    return {
      kind: seen === undefined ? 'pin damaged' : firstNew === undefined ? 'rolled back' : 'rewritten',
      seen,
      head: { index: head.index, commit: head.id },
      reason: objection,
      signers: await this.#signersSince(firstNew ?? head.index),
    };
  }

  /** The keys that signed the commits from an index on, with their state now. */
  async #signersSince(index: number): Promise<Rollback['signers']> {
    const { view } = this.#parts;
    const keyIds = await view.ask((cache) => cache.signersSince(index));
    const known = new Map(view.keyring.list().map((key) => [key.keyId, key]));
    return keyIds.map((keyId) => ({
      keyId,
      label: known.get(keyId)?.label ?? '',
      state: known.get(keyId)?.state ?? 'revoked',
    }));
  }

  /**
   * Goes on with the store as it is: says so in a commit, and lowers the pin of this installation.
   *
   * @param commit the id of the commit that the person saw as the newest
   * @throws StoreError ARGUMENT_INVALID when there is nothing to accept; VERSION_CONFLICT when the newest commit is another
   */
  async accept({ author, reason, commit }: { author: Author; reason: string; commit: CommitId }): Promise<Receipt> {
    const { view, trust, preflight, checkTexts } = this.#parts;
    await checkTexts([{ field: 'reason', text: reason }]);
    const rollback = await this.rollback();
    if (rollback === undefined)
      throw new StoreError(
        'ARGUMENT_INVALID',
        'there is nothing to accept: the store is not behind what was seen here',
        {
          hint: 'Nothing was changed.',
          advice: [{ do: 'show-status' }],
        },
      );
    if (rollback.head.commit !== commit)
      throw new StoreError(
        'VERSION_CONFLICT',
        `the newest commit is ${rollback.head.commit}, and ${commit} was accepted`,
        {
          hint: 'Nothing was changed. Look again at what there is.',
          advice: [{ do: 'show-status' }],
        },
      );
    const { seen } = rollback;
    const receipt = await preflight.accepting(() =>
      this.#say(author, seen === undefined ? [] : [{ ...seen, reason }], 'accept the store as it is'),
    );
    view.acceptReplaced();
    await trust.repin(view.head as CommitRecord);
    return receipt;
  }

  /** @throws StoreError CORRUPT when commit 0 itself is bad: nothing of the store would be left to sign on */
  async badTail(): Promise<BadTail | undefined> {
    const { view, trust, engine } = this.#parts;
    await view.catchUp();
    const { fault, next: first } = view;
    if (fault === undefined || fault.code === 'STORE_NEWER') return undefined;
    const taken = await engine.log.beyond(first - 1, MAX_TAIL);
    const last = taken.at(-1);
    if (last === undefined) return undefined;
    if (first === 0) throw fault;
    const { pin } = trust;
    return { first, last, fault, ...(pin !== undefined && pin.index >= first && { seen: pin }) };
  }

  async repair({ author, tail, reason }: { author: Author; tail: BadTail; reason: string }): Promise<Receipt> {
    const { view, engine, trust, signers, preflight, checkTexts } = this.#parts;
    await checkTexts([{ field: 'reason', text: reason }]);
    const { seen } = tail;
    const objection = trust.objection();
    if (objection !== undefined && !(objection.code === 'ROLLED_BACK' && seen !== undefined)) throw objection;
    const refusal = await engine.admin.refusal();
    if (refusal !== undefined) throw refusal;
    await signers.key(true); // nothing is moved where nothing can say so
    const [bytes] = (await engine.log.readRange(tail.first, ONE)).envelopes;
    await engine.admin.quarantine(tail.first);
    await view.rebuild();
    const commit = sha256Hex(bytes ?? '');
    const given = { index: tail.first, commit, reason };
    const also = seen === undefined || seen.commit === commit ? [] : [{ ...seen, reason }];
    const receipt = await preflight.accepting(() =>
      this.#say(author, [given, ...also], 'repair: move a bad tail to quarantine'),
    );
    if (seen !== undefined) await trust.repin(view.head as CommitRecord);
    return receipt;
  }

  async #say(
    author: Author,
    given: readonly { index: number; commit: CommitId; reason: string }[],
    message: string,
  ): Promise<Receipt> {
    const keys = given.map(({ index, commit, reason }): KeyChange => ({ action: 'accept', index, commit, reason }));
    const head = this.#parts.view.head as CommitRecord;
    if (keys.length === 0) {
      // A damaged pin names nothing that was given up: the decision is the new pin.
      const { index, id: commit, keyId, statement } = head;
      return { store: statement.store, index, commit, keyId, time: statement.time };
    }
    return (await this.#parts.writer.commit({ changes: [], keys, message, author })).receipt;
  }
}
