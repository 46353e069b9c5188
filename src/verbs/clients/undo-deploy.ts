import { readClientFile } from '../../clients/section-place.ts';
import { removeTarget } from '../../clients/target/remove-target.ts';
import type { ReplaceOptions } from '../../clients/target/replace-target.ts';
import { MAX_CLIENT_FILE_BYTES } from '../../clients/target/target-file.ts';
import type { Guidance } from '../../core/advice.ts';
import { sha256Hex } from '../../core/digest.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import { readRegularFile } from '../../disk/opened-file.ts';
import type { Deployment, Deployments } from '../../state/deployments.ts';
import { newId } from '../../state/deployments.ts';
import type { Context } from '../shared/context.ts';
import { count } from '../shared/text.ts';
import type { AppliedTarget } from './apply-deploy.ts';
import { deploymentsOf, type Held, heldIn } from './deployed.ts';
import { entriesBack } from './entries-back.ts';
import { recordDeployment } from './record-deployment.ts';
import { findTargets, type ReadTarget, readTargetFile, type Target } from './targets.ts';
import { writeTarget } from './write-target.ts';

/** Whose last deployment is taken back; that of every file unless given. */
export interface UndoDeployRequest {
  readonly client?: string | undefined;
  readonly path?: string | undefined;
  readonly project?: string | undefined;
}

/** The outcome of an undo. */
export interface UndoDeployResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly targets: ReadonlyArray<AppliedTarget & { readonly how: 'backup' | 'entries' | 'none' }>;
}

type Undone = UndoDeployResult['targets'][number];

/**
 * Takes back the last deployment to clients' files: the copy of before if the file still has the bytes that were written, otherwise
 * entry by entry.
 *
 * @throws StoreError NOT_FOUND where nothing was deployed; ARGUMENT_INVALID
 */
export async function undoDeploy(
  ctx: Context,
  request: UndoDeployRequest,
  options?: ReplaceOptions,
): Promise<UndoDeployResult> {
  const { client, path, project } = request;
  const deployments = deploymentsOf(ctx);
  const all = deployments.read();
  const targets = findTargets(ctx, {
    clients: client === undefined ? undefined : [client],
    paths: path === undefined ? undefined : [path],
    project,
  });
  const undone: Undone[] = [];
  for (const target of targets) {
    const read = await readTargetFile(target);
    const held = heldIn(all, target, read.file?.bytes);
    // Two clients may share a file: it is undone once.
    const isMeant = client !== undefined || held.last?.client === target.dialect.client;
    if (held.last !== undefined && isMeant) undone.push(await undoOne(deployments, target, read, held, options));
  }
  if (undone.length === 0)
    throw new StoreError('NOT_FOUND', 'nothing was deployed there that could be taken back', {
      hint: 'See what was deployed where.',
      advice: [{ do: 'scan-clients' }],
    });
  await recordDeployment(
    ctx,
    undone.map((target) => target.client),
  );
  const done = undone.filter(({ state }) => state === 'written' || state === 'adopted').length;
  return {
    summary: `The last deployment to ${count(done, 'file')} was taken back${done === undone.length ? '' : `; ${undone.length - done} left as they were`}`,
    next: undone.find(({ state }) => state === 'written') && { hint: undone[0]?.reload },
    targets: undone,
  };
}

async function undoOne(
  deployments: Deployments,
  { dialect, path }: Target,
  read: ReadTarget,
  held: Held,
  options?: ReplaceOptions,
): Promise<Undone> {
  const bare = { client: dialect.client, path, reload: dialect.reload };
  const { last, stack } = held;
  if (last === undefined) throw new Error('there is a deployment to undo');
  const before = stack.at(-2);
  const goal = { kind: 'undo', config: before?.config ?? null, servers: before?.servers ?? {} } as const;
  try {
    const now = read.file?.bytes === undefined ? null : sha256Hex(read.file.bytes);
    if (last.kind === 'adopt') {
      await writeTarget(deployments, { read, ...goal, edits: [] });
      return { ...bare, state: 'adopted', how: 'none', notes: ['nothing had been written'] };
    }
    if (now === last.after && now !== null) {
      if (last.before === null) return await takeAway(deployments, read, last, goal, bare);
      const copy = copyOf(last);
      if (copy !== undefined) {
        const written = await writeTarget(deployments, { read, ...goal, edits: [], text: copy }, options);
        return { ...bare, state: 'written', how: 'backup', backup: written.backup, notes: [] };
      }
    }
    if (read.content === undefined) throw read.fault ?? new Error('a file that was not read has a fault');
    const copy = copyOf(last);
    const old = copy === undefined ? undefined : await readClientFile(dialect, copy, path, read.target.place);
    const { edits, notes } = entriesBack({
      ...{ dialect, last, before },
      old: old?.section.entries,
      now: read.content.section.entries,
    });
    const written = await writeTarget(deployments, { read, ...goal, edits }, options);
    const why = now === last.after ? 'the copy from before is gone' : 'the file has changed since';
    return {
      ...bare,
      state: written.state,
      how: 'entries',
      backup: written.backup,
      notes: [`${why}, so only the entries were taken back`, ...notes],
    };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return { ...bare, state: 'refused', how: 'none', notes: [`${error.code}: ${error.message}`] };
  }
}

/** A file that was made for the deployment goes with it. */
async function takeAway(
  deployments: Deployments,
  { target: { dialect, path, part }, file }: ReadTarget,
  last: Deployment,
  goal: Pick<Deployment, 'kind' | 'config' | 'servers'>,
  bare: { readonly client: string; readonly path: string; readonly reload: string },
): Promise<Undone> {
  if (file === undefined) throw new Error('the file was read');
  await removeTarget(file);
  const time = new Date().toISOString();
  await deployments.add({
    ...{ id: newId(), time, phase: 'done', client: dialect.client, path, part, backup: null },
    ...goal,
    ...{ before: last.after, after: null },
  });
  return { ...bare, state: 'written', how: 'backup', notes: ['the file was made by that deployment, and is removed'] };
}

/** Returns the copy of what was there before; undefined when it is gone, or another. */
function copyOf({ backup, before }: Deployment): string | undefined {
  if (typeof backup !== 'string') return undefined;
  try {
    const bytes = readRegularFile(backup, MAX_CLIENT_FILE_BYTES);
    return bytes !== undefined && sha256Hex(bytes) === before ? Buffer.from(bytes).toString('utf8') : undefined;
  } catch {
    return undefined; // only the last five are kept
  }
}
