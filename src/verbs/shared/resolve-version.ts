import { StoreError } from '../../core/errors.ts';
import { commitIndexOf, labelOf, parseVersionReference, type VersionReference } from '../../core/version-reference.ts';
import type { Store } from '../../store/api/store.ts';
import type { VersionRow } from '../../store/api/versions.ts';
import { argumentInvalid } from './argument.ts';
import { labelledVersion } from './labels.ts';
import { unknownConfig, unknownVersion } from './not-found.ts';

/** Versions looked at in one step on the way back to a commit. */
const PAGE_SIZE = 200;

/** Checks a version where one is given. @throws StoreError ARGUMENT_INVALID */
export function checkReference(version: VersionReference | undefined): VersionReference | undefined {
  if (version === undefined) return undefined;
  const reference = parseVersionReference(version);
  if (reference !== undefined) return reference;
  throw argumentInvalid(
    'the version is not a whole number from 1',
    'Give the number of a version, "latest", -1 for the one before the newest, "commit:" and the index of a commit, or "label:" and a label.',
  );
}

/**
 * Returns the number of the version that a reference means; `undefined` for the newest.
 *
 * @throws StoreError ARGUMENT_INVALID, NOT_FOUND with what there is instead
 */
export async function resolveVersion(
  store: Store,
  name: string,
  version: VersionReference | undefined,
): Promise<number | undefined> {
  const reference = checkReference(version);
  if (reference === undefined || reference === 'latest') return undefined;
  const label = labelOf(reference);
  if (label !== undefined) return labelledVersion(store, name, label);
  const index = commitIndexOf(reference);
  if (index === undefined && Number(reference) > 0) return Number(reference);
  const head = await store.reader.head(name);
  if (head === undefined) throw await unknownConfig(store, name);
  if (index !== undefined) return asOfCommit(store, head, index);
  const counted = head.version + Number(reference);
  if (counted < 1) throw unknownVersion(head, Number(reference));
  return counted;
}

/** As {@link resolveVersion}, with the number of the newest version where that is meant. */
export async function resolveToNumber(
  store: Store,
  name: string,
  version: VersionReference | undefined,
): Promise<number> {
  const resolved = await resolveVersion(store, name, version);
  if (resolved !== undefined) return resolved;
  const head = await store.reader.head(name);
  if (head === undefined) throw await unknownConfig(store, name);
  return head.version;
}

async function asOfCommit(store: Store, head: VersionRow, index: number): Promise<number> {
  const { name } = head;
  const newest = (await store.feed.recent(1))[0]?.index ?? -1;
  if (index > newest)
    throw new StoreError('NOT_FOUND', `there is no commit ${index}`, {
      hint: `The newest commit is ${newest}.`,
    });
  for (let before: number | undefined; ; ) {
    const page = await store.reader.versions(name, { before, limit: PAGE_SIZE });
    const row = page.items.find((version) => version.index <= index);
    if (row !== undefined) return row.version;
    before = page.next;
    if (before === undefined) break;
  }
  throw new StoreError('NOT_FOUND', `${name} did not exist yet at commit ${index}`, {
    hint: 'Look for the commit that made its first version.',
    advice: [{ do: 'list-history', name }],
  });
}
