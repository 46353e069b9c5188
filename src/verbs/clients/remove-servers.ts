import { driftOf } from '../../clients/ownership/drift.ts';
import { writtenFor } from '../../clients/ownership/ledger.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import type { Context } from '../shared/context.ts';
import { count } from '../shared/text.ts';
import type { AppliedTarget } from './apply-deploy.ts';
import { deploymentsOf, heldIn } from './deployed.ts';
import { recordDeployment } from './record-deployment.ts';
import { findTargets, readTargetFile, type TargetSelection } from './targets.ts';
import { writeTarget } from './write-target.ts';

/** Which of our servers go out of which files. */
export interface RemoveServersRequest extends TargetSelection {
  /** All that is ours unless given. */
  readonly server?: string | undefined;
  /** Only forget that they are ours. */
  readonly keepFiles?: boolean | undefined;
}

/** The outcome for the files. */
export interface RemoveServersResult {
  readonly summary: string;
  readonly targets: ReadonlyArray<
    AppliedTarget & { readonly servers: readonly string[]; readonly offList?: string | undefined }
  >;
}

/**
 * Takes entries that are ours out of clients' files. One that runs another program by now is a person's, and stays.
 *
 * @throws StoreError NOT_FOUND where none is ours
 */
export async function removeServers(ctx: Context, request: RemoveServersRequest): Promise<RemoveServersResult> {
  const { server, keepFiles = false } = request;
  const deployments = deploymentsOf(ctx);
  const all = deployments.read();
  const targets: Array<RemoveServersResult['targets'][number]> = [];
  for (const target of findTargets(ctx, request)) {
    const read = await readTargetFile(target);
    const { dialect, path } = target;
    const { owned, last } = heldIn(all, target, read.file?.bytes);
    const names = Object.keys(owned).filter((name) => server === undefined || name === server);
    if (names.length === 0 || last === undefined) continue;
    const bare = { client: dialect.client, path, reload: dialect.reload, servers: names, offList: dialect.offList };
    const entries = read.content?.section.entries;
    const others = names.filter((name) => {
      const value = entries?.get(name)?.value;
      return value !== undefined && driftOf(dialect, value, writtenFor(owned, name) ?? {}) === 'other-program';
    });
    const edits = keepFiles
      ? []
      : names
          .filter((name) => entries?.has(name) && !others.includes(name))
          .map((name) => ({ op: 'remove', name }) as const);
    const servers = Object.fromEntries(Object.entries(owned).filter(([name]) => !names.includes(name)));
    const config = Object.keys(servers).length === 0 ? null : last.config;
    const notes = others.map((name) => `${name} runs another program by now, and stays`);
    try {
      if (!keepFiles && read.content === undefined)
        throw read.fault ?? new Error('a file that was not read has a fault');
      const written = await writeTarget(deployments, { read, kind: 'remove', config, edits, servers });
      targets.push({ ...bare, state: written.state, backup: written.backup, notes });
    } catch (error) {
      if (!isStoreError(error)) throw error;
      targets.push({ ...bare, state: 'refused', notes: [`${error.code}: ${error.message}`] });
    }
  }
  if (targets.length === 0)
    throw new StoreError(
      'NOT_FOUND',
      server === undefined
        ? 'no server of ours is in any file'
        : `${JSON.stringify(server.slice(0, 80))} is in no file as a server of ours`,
      {
        hint: 'See what was deployed where.',
        advice: [{ do: 'scan-clients' }],
      },
    );
  await recordDeployment(
    ctx,
    targets.map(({ client }) => client),
  );
  const gone = targets.reduce((sum, { servers }) => sum + servers.length, 0);
  return {
    summary: `${count(gone, 'server')} ${keepFiles ? 'forgotten' : 'taken out'} in ${count(targets.length, 'file')}`,
    targets,
  };
}
