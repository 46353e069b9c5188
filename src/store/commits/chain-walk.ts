import { parseEnvelope } from '../../core/commit/envelope.ts';
import { parsePayload } from '../../core/commit/parse-statement.ts';
import { type Hex, sha256Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { versionRows } from './commit-record.ts';

/** How many commits are read before other work gets its turn (about 5 ms). */
const COMMITS_A_TURN = 150;

/** What a walk found: for each config, the index of the commit that made its newest version. */
export interface WalkResult {
  readonly newest: ReadonlyMap<string, number>;
  /** Where the chain is broken, if it is. */
  readonly fault: StoreError | undefined;
  /** Index of a key commit in the chain that the keyring knows nothing of: somebody left it out of the pointers. */
  readonly hidden: number | undefined;
}

/**
 * Walks the hash chain back from a signature-checked commit, in small turns. Because each commit names the one before by
 * its hash, the signature at the top covers them all; no other signature is checked here. That signature is judged by the
 * keyring, so each key commit in the chain must be one of `keyCommits`, the indexes of those the keyring is made of.
 */
export async function walkChain(
  read: (index: number) => Uint8Array | undefined,
  head: { index: number; id: Hex },
  keyCommits: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<WalkResult | undefined> {
  const newest = new Map<string, number>();
  let expected: Hex | null = head.id;
  for (let index = head.index; index >= 0; index--) {
    if ((head.index - index) % COMMITS_A_TURN === COMMITS_A_TURN - 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    if (signal.aborted) return undefined;
    const bytes = read(index);
    if (bytes === undefined || sha256Hex(bytes) !== expected)
      return { newest, fault: brokenChain(index, bytes === undefined), hidden: undefined };
    const statement = parsePayload(parseEnvelope(bytes).payload);
    if (statement.keys.length > 0 && !keyCommits.has(index)) return { newest, fault: undefined, hidden: index };
    for (const { name } of versionRows({ index, id: expected, keyId: '', statement })) {
      if (!newest.has(name)) newest.set(name, index);
    }
    expected = statement.previous;
  }
  return { newest, fault: undefined, hidden: undefined };
}

/** `CORRUPT`: a commit inside the log is missing or is not the one its follower names. */
export function brokenChain(index: number, missing: boolean): StoreError {
  return new StoreError(
    'CORRUPT',
    missing
      ? `commit ${index} is missing from the log`
      : `commit ${index} in the log is not the one that the commits after it were signed on`,
    {
      hint: 'Run "config-store verify" to see every finding; bring the file back from a backup of storage/log. Nothing is written until then.',
      details: { index },
    },
  );
}
