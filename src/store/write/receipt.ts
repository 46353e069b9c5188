import { formatDigest, type StoreId } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { VersionRow } from '../api/versions.ts';
import type { CommitOutcome } from '../api/writer.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import type { Plan } from './plan.ts';

/** The receipt of a commit; a commit of one config names it. */
export function commitReceipt(record: CommitRecord): Receipt {
  const { index, id, keyId, statement } = record;
  const base = { store: statement.store, index, commit: id, keyId: keyId, time: statement.time };
  const rows = record.versions;
  const [only] = rows;
  return rows.length === 1 && only !== undefined
    ? { ...base, name: only.name, version: only.version, digest: formatDigest(only.digest) }
    : base;
}

/** The receipt of one version that was read or left as it is. */
export function versionReceipt(store: StoreId, row: VersionRow): Receipt {
  return {
    store,
    index: row.index,
    commit: row.commit,
    keyId: row.keyId,
    time: row.time,
    name: row.name,
    version: row.version,
    digest: formatDigest(row.digest),
  };
}

/** The answer to a request whose every change equalled its head: the commit that made the newest of them. */
export function unchangedOutcome(store: StoreId, plan: Plan): CommitOutcome {
  const row = plan.unchanged;
  if (row === undefined)
    throw new StoreError('ARGUMENT_INVALID', 'the request changes nothing', { hint: 'Name at least one config.' });
  return { receipt: versionReceipt(store, row), versions: plan.versions, committed: false };
}
