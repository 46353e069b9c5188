import { formatDigest, parseDigestPrefix } from '../../core/digest.ts';
import { checkName } from '../../core/name.ts';
import type { Notice } from '../../core/notice.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import type { Draft } from '../../store/api/drafts.ts';
import type { Store } from '../../store/api/store.ts';
import type { VerifiedRead } from '../../store/api/versions.ts';
import { argumentInvalid } from '../shared/argument.ts';
import type { Content } from '../shared/content-changes.ts';
import { missingDrafts } from '../shared/not-found.ts';
import { checkReference } from '../shared/resolve-version.ts';
import { readVersion } from './read-version.ts';

/** Which bytes: a name (newest), a name and version, a name's draft, or a digest. */
export interface ConfigSelector {
  readonly name?: string | undefined;
  readonly version?: VersionReference | undefined;
  readonly draft?: boolean | undefined;
  /** `sha256:<hex>`, or a unique prefix of 8 or more hex characters. */
  readonly digest?: string | undefined;
}

/** The whole bytes of a config, version or draft. */
export interface ConfigRead extends Content {
  readonly name: string;
  /** Absent for drafts. */
  readonly version?: number | undefined;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** Always false for drafts. */
  readonly verified: boolean;
  /** Absent for drafts. */
  readonly receipt?: Receipt | undefined;
  readonly draft?: { readonly revision: number; readonly baseVersion: number } | undefined;
  readonly notices: readonly Notice[];
}

/**
 * Reads a config, a version, a draft or content by its digest.
 *
 * @throws StoreError ARGUMENT_INVALID for a selector that means nothing or two things, NOT_FOUND, DIGEST_AMBIGUOUS, and
 * what a read throws
 */
export async function readConfig(
  store: Store,
  { name, version, draft = false, digest }: ConfigSelector,
): Promise<ConfigRead> {
  checkReference(version);
  if (digest !== undefined) {
    if (name !== undefined || version !== undefined || draft)
      throw argumentInvalid(
        'a digest is given together with a name, a version or the draft',
        'Give the digest alone, or leave it out.',
      );
    const prefix = parseDigestPrefix(digest);
    if (prefix === undefined)
      throw argumentInvalid(
        'the digest is not one, nor a prefix of 8 or more hex characters',
        'Copy it from a list: sha256: and up to 64 characters 0-9 and a-f.',
        { do: 'list-configs' },
        { do: 'list-history' },
      );
    return fromVersion(await store.reader.readDigest(prefix));
  }
  if (name === undefined)
    throw argumentInvalid('neither a name nor a digest is given', 'Say which config.', { do: 'list-configs' });
  checkName(name);
  if (draft && version !== undefined)
    throw argumentInvalid(
      'both the draft and a version are asked for',
      'Ask for one of them: the draft has no version yet.',
    );
  return draft ? fromDraft(await readDraft(store, name)) : fromVersion(await readVersion(store, name, version));
}

/** Reads the draft of a config. @throws StoreError NOT_FOUND with the drafts there are */
export async function readDraft(store: Store, name: string): Promise<Draft> {
  const draft = await store.drafts.get(name);
  if (draft === undefined) throw await missingDrafts(store, [name]);
  return draft;
}

function fromVersion({ row, bytes, verified, receipt, notices }: VerifiedRead): ConfigRead {
  const { name, version, mediaType } = row;
  return {
    name,
    version,
    digest: formatDigest(row.digest),
    mediaType,
    bytes,
    verified,
    receipt,
    notices,
  };
}

function fromDraft({ name, digest, mediaType, bytes, revision, baseVersion }: Draft): ConfigRead {
  return {
    name,
    digest: formatDigest(digest),
    mediaType,
    bytes,
    verified: false,
    draft: { revision, baseVersion },
    notices: [],
  };
}
