import { parseEnvelope } from '../../core/commit/envelope.ts';
import { parsePayload } from '../../core/commit/parse-statement.ts';
import { sha256Hex } from '../../core/digest.ts';
import type { CommitLog } from '../../engine/port.ts';
import { Keyring } from '../../keys/keyring.ts';
import { CacheDisagrees } from '../cache/cache-rows.ts';
import { type CommitRecord, recordOf } from '../commits/commit-record.ts';
import type { Versions } from './versions.ts';

const ONE = { commits: 1, bytes: 1_048_576 } as const;

/**
 * Returns the commit at which the cache stands, with the keyring there, if the log has that very commit: the hash of its
 * log file covers all before it, and says which key commit is the newest. `empty` for a cache without commits; undefined when cache and log are about different things.
 */
export async function cachedStart(
  log: CommitLog,
  versions: Versions,
): Promise<{ head: CommitRecord; keyring: Keyring } | 'empty' | undefined> {
  try {
    const newest = await versions.ask((cache) => cache.newest());
    if (newest === undefined) return 'empty';
    const [bytes] = (await log.readRange(newest.index, ONE)).envelopes;
    if (bytes === undefined || sha256Hex(bytes) !== newest.id) return undefined;
    const keyring = Keyring.from(await versions.ask((cache) => cache.keyCommits(newest.index)));
    const { payload, keyId } = parseEnvelope(bytes);
    const head = recordOf(newest.index, newest.id, keyId, parsePayload(payload));
    const { keys, keyring: before, store } = head.statement;
    if (keyring.store !== store || keyring.newest !== (keys.length > 0 ? head.index : before)) return undefined;
    return { head, keyring };
  } catch (error) {
    if (error instanceof CacheDisagrees) return undefined;
    throw error;
  }
}
