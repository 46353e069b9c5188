import type { KeyId } from '../core/digest.ts';
import { AppendList } from './append-list.ts';
import { type KeyCommit, KeyReplay, lower, type Revocation, type RevokedFrom, revocationsOf } from './key-replay.ts';
import type { KeyEntry, KeyTable } from './key-table.ts';
import { judgeRevocations, type Verdicts } from './revocation-verdicts.ts';

type UnnamedCommit = Omit<KeyCommit, 'commit'>;

/** The keys as a fold leaves them, and what later commits are judged by. */
interface KeyState {
  readonly table: KeyTable;
  /** The keys as they are when no revocation counts. */
  readonly unrevoked: KeyTable;
  /** The revocations that count of keys that are not in the table: only commits that no reader takes make them. */
  readonly early: RevokedFrom;
  /** How many times a key was added. */
  readonly added: number;
  /** How many revocations reach back over key commits that their key signed. */
  readonly reaching: number;
}

/** State of the keys after one more commit. */
interface Outcome extends KeyState {
  readonly commit: UnnamedCommit;
  readonly isVoidWithoutRevocations: boolean;
  readonly verdicts: AppendList<readonly boolean[]>;
}

/**
 * The state that all key commits leave the keys in. Immutable: `after` gives the state after one more commit.
 *
 * A revocation from index N voids whatever the key signed from N on, key commits among it, and so all that follows from
 * those. Revocations can contradict each other (a thief's key may revoke its owner's), so they are judged from the newest
 * back: one counts if the commit that makes it is not voided by those that count already, nor by itself. The later decision
 * wins, because its signer had to be an owner in force after all the earlier ones.
 *
 * One more commit costs as much as it has changes, because what is void depends on earlier commits alone. The exception is a
 * revocation that reaches back over key commits of its own key: these are counted in `reaching`, and each replays the log.
 */
export class KeyFold {
  readonly #commits: AppendList<KeyCommit>;
  /** For each commit, whether it is void when no revocation counts. */
  readonly #voidWithoutRevocations: AppendList<boolean>;
  readonly #verdicts: AppendList<readonly boolean[]>;
  readonly #state: KeyState;
  /** Outcome that was asked for last: a commit is checked before it is taken. */
  #outcome: Outcome | undefined;

  private constructor(
    commits: AppendList<KeyCommit>,
    voidWithoutRevocations: AppendList<boolean>,
    verdicts: AppendList<readonly boolean[]>,
    state: KeyState,
  ) {
    this.#commits = commits;
    this.#voidWithoutRevocations = voidWithoutRevocations;
    this.#verdicts = verdicts;
    this.#state = state;
  }

  /** Folds all commits at once. */
  static of(all: readonly KeyCommit[]): KeyFold {
    const commits = [...all];
    const raw = new KeyReplay();
    let reaching = 0;
    const voidWithoutRevocations = commits.map((commit) => {
      const isVoid = raw.apply(commit);
      reaching += reachingOf(commit, raw.table);
      return isVoid;
    });
    const verdicts = judgeRevocations(commits, voidWithoutRevocations, [], 0);
    return new KeyFold(AppendList.of(commits), AppendList.of(voidWithoutRevocations), AppendList.of(verdicts), {
      ...replayAll(commits, verdicts),
      unrevoked: raw.table,
      added: commits.reduce((sum, commit) => sum + addedBy(commit), 0),
      reaching,
    });
  }

  /** The key commits, oldest first. */
  get commits(): readonly KeyCommit[] {
    return this.#commits.toArray();
  }

  /** The first key commit. */
  get first(): KeyCommit | undefined {
    return this.#commits.at(0);
  }

  /** The newest key commit. */
  get newest(): KeyCommit | undefined {
    return this.#commits.at(-1);
  }

  /** Every key that was ever added, in the order they were. */
  get entries(): readonly KeyEntry[] {
    return this.#state.table.entries;
  }

  /** Returns the entry of a key; undefined when it was never added. */
  entry(keyId: KeyId): KeyEntry | undefined {
    return this.#state.table.get(keyId);
  }

  /** How many times a key was added. */
  get added(): number {
    return this.#state.added;
  }

  /** How many revocations reach back over key commits that their key signed. */
  get reaching(): number {
    return this.#state.reaching;
  }

  /** Returns the state after one more commit, which must be newer than all before. */
  after(commit: KeyCommit): KeyFold {
    const outcome = this.outcome(commit);
    return new KeyFold(
      this.#commits.append(commit),
      this.#voidWithoutRevocations.append(outcome.isVoidWithoutRevocations),
      outcome.verdicts,
      outcome,
    );
  }

  /** Returns what one more commit would make of the keys. */
  outcome(commit: UnnamedCommit): Outcome {
    const last = this.#outcome?.commit;
    if (last?.keys !== commit.keys || last.signer !== commit.signer || last.index !== commit.index)
      this.#outcome = this.#fold(commit);
    return this.#outcome as Outcome;
  }

  #fold(commit: UnnamedCommit): Outcome {
    const before = this.#state;
    const raw = new KeyReplay(new Map(), before.unrevoked.copy());
    const isVoid = raw.apply(commit);
    const revocations = revocationsOf(commit);
    const reaching = reachingOf(commit, raw.table);
    const next = {
      commit,
      isVoidWithoutRevocations: isVoid,
      unrevoked: raw.table,
      added: before.added + addedBy(commit),
      reaching: before.reaching + reaching,
    };
    if (reaching > 0) {
      const commits = [...this.#commits.toArray(), { ...commit, commit: '' }];
      const voidWithoutRevocations = [...this.#voidWithoutRevocations.toArray(), isVoid];
      const horizon = revocations.reduce((lowest, { fromIndex }) => Math.min(lowest, fromIndex), commit.index);
      const verdicts = judgeRevocations(commits, voidWithoutRevocations, this.#verdicts.toArray(), horizon);
      return { ...next, ...replayAll(commits, verdicts), verdicts: AppendList.of(verdicts) };
    }
    // These revocations touch no key commit, so they change no verdict, and count unless their own commit is void.
    const table = before.table.copy();
    const early = isVoid ? before.early : revokeIn(table, before.early, revocations);
    new KeyReplay(early, table).apply(commit);
    return { ...next, table, early, verdicts: this.#verdicts.append(revocations.map(() => !isVoid)) };
  }
}

/** Returns true when no owner in force is left. */
export function hasNoOwner({ table }: { readonly table: KeyTable }): boolean {
  return !table.entries.some(
    (key) => key.role === 'owner' && !key.voided && key.retiredAt === undefined && key.revokedFrom === undefined,
  );
}

function addedBy({ keys }: UnnamedCommit): number {
  return keys.filter(({ action }) => action === 'add').length;
}

/** How many revocations of a commit touch a key commit that is in the table, their own among them. */
function reachingOf(commit: UnnamedCommit, table: KeyTable): number {
  return revocationsOf(commit).filter(({ keyId, fromIndex }) => table.signedAt(keyId) >= fromIndex).length;
}

/** Marks keys as revoked; returns the revocations of keys that are not in the table. */
function revokeIn(table: KeyTable, early: RevokedFrom, revocations: readonly Revocation[]): RevokedFrom {
  const unknown = new Map(early);
  for (const revocation of revocations) {
    const entry = table.get(revocation.keyId);
    if (entry === undefined) lower(unknown, revocation);
    else table.set({ ...entry, revokedFrom: Math.min(entry.revokedFrom ?? Infinity, revocation.fromIndex) });
  }
  return unknown;
}

function replayAll(commits: readonly KeyCommit[], verdicts: Verdicts): Pick<KeyState, 'table' | 'early'> {
  const revoked = new Map<KeyId, number>();
  for (const [at, commit] of commits.entries())
    for (const [i, revocation] of revocationsOf(commit).entries())
      if (verdicts[at]?.[i] === true) lower(revoked, revocation);
  const replay = new KeyReplay(revoked);
  for (const commit of commits) replay.apply(commit);
  for (const { keyId } of replay.table.entries) revoked.delete(keyId);
  return { table: replay.table, early: revoked };
}
