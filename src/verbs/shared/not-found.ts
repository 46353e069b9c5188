import { StoreError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import type { Store } from '../../store/api/store.ts';
import type { VersionRow } from '../../store/api/versions.ts';
import { listed } from './text.ts';

/** Names looked at for suggestions. */
const MAX_CANDIDATES = 1_000;

/** Returns `NOT_FOUND` for a name without versions, with the names that may have been meant. */
export async function unknownConfig(store: Store, name: string): Promise<StoreError> {
  if (await store.drafts.has(name)) {
    return new StoreError('NOT_FOUND', `${name} has a draft but no version yet`, {
      hint: 'Read the draft, or publish it.',
      advice: [
        { do: 'read-draft', name },
        { do: 'publish-drafts', drafts: [{ name }] },
      ],
    });
  }
  const { items, total } = await store.reader.heads({ limit: MAX_CANDIDATES });
  const near = similar(
    name,
    items.map((row) => row.name),
  );
  return new StoreError('NOT_FOUND', `there is no config ${name}`, {
    ...(near.length > 0
      ? { hint: `Did you mean ${near.join(' or ')}?` }
      : total === 0
        ? { hint: 'The store has no configs yet.', advice: [{ do: 'put-config', name }] }
        : total === 1
          ? { hint: `The only config is ${items[0]?.name}.` }
          : { hint: 'No name is similar.', advice: [{ do: 'list-configs', total }] }),
  });
}

/** Returns `NOT_FOUND` for a version a config does not have. */
export function unknownVersion(head: VersionRow, version: number): StoreError {
  return new StoreError('NOT_FOUND', `${head.name} has no version ${version}`, {
    hint:
      head.version === 1
        ? 'Its only version is 1.'
        : `Its versions are 1 to ${head.version}${head.action === 'delete' ? ', the newest being a deletion' : ''}.`,
    advice: [{ do: 'list-history', name: head.name }],
    details: { newest_version: head.version },
  });
}

/** Returns `NOT_FOUND` for a draft. */
export async function missingDrafts(store: Store, names: readonly string[]): Promise<StoreError> {
  const drafts = (await store.drafts.list()).map((draft) => draft.name);
  return new StoreError(
    'NOT_FOUND',
    names.length === 0 ? 'there are no drafts to publish' : `there is no draft of ${listed(names)}`,
    drafts.length === 0
      ? {
          hint: 'There are no drafts.',
          advice: [{ do: 'save-draft', ...(names[0] !== undefined && { name: names[0] }) }],
        }
      : { hint: `There are drafts of ${listed(drafts)}.` },
  );
}

/**
 * Returns up to three names that may have been meant: the one spelled most alike, then those that contain what was
 * asked for.
 */
function similar(name: string, names: readonly string[]): string[] {
  const alike = nearest(name, names);
  const containing = name.length < 3 ? [] : names.filter((other) => other.includes(name) && other !== alike);
  return [...(alike === undefined ? [] : [alike]), ...containing].slice(0, 3);
}
