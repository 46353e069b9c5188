import { StoreError } from '../../core/errors.ts';
import type { KeyInfo } from '../../store/api/keys.ts';
import type { Store } from '../../store/api/store.ts';

/**
 * The key a person means: its full id or a unique beginning of 8 or more characters.
 *
 * @throws StoreError ARGUMENT_INVALID, NOT_FOUND, DIGEST_AMBIGUOUS
 */
export async function findKey(store: Store, text: string): Promise<KeyInfo> {
  const prefix = text.toLowerCase();
  if (!/^[0-9a-f]{8,64}$/.test(prefix)) {
    throw new StoreError('ARGUMENT_INVALID', 'this is not a key id', {
      hint: 'Give 8 or more characters of one; "config-store keys list" shows them.',
    });
  }
  const { keys } = await store.state.status();
  const [key, other] = keys.filter(({ keyId }) => keyId.startsWith(prefix));
  if (key === undefined)
    throw new StoreError('NOT_FOUND', `no key of this store begins with ${prefix}`, {
      hint: '"config-store keys list" shows the keys.',
    });
  if (other !== undefined)
    throw new StoreError('DIGEST_AMBIGUOUS', `several keys begin with ${prefix}`, {
      hint: 'Give more characters of the id.',
    });
  return key;
}

/** The argument every key command takes. */
export const KEY_ID = { syntax: '<key-id>', meaning: 'key id, or 8 or more characters of its beginning' } as const;
