import type { Guidance } from '../../core/advice.ts';
import type { KeyChange } from '../../core/commit/statement.ts';
import type { KeyId } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { CommitRequest } from '../api/writer.ts';

/** True for what only an owner may sign. */
export function changesKeysOrPurges({ keys, changes }: CommitRequest): boolean {
  return (keys?.length ?? 0) > 0 || changes.some(({ action }) => action === 'purge');
}

/**
 * Refuses, before it is signed, what every reader would refuse.
 *
 * @throws StoreError ARGUMENT_INVALID
 */
export function checkKeyChanges({ keys }: CommitRequest, index: number, signer: KeyId, keyring: Keyring): void {
  if (keys === undefined || keys.length === 0) return;
  const refusal = keyring.refusal({ index, signer, keys });
  if (refusal === undefined) return;
  throw new StoreError('ARGUMENT_INVALID', `these key changes are not allowed: ${refusal}`, {
    ...wayOut(keys, index, signer, keyring),
  });
}

function wayOut(
  keys: readonly KeyChange[],
  index: number,
  signer: KeyId,
  keyring: Keyring,
): Guidance & { readonly hint: string } {
  for (const key of keys) {
    const from = key.action === 'revoke' ? earliestRevocation(key, index, signer, keyring) : undefined;
    if (from !== undefined)
      return {
        hint: `Nothing was committed. The key that signs now was added by the key to be revoked, so it can be revoked from commit ${from} on. What it signed before and should not have, restore or put again; to void that too, sign with an owner key that does not come from it.`,
        advice: [{ do: 'revoke-key', from }],
      };
  }
  const own = keys.some((key) => (key.action === 'revoke' || key.action === 'retire') && key.keyId === signer);
  return own
    ? {
        hint: 'Nothing was committed. A rotation adds a new owner key and retires this one in one commit; after that it can be revoked, from the next commit on.',
        advice: [{ do: 'rotate-key' }],
      }
    : { hint: 'Nothing was committed.', advice: [{ do: 'list-keys' }] };
}

/** The first index from which a revocation leaves the key that signs it in force: only key commits of the revoked key matter. */
function earliestRevocation(
  revocation: Extract<KeyChange, { action: 'revoke' }>,
  index: number,
  signer: KeyId,
  keyring: Keyring,
): number | undefined {
  return keyring.commits
    .filter((commit) => commit.signer === revocation.keyId && commit.index >= revocation.fromIndex)
    .map((commit) => commit.index + 1)
    .find((fromIndex) => keyring.refusal({ index, signer, keys: [{ ...revocation, fromIndex }] }) === undefined);
}
