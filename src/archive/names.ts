import { isHexDigest } from '../core/digest.ts';
import { commitPath, draftFile, objectPath, parseCommitFile, parseDraftFile } from '../engine/files/layout.ts';

/** The files that a backup can hold, by what their names mean. */
export type BackupName =
  | { readonly kind: 'private' | 'public' | 'pending'; readonly keyId: string }
  | { readonly kind: 'pin' | 'format' | 'draft' }
  | { readonly kind: 'commit'; readonly index: number }
  | { readonly kind: 'artifact'; readonly digest: string };

/** Reads the path of a file in a backup; undefined for every path that the layout of a store does not know. */
export function parseBackupName(path: string): BackupName | undefined {
  if (path === 'keys/pin.json') return { kind: 'pin' };
  if (path === 'storage/format') return { kind: 'format' };
  const [room, ...names] = path.split('/');
  const last = names.at(-1) ?? '';
  if (room === 'keys') return keyFile(names);
  if (room !== 'storage') return undefined;
  const index = parseCommitFile(last);
  if (index !== undefined) return path === `storage/log/${commitPath(index)}` ? { kind: 'commit', index } : undefined;
  if (isHexDigest(last))
    return path === `storage/objects/${objectPath(last)}` ? { kind: 'artifact', digest: last } : undefined;
  const [folder, key = ''] = names;
  const revision = parseDraftFile(last);
  const isDraft = folder === 'drafts' && isHexDigest(key) && revision !== undefined;
  return isDraft && path === `storage/drafts/${key}/${draftFile(revision)}` ? { kind: 'draft' } : undefined;
}

function keyFile(names: readonly string[]): BackupName | undefined {
  const [, pending, keyId, ending] = /^(pending\/)?([0-9a-f]{64})\.(key|pub)\.pem$/.exec(names.join('/')) ?? [];
  if (keyId === undefined) return undefined;
  if (ending === 'pub') return pending === undefined ? { kind: 'public', keyId } : undefined;
  return { kind: pending === undefined ? 'private' : 'pending', keyId };
}
