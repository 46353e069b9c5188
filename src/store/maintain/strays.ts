import { type Digest, formatDigest, sha256Hex } from '../../core/digest.ts';
import { shortId } from '../../core/short-id.ts';
import { thousands } from '../../core/thousands.ts';
import type { Stray } from '../../engine/port.ts';
import type { Finding, LostCommit } from '../api/maintenance.ts';
import { LostCommits, type LostParts } from './lost-commits.ts';

const NOT_SHARED =
  'A tool that copies files between machines left it (Syncthing, Dropbox, iCloud and the like): such a tool must not share the storage, because two who write at once lose one of the changes.';

/** Returns a finding for each file among the store's own that is none of them, and says what it holds. */
export async function findStrays(parts: LostParts, reach: 'all' | 'newest'): Promise<Finding[]> {
  const lost = new LostCommits(parts);
  const findings: Finding[] = [];
  for await (const stray of parts.engine.admin.strays(reach)) {
    const commit = await lost.look(stray);
    findings.push(typeof commit === 'object' ? forked(stray, commit) : await strayFile(stray, commit, parts));
  }
  return findings;
}

function forked({ where }: Stray, { index, commit, keyId, time, versions, forks }: LostCommit): Finding {
  const what = versions.map(({ name, version }) => `${name} version ${version}`).join(', ');
  const place = forks
    ? `the log forked here: another commit ${index} follows the same predecessor, and this one lost its place`
    : 'it follows a commit that lost its place';
  return {
    severity: 'warning',
    code: 'FORKED',
    where,
    message: `holds commit ${index} (${shortId(commit)}, signed by ${shortId(keyId)} at ${time}) of this store, which is not in its log${what === '' ? '' : `, with ${what}`}; ${place}`,
    hint: NOT_SHARED,
    advice: [{ do: 'recover' }],
  };
}

async function strayFile({ where, bytes }: Stray, inLog: number | undefined, parts: LostParts): Promise<Finding> {
  const holds = bytes === undefined ? 'what is no entry of a store' : await describe(bytes, inLog, parts);
  return {
    severity: 'warning',
    code: 'STRAY_FILE',
    where,
    message: `this file is not the store's, and holds ${holds}`,
    hint: `It changes nothing, and can be moved away. ${NOT_SHARED}`,
  };
}

async function describe(bytes: Uint8Array, inLog: number | undefined, { view }: LostParts): Promise<string> {
  if (inLog !== undefined) return `a copy of commit ${inLog}`;
  const digest: Digest = sha256Hex(bytes);
  const named = await view.ask((cache) => cache.namedSince(digest, 0));
  return named === undefined
    ? `${thousands(bytes.length)} bytes that this store did not sign`
    : `a copy of ${named.name} version ${named.version} (${formatDigest(digest)})`;
}
