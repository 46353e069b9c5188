import { sha256Hex } from '../../core/digest.ts';
import { checkName } from '../../core/name.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import { createFolder } from '../../disk/replace-file.ts';
import type { Passphrase } from '../../keys/folder/key-files.ts';
import type { ExportedVersion } from '../../store/api/reader.ts';
import type { Store } from '../../store/api/store.ts';
import type { VerifiedRead } from '../../store/api/versions.ts';
import type { Context } from '../shared/context.ts';
import { resolveVersion } from '../shared/resolve-version.ts';
import { evidenceFiles } from './export-files.ts';

/** Whose tools check an export: openssl and sha256sum, a Sigstore verifier, or ssh-keygen. */
export const EXPORT_FORMATS = ['openssl', 'sigstore', 'sshsig'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Which version, where to, and for whose tools. */
export interface ExportVersionRequest {
  readonly name: string;
  readonly version?: VersionReference | undefined;
  /** Folder to make; it must not exist yet, or be empty. */
  readonly out: string;
  /** `openssl` unless given. */
  readonly format?: ExportFormat | undefined;
  /** Opens the private key that signed the commit: `sshsig` signs once more. */
  readonly passphrase?: Passphrase | undefined;
}

/** The files that were written, and the version they are of. */
export interface ExportVersionResult {
  readonly read: VerifiedRead;
  /** Absolute path of the folder. */
  readonly out: string;
  readonly format: ExportFormat;
  readonly files: readonly string[];
  /** The commit's id: SHA-256 of the envelope. */
  readonly commit: string;
}

/**
 * Writes all that is needed to check one version without this software.
 *
 * @throws StoreError NOT_FOUND, ARGUMENT_INVALID for the folder, KEY_MISSING, KEY_LOCKED, and what a read throws
 */
export async function exportVersion(
  ctx: Context,
  { name: given, version, out, format = 'openssl', passphrase }: ExportVersionRequest,
): Promise<ExportVersionResult> {
  const name = checkName(given);
  const store = await ctx.store();
  const exported = await store.reader.exportVersion(name, await resolveVersion(store, name, version));
  const files = await filesOf(store, exported, format, passphrase);
  const folder = await createFolder(out, files);
  return { read: exported.read, out: folder, format, files: Object.keys(files), commit: sha256Hex(exported.envelope) };
}

async function filesOf(
  { keys }: Store,
  exported: ExportedVersion,
  format: ExportFormat,
  passphrase: Passphrase | undefined,
): Promise<Readonly<Record<string, Uint8Array | string>>> {
  if (format === 'openssl') return evidenceFiles(exported);
  const { sigstoreFiles, sshFiles } = await import('./export-formats.ts');
  if (format === 'sigstore') return sigstoreFiles(exported);
  return sshFiles(exported, await keys.files.loadPrivate(exported.read.row.keyId, passphrase));
}
