import type { Hex } from '../core/digest.ts';
import { StoreError } from '../errors.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { CommitRequest } from './api.ts';

/** True for what only an owner may sign. */
export function changesKeysOrPurges({ keys, changes }: CommitRequest): boolean {
  return (keys?.length ?? 0) > 0 || changes.some(({ action }) => action === 'purge');
}

/**
 * What every reader would refuse is refused before it is signed.
 *
 * @throws StoreError ARGUMENT_INVALID
 */
export function checkKeyChanges({ keys }: CommitRequest, index: number, signer: Hex, keyring: Keyring): void {
  const refusal = keys === undefined || keys.length === 0 ? undefined : keyring.refusal({ index, signer, keys });
  if (refusal === undefined) return;
  throw new StoreError('ARGUMENT_INVALID', `these key changes are not allowed: ${refusal}`, {
    hint: 'Nothing was committed. "config-store keys list" shows the keys and their state.',
  });
}
