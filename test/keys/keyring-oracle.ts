import type { Hex } from '../../src/core/digest.ts';
import type { KeyCommit } from '../../src/keys/key-replay.ts';
import type { KeyEntry } from '../../src/keys/key-table.ts';

interface Revocation {
  readonly at: number;
  readonly keyId: Hex;
  readonly fromIndex: number;
}

/**
 * Folds the key commits by the plain definition, which replays every commit for every revocation: from the newest back, a
 * revocation counts if the commit that makes it is voided neither by those that count already nor by itself.
 */
export function foldKeys(commits: readonly KeyCommit[]): Map<Hex, KeyEntry> {
  let counting: Revocation[] = [];
  for (const revocation of revocationsOf(commits).reverse()) {
    const candidate = [...counting, revocation];
    if (!replay(commits, counting).voided.has(revocation.at) && !replay(commits, candidate).voided.has(revocation.at))
      counting = candidate;
  }
  return replay(commits, counting).entries;
}

function revocationsOf(commits: readonly KeyCommit[]): Revocation[] {
  return commits.flatMap(({ index, keys }) =>
    keys.flatMap((key) => (key.action === 'revoke' ? [{ at: index, keyId: key.keyId, fromIndex: key.fromIndex }] : [])),
  );
}

/** Goes through the commits in order with a fixed set of revocations in mind. */
function replay(
  commits: readonly KeyCommit[],
  revocations: readonly Revocation[],
): { entries: Map<Hex, KeyEntry>; voided: ReadonlySet<number> } {
  const entries = new Map<Hex, KeyEntry>();
  const voided = new Set<number>();
  for (const { index, signer, keys } of commits) {
    const isVoid = index !== 0 && !maySign(entries.get(signer), index, revocations);
    if (isVoid || revokedFrom(signer, revocations, index) !== undefined) voided.add(index);
    for (const key of keys) {
      if (key.action === 'add' && (!entries.has(key.keyId) || entries.get(key.keyId)?.voided)) {
        const { keyId, label, role, spki } = key;
        entries.set(keyId, {
          keyId,
          label,
          role,
          spki,
          addedAt: index,
          retiredAt: undefined,
          revokedFrom: lowest(keyId, revocations),
          voided: voided.has(index),
        });
      }
      const known = key.action === 'retire' ? entries.get(key.keyId) : undefined;
      if (known !== undefined && known.retiredAt === undefined && !voided.has(index))
        entries.set(known.keyId, { ...known, retiredAt: index });
    }
  }
  return { entries, voided };
}

function maySign(key: KeyEntry | undefined, index: number, revocations: readonly Revocation[]): boolean {
  return (
    key !== undefined &&
    !key.voided &&
    key.role === 'owner' &&
    key.addedAt < index &&
    (key.retiredAt === undefined || index <= key.retiredAt) &&
    revokedFrom(key.keyId, revocations, index) === undefined
  );
}

/** Where a revocation that touches this index begins. */
function revokedFrom(keyId: Hex, revocations: readonly Revocation[], index: number): number | undefined {
  const from = lowest(keyId, revocations);
  return from !== undefined && index >= from ? from : undefined;
}

function lowest(keyId: Hex, revocations: readonly Revocation[]): number | undefined {
  const from = revocations.filter((one) => one.keyId === keyId).map((one) => one.fromIndex);
  return from.length === 0 ? undefined : Math.min(...from);
}
