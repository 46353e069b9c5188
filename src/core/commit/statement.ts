import type { CommitId, Digest, Hex, KeyId, StoreId } from '../digest.ts';
import { canonicalJson } from '../json/canonical-json.ts';

/** `_type` of every statement: in-toto Statement v1. */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
/** `predicateType` of every statement of this store. */
export const PREDICATE_TYPE = 'urn:mcp-config-store:commit:v1';

/** Limits a statement must keep to; characters are UTF-16 code units. */
export const STATEMENT_LIMITS = {
  messageChars: 2_000,
  labelChars: 100,
  authorChars: 100,
  changes: 1_000,
  keyChanges: 64,
} as const;

/** Who says they made a change: a claim, never identity (the key is). */
export interface Author {
  readonly name: string;
  readonly version: string;
  readonly via: 'mcp' | 'cli';
}

/** A change of a config: adds one version. `delete` repeats media type, size and digest of what it deletes. */
export interface ConfigChange {
  readonly action: 'put' | 'restore' | 'delete';
  readonly name: string;
  readonly version: number;
  /** SHA-256 of the artifact. */
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
  /** Only with `restore`: the version whose artifact is the newest again. */
  readonly restoredFrom?: number;
}

/** Says that an artifact's bytes were removed, and why. */
export interface PurgeChange {
  readonly action: 'purge';
  readonly digest: Digest;
  readonly reason: string;
  readonly size: number;
}

export type Change = ConfigChange | PurgeChange;

export type Role = 'owner' | 'writer';

/** Entries of `keys`; see docs/design.md, Trust. */
export type KeyChange =
  | {
      readonly action: 'add';
      readonly keyId: KeyId;
      readonly label: string;
      readonly role: Role;
      readonly spki: string;
    }
  | { readonly action: 'retire'; readonly keyId: KeyId }
  | { readonly action: 'revoke'; readonly keyId: KeyId; readonly fromIndex: number; readonly reason: string }
  | { readonly action: 'accept'; readonly index: number; readonly commit: CommitId; readonly reason: string };

/**
 * The content of one commit, in memory: what it signs. In the signed text the digests stand apart from the changes, in
 * `subject`.
 */
export interface Statement {
  readonly index: number;
  readonly store: StoreId;
  /** SHA-256 of the log file before; null at index 0. */
  readonly previous: CommitId | null;
  /** Index of the newest key commit before this one; null at index 0. */
  readonly keyring: number | null;
  /** UTC, RFC 3339 with milliseconds and `Z`. */
  readonly time: string;
  readonly author: Author;
  readonly message: string;
  readonly changes: readonly Change[];
  readonly keys: readonly KeyChange[];
}

/** Returns the one line of canonical JSON (RFC 8785) that is signed. */
export function encodeStatement({ changes, keys, ...rest }: Statement): string {
  return canonicalJson({
    _type: STATEMENT_TYPE,
    predicate: { ...rest, changes: changes.map(signedChange), keys: keys.map(encodeKeyChange) },
    predicateType: PREDICATE_TYPE,
    subject: [...changes.map(subjectOf), ...keys.map(keySubject)],
  });
}

/** One entry of `subject`: an artifact, a key or a commit, with its digest. */
export interface Subject {
  readonly name: string;
  readonly digest: { readonly sha256: Hex };
}

/** Returns a change as it stands in the signed text, without the digest, which its subject has. */
export function signedChange({ digest: _, ...change }: Change): object {
  return change;
}

/** A change of keys as it stands in the signed text. */
export function encodeKeyChange(key: KeyChange): object {
  if (key.action === 'accept') return key;
  const { keyId, ...rest } = key;
  return { ...rest, keyid: keyId };
}

/** Returns the subject of a change: its config, or the artifact that is purged. */
export function subjectOf(change: Change): Subject {
  const { digest } = change;
  return { name: change.action === 'purge' ? `purge/${digest}` : change.name, digest: { sha256: digest } };
}

/** Returns the subject of a change of keys. */
export function keySubject(key: KeyChange): Subject {
  return key.action === 'accept'
    ? { name: `log/${key.commit}`, digest: { sha256: key.commit } }
    : { name: `keys/${key.keyId}`, digest: { sha256: key.keyId } };
}
