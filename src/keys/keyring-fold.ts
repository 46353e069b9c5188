import type { Hex } from '../core/digest.ts';
import { type KeyCommit, type KeyEntry, KeyReplay, type RevokedFrom } from './key-replay.ts';
import { judgeRevocations, revocationsOf, type Verdicts } from './revocation-verdicts.ts';

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
  static readonly empty: KeyFold = new KeyFold({
    commits: [],
    voidWithoutRevocations: [],
    verdicts: [],
    unrevoked: new Map(),
    entries: new Map(),
    revoked: new Map(),
    signedAt: new Map(),
    added: 0,
    reaching: 0,
  });

  readonly #parts: FoldParts;

  private constructor(parts: FoldParts) {
    this.#parts = parts;
  }

  /** Folds all commits at once. */
  static of(all: readonly KeyCommit[]): KeyFold {
    const commits = [...all];
    const raw = new KeyReplay(new Map());
    const voidWithoutRevocations = commits.map((commit) => raw.apply(commit));
    const signedAt = new Map<Hex, number>();
    let reaching = 0;
    let added = 0;
    for (const commit of commits) {
      signedAt.set(commit.signer, commit.index);
      reaching += reachingOf(commit, signedAt);
      added += addedBy(commit);
    }
    const verdicts = judgeRevocations(commits, voidWithoutRevocations, [], 0);
    const revoked = revokedBy(commits, verdicts);
    const entries = replayAll(commits, revoked);
    return new KeyFold({
      ...{ commits, voidWithoutRevocations, verdicts, revoked, entries, signedAt, added, reaching },
      unrevoked: raw.entries,
    });
  }

  /** The key commits, oldest first. */
  get commits(): readonly KeyCommit[] {
    return this.#parts.commits;
  }

  /** Every key that was ever added, in the order they were. */
  get entries(): ReadonlyMap<Hex, KeyEntry> {
    return this.#parts.entries;
  }

  /** How many times a key was added. */
  get added(): number {
    return this.#parts.added;
  }

  /** How many revocations reach back over key commits that their key signed. */
  get reaching(): number {
    return this.#parts.reaching;
  }

  /** The state after one more commit, which must be newer than all before. */
  after(commit: KeyCommit): KeyFold {
    const before = this.#parts;
    const commits = [...before.commits, commit];
    const signedAt = new Map(before.signedAt).set(commit.signer, commit.index);
    const raw = new KeyReplay(new Map(), before.unrevoked);
    const isVoid = raw.apply(commit);
    const voidWithoutRevocations = [...before.voidWithoutRevocations, isVoid];
    const reaching = reachingOf(commit, signedAt);
    const revocations = revocationsOf(commit);
    const next = {
      ...{ commits, voidWithoutRevocations, signedAt, unrevoked: raw.entries },
      ...{ added: before.added + addedBy(commit), reaching: before.reaching + reaching },
    };
    if (reaching > 0) {
      const horizon = revocations.reduce((lowest, { fromIndex }) => Math.min(lowest, fromIndex), commit.index);
      const verdicts = judgeRevocations(commits, voidWithoutRevocations, before.verdicts, horizon);
      const revoked = revokedBy(commits, verdicts);
      return new KeyFold({ ...next, verdicts, revoked, entries: replayAll(commits, revoked) });
    }
    // No key commit is touched by these revocations, so they change no verdict, and count unless this commit is void itself.
    const verdicts = [...before.verdicts, revocations.map(() => !isVoid)];
    const revoked = revocations.length === 0 || isVoid ? before.revoked : lowered(before.revoked, revocations);
    const replay = new KeyReplay(revoked, before.entries);
    if (revoked !== before.revoked) markRevoked(replay.entries, revocations, revoked);
    replay.apply(commit);
    return new KeyFold({ ...next, verdicts, revoked, entries: replay.entries });
  }

  /** Returns true when no owner in force is left. */
  get hasNoOwner(): boolean {
    for (const key of this.#parts.entries.values())
      if (key.role === 'owner' && !key.voided && key.retiredAt === undefined && key.revokedFrom === undefined)
        return false;
    return true;
  }
}

interface FoldParts {
  readonly commits: readonly KeyCommit[];
  /** For each commit, whether it is void even when no revocation counts. */
  readonly voidWithoutRevocations: readonly boolean[];
  readonly verdicts: Verdicts;
  /** The keys as they are when no revocation counts. */
  readonly unrevoked: ReadonlyMap<Hex, KeyEntry>;
  readonly entries: ReadonlyMap<Hex, KeyEntry>;
  readonly revoked: RevokedFrom;
  /** For each signer, its newest key commit. */
  readonly signedAt: ReadonlyMap<Hex, number>;
  readonly added: number;
  readonly reaching: number;
}

function addedBy({ keys }: KeyCommit): number {
  return keys.filter(({ action }) => action === 'add').length;
}

/** How many revocations of a commit touch a key commit, this one among them. */
function reachingOf(commit: KeyCommit, signedAt: ReadonlyMap<Hex, number>): number {
  return revocationsOf(commit).filter(({ keyId, fromIndex }) => (signedAt.get(keyId) ?? -1) >= fromIndex).length;
}

function lowered(revoked: RevokedFrom, revocations: ReturnType<typeof revocationsOf>): RevokedFrom {
  const next = new Map(revoked);
  for (const { keyId, fromIndex } of revocations)
    next.set(keyId, Math.min(next.get(keyId) ?? Number.POSITIVE_INFINITY, fromIndex));
  return next;
}

function markRevoked(
  entries: Map<Hex, KeyEntry>,
  revocations: ReturnType<typeof revocationsOf>,
  revoked: RevokedFrom,
): void {
  for (const { keyId } of revocations) {
    const entry = entries.get(keyId);
    if (entry !== undefined) entries.set(keyId, { ...entry, revokedFrom: revoked.get(keyId) });
  }
}

function revokedBy(commits: readonly KeyCommit[], verdicts: Verdicts): RevokedFrom {
  return commits.reduce<Map<Hex, number>>((revoked, commit, at) => {
    for (const [i, { keyId, fromIndex }] of revocationsOf(commit).entries())
      if (verdicts[at]?.[i] === true) revoked.set(keyId, Math.min(revoked.get(keyId) ?? Infinity, fromIndex));
    return revoked;
  }, new Map());
}

function replayAll(commits: readonly KeyCommit[], revoked: RevokedFrom): ReadonlyMap<Hex, KeyEntry> {
  const replay = new KeyReplay(revoked);
  for (const commit of commits) replay.apply(commit);
  return replay.entries;
}
