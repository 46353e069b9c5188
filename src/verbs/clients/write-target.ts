import { type EntryChange, editEntries } from '../../clients/formats/edit-entries.ts';
import { digestOf } from '../../clients/ownership/field-digests.ts';
import type { WrittenFields } from '../../clients/ownership/ledger.ts';
import { withFileLock } from '../../clients/target/file-lock.ts';
import { type ReplaceOptions, replaceTarget } from '../../clients/target/replace-target.ts';
import { sha256Hex } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import { type Deployment, type Deployments, newId } from '../../state/deployments.ts';
import { planStale } from './plan-deploy.ts';
import { fingerprint, type ReadTarget, readTargetFile } from './targets.ts';

/** How often a client may write other parts of its file between reading and writing. */
const ATTEMPTS = 5;

/** One writing of one file. */
export interface Writing {
  readonly read: ReadTarget;
  readonly kind: Deployment['kind'];
  readonly config: Deployment['config'];
  readonly edits: readonly EntryChange[];
  /** The fields that are ours in the file after that. */
  readonly servers: Readonly<Record<string, WrittenFields>>;
  /** Instead of edits: exactly this text. */
  readonly text?: string;
}

/** How a file was written. */
export interface Written {
  readonly state: 'written' | 'adopted' | 'unchanged';
  readonly backup?: string | undefined;
  readonly inPlace: boolean;
}

/**
 * Writes one file, and remembers it: a record before, one after. The file is as it was read, or nothing is written; where a client
 * rewrites the rest all the time, the edits are made in its newest bytes as long as its servers are as they were read.
 *
 * @throws StoreError PLAN_STALE, TARGET_CHANGED, TARGET_UNSUPPORTED, ARGUMENT_INVALID, STORE_FULL, STATE_UNKNOWN
 */
export async function writeTarget(
  deployments: Deployments,
  writing: Writing,
  options?: ReplaceOptions,
): Promise<Written> {
  const { dialect, path } = writing.read.target;
  const { read: first, kind, edits, text } = writing;
  // A byte order mark, which makes clients drop the file, is taken off by a deployment alone.
  const hasMark = kind === 'deploy' && first.file?.hadByteOrderMark === true;
  if (edits.length === 0 && text === undefined && !hasMark) return adopt(deployments, writing);
  return withFileLock(path, dialect.locks === true, async () => {
    for (let attempt = 1; ; attempt++) {
      const read = attempt === 1 ? first : await readTargetFile(first.target);
      if (attempt > 1 && fingerprint(read) !== fingerprint(first)) throw planStale(`the servers in ${path} changed`);
      try {
        return await writeOnce(deployments, { ...writing, read }, options);
      } catch (error) {
        // Only a file of which the plan holds the servers alone may have changed elsewhere.
        const isElsewhere = isStoreError(error, 'TARGET_CHANGED') && dialect.rewrites === true && text === undefined;
        if (!isElsewhere || attempt === ATTEMPTS) throw error;
      }
    }
  });
}

async function writeOnce(deployments: Deployments, writing: Writing, options?: ReplaceOptions): Promise<Written> {
  const { read, edits } = writing;
  const { file, content } = read;
  if (file === undefined || content === undefined)
    throw read.fault ?? new Error('a file that was not read has a fault');
  const text = writing.text ?? (await editEntries(content.client, content.section, edits));
  const record = recordOf(writing, file.bytes, Buffer.from(text));
  await deployments.add({ ...record, phase: 'begun' });
  const { backup, inPlace } = await replaceTarget(file, text, options);
  await deployments.add({ ...record, phase: 'done', time: new Date().toISOString(), backup: backup ?? null });
  return { state: 'written', backup, inPlace };
}

/** Entries that are as they should be become ours without a byte being written. */
async function adopt(deployments: Deployments, writing: Writing): Promise<Written> {
  const bytes = writing.read.file?.bytes;
  await deployments.add({
    ...recordOf({ ...writing, kind: writing.kind === 'deploy' ? 'adopt' : writing.kind }, bytes, bytes),
    phase: 'done',
    backup: null,
  });
  return { state: 'adopted', inPlace: false };
}

function recordOf(
  { read, kind, config, edits, servers }: Writing,
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
): Omit<Deployment, 'phase'> {
  const { dialect, path, part } = read.target;
  const digest = (bytes: Uint8Array | undefined) => (bytes === undefined ? null : sha256Hex(bytes));
  return {
    ...{ id: newId(), time: new Date().toISOString(), kind, client: dialect.client, path, part, config, servers },
    ...{ before: digest(before), after: digest(after) },
    added: edits.filter(({ op }) => op === 'add').map(({ name }) => name),
  };
}

/** Returns true when two states of what is ours are the same. */
export function sameServers(a: Writing['servers'], b: Writing['servers']): boolean {
  return digestOf(a) === digestOf(b);
}
