import { isStoreError, type StoreError } from '../../core/errors.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import { notThere } from '../../store/api/faults.ts';
import type { Store } from '../../store/api/store.ts';
import type { VerifiedRead } from '../../store/api/versions.ts';
import { unknownConfig, unknownVersion } from '../shared/not-found.ts';
import { resolveVersion } from '../shared/resolve-version.ts';

/**
 * Reads one verified version, the newest by default.
 *
 * @throws StoreError NOT_FOUND that says what there is instead; else what the store's read throws.
 */
export async function readVersion(store: Store, name: string, reference?: VersionReference): Promise<VerifiedRead> {
  const version = await resolveVersion(store, name, reference);
  try {
    return await store.reader.read(name, version);
  } catch (error) {
    throw isStoreError(error, 'NOT_FOUND') ? await explained(store, name, version, error) : error;
  }
}

async function explained(
  store: Store,
  name: string,
  version: number | undefined,
  error: StoreError,
): Promise<StoreError> {
  const head = await store.reader.head(name);
  if (head === undefined) return unknownConfig(store, name);
  if (version !== undefined && version > head.version) return unknownVersion(head, version);
  if (head.action === 'delete' && (version === undefined || version === head.version)) return notThere(name, head);
  return error;
}
