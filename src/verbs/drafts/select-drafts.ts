import { STATEMENT_LIMITS } from '../../core/commit/statement.ts';
import { type Digest, formatDigest, parseDigestPrefix } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import type { Draft, DraftSummary } from '../../store/api/drafts.ts';
import type { Store } from '../../store/api/store.ts';
import type { VersionRow } from '../../store/api/versions.ts';
import { argumentInvalid } from '../shared/argument.ts';
import { missingDrafts } from '../shared/not-found.ts';
import { listed } from '../shared/text.ts';

/** Which drafts, and what they must hold. */
export interface DraftSelection {
  readonly names?: readonly string[] | undefined;
  readonly expected?: ReadonlyArray<{ readonly name: string; readonly digest: string }> | undefined;
}

/**
 * Returns the drafts a selection means, all of them by default, each holding what is expected. With `expected` and
 * without `names`, a draft that is not among the expected was not reviewed, and nothing is chosen.
 *
 * @throws StoreError NOT_FOUND, ARGUMENT_INVALID, NAME_INVALID, VERSION_CONFLICT
 */
export async function selectDrafts(store: Store, { names, expected }: DraftSelection): Promise<readonly Draft[]> {
  const wanted = expectedDigests(expected);
  const drafts = names === undefined ? await store.drafts.list() : await named(store, names);
  if (drafts.length === 0) throw await missingDrafts(store, [...wanted.keys()]);
  if (drafts.length > STATEMENT_LIMITS.changes)
    throw argumentInvalid(
      `${drafts.length} drafts do not fit into one commit of at most ${STATEMENT_LIMITS.changes}`,
      'Publish them in parts, by name.',
    );
  const chosen = new Set(drafts.map((draft) => draft.name));
  const absent = [...wanted.keys()].filter((name) => !chosen.has(name));
  if (absent.length > 0)
    throw names === undefined
      ? await missingDrafts(store, absent)
      : argumentInvalid(
          `a digest is expected of ${listed(absent)}, and it is not among the drafts to publish`,
          'Name every reviewed draft, or none to publish all that were reviewed.',
        );
  for (const draft of drafts) checkDigest(draft, wanted.get(draft.name), names === undefined && wanted.size > 0);
  return Promise.all(drafts.map((draft) => readSame(store, draft)));
}

/** Reads the draft that was chosen, and no other that was saved since. */
async function readSame(store: Store, chosen: DraftSummary): Promise<Draft> {
  const draft = await store.drafts.get(chosen.name);
  if (draft?.revision === chosen.revision && draft.digest === chosen.digest) return draft;
  throw new StoreError('VERSION_CONFLICT', `the draft of ${chosen.name} was changed meanwhile`, {
    hint: 'Nothing was published. Review it again.',
    advice: [{ do: 'read-draft', name: chosen.name }],
  });
}

async function named(store: Store, names: readonly string[]): Promise<DraftSummary[]> {
  if (names.length === 0)
    throw argumentInvalid('the list of drafts to publish is empty', 'Name the drafts, or give no list to publish all.');
  const drafts: DraftSummary[] = [];
  const missing: string[] = [];
  for (const name of new Set(names.map(checkName))) {
    const draft = await store.drafts.get(name);
    if (draft === undefined) missing.push(name);
    else drafts.push(draft);
  }
  if (missing.length > 0) throw await missingDrafts(store, missing);
  return drafts;
}

function expectedDigests(expected: DraftSelection['expected']): Map<string, Digest> {
  const wanted = new Map<string, Digest>();
  for (const { name, digest } of expected ?? []) {
    const hex = parseDigestPrefix(digest);
    if (hex?.length !== 64)
      throw argumentInvalid(
        `the digest expected of ${checkName(name)} is not a full one`,
        'Give the digest of the reviewed draft as it was read: sha256: and 64 hex characters.',
        { do: 'read-draft', name },
      );
    if (wanted.has(checkName(name)) && wanted.get(name) !== hex)
      throw argumentInvalid(`two digests are expected of ${name}`, 'Name each config once.');
    wanted.set(name, hex);
  }
  return wanted;
}

function checkDigest(draft: DraftSummary, wanted: Digest | undefined, reviewedOnly: boolean): void {
  if (wanted === draft.digest || (wanted === undefined && !reviewedOnly && draft.fromHere)) return;
  const details = { name: draft.name, draft_digest: formatDigest(draft.digest) };
  if (wanted === undefined && !draft.fromHere)
    throw new StoreError('VERSION_CONFLICT', `the draft of ${draft.name} was not saved by this installation`, {
      hint: 'Nothing was published. Review it, and publish it by naming the digest that you reviewed.',
      advice: [{ do: 'read-draft', name: draft.name }],
      details,
    });
  if (wanted === undefined) {
    throw new StoreError('VERSION_CONFLICT', `there is a draft of ${draft.name} that was not reviewed`, {
      hint: 'Nothing was published. Review it too and give its digest, or name the drafts to publish.',
      advice: [{ do: 'compare-draft', name: draft.name }],
      details,
    });
  }
  throw new StoreError(
    'VERSION_CONFLICT',
    `the draft of ${draft.name} is not the one expected: it holds ${formatDigest(draft.digest)}`,
    {
      hint: 'Nothing was published: it was changed after the review. Read it again.',
      advice: [{ do: 'read-draft', name: draft.name }],
      details,
    },
  );
}

/** A draft may only follow the version it was begun on. @throws StoreError VERSION_CONFLICT with the head */
export function checkBase(draft: DraftSummary, head: VersionRow | undefined): void {
  const newest = head?.version ?? 0;
  const deleted = head?.action === 'delete';
  if (draft.baseVersion === newest || (draft.baseVersion === 0 && deleted)) return;
  const same = head !== undefined && !deleted && head.digest === draft.digest && head.mediaType === draft.mediaType;
  throw new StoreError(
    'VERSION_CONFLICT',
    `the draft of ${draft.name} was begun on version ${draft.baseVersion}, and the newest version is ${newest}${deleted ? ' (a deletion)' : ''}`,
    {
      hint: same
        ? `Nothing was published: version ${newest} holds exactly what the draft does.`
        : `Nothing was published. Compare the two, merge, and save the draft again on version ${newest}.`,
      advice: same
        ? [{ do: 'discard-draft', name: draft.name }]
        : [
            { do: 'compare-draft', name: draft.name },
            { do: 'save-draft', name: draft.name, expectedVersion: newest },
          ],
      details: {
        name: draft.name,
        version: newest,
        digest: head === undefined ? null : formatDigest(head.digest),
        deleted,
        base_version: draft.baseVersion,
      },
    },
  );
}
