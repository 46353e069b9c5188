import { type CommitId, sha256Hex } from '../../core/digest.ts';
import type { CommitLog } from '../../engine/port.ts';

const ONE = { commits: 1, bytes: 1_048_576 } as const;

/** True when the log has a commit with this id at an index. Reads the log. */
export async function hasCommit(log: CommitLog, { index, id }: { index: number; id: CommitId }): Promise<boolean> {
  const [bytes] = (await log.readRange(index, ONE)).envelopes;
  return bytes !== undefined && sha256Hex(bytes) === id;
}
