import type { Hex } from '../../core/digest.ts';
import type { JudgedVersion, Page, VerifiedRead, VersionRow } from './versions.ts';

/** Which configs to list; sorted by name. */
export interface HeadsQuery {
  readonly prefix?: string | undefined;
  readonly includeDeleted?: boolean | undefined;
  /** The name that the page begins after. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Everything a stranger needs to check one version: the artifact, the log file's bytes, the public key. */
export interface ExportedVersion {
  readonly read: VerifiedRead;
  readonly envelope: Uint8Array;
  readonly publicKeyPem: string;
}

/** Reads configs. Each call first takes in what other processes committed. */
export interface StoreReader {
  /** The newest version of a config, tombstones included. @throws StoreError STORE_MISSING */
  head(name: string): Promise<VersionRow | undefined>;
  heads(query: HeadsQuery): Promise<Page<VersionRow, string>>;
  /** Newest first; `before` is the version the page begins below. @throws StoreError NOT_FOUND */
  versions(name: string, page: { before?: number | undefined; limit: number }): Promise<Page<JudgedVersion, number>>;
  /** @throws StoreError NOT_FOUND, CORRUPT, SIGNATURE_INVALID, KEY_UNTRUSTED, PURGED */
  read(name: string, version?: number): Promise<VerifiedRead>;
  /**
   * By digest or unique prefix of 8 or more hex characters: the newest version that has these bytes, of the configs whose names
   * begin with `within`.
   */
  readDigest(prefix: Hex, within?: string): Promise<VerifiedRead>;
  exportVersion(name: string, version?: number): Promise<ExportedVersion>;
}
