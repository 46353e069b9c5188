import { StoreError } from '../../core/errors.ts';
import type { KeyInfo } from '../../store/api/keys.ts';
import type { Store } from '../../store/api/store.ts';

/** A key of the store, with the state of its private file in this installation. */
export interface KeyDetails extends KeyInfo {
  readonly file: 'not here' | 'here' | 'here, encrypted';
}

/**
 * Finds the key a person means: its full id or a unique beginning of 8 or more characters.
 *
 * @throws StoreError ARGUMENT_INVALID, NOT_FOUND, DIGEST_AMBIGUOUS
 */
export async function findKey(store: Store, text: string): Promise<KeyInfo> {
  const prefix = text.toLowerCase();
  if (!/^[0-9a-f]{8,64}$/.test(prefix)) {
    throw new StoreError('ARGUMENT_INVALID', 'this is not a key id', {
      hint: 'Give 8 or more characters of one.',
      advice: [{ do: 'list-keys' }],
    });
  }
  const { keys } = await store.state.status();
  const [key, other] = keys.filter(({ keyId }) => keyId.startsWith(prefix));
  if (key === undefined)
    throw new StoreError('NOT_FOUND', `no key of this store begins with ${prefix}`, {
      hint: 'Check the id.',
      advice: [{ do: 'list-keys' }],
    });
  if (other !== undefined)
    throw new StoreError('DIGEST_AMBIGUOUS', `several keys begin with ${prefix}`, {
      hint: 'Give more characters of the id.',
      advice: [{ do: 'list-keys' }],
    });
  return key;
}

/** Adds the state of a key's private file. @throws StoreError KEY_PERMISSIONS, STORE_UNREADABLE */
export function detailsOf({ keys }: Store, key: KeyInfo): KeyDetails {
  if (!key.present) return { ...key, file: 'not here' };
  return { ...key, file: keys.files.isEncrypted(key.keyId) ? 'here, encrypted' : 'here' };
}
