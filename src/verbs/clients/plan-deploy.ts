import type { FillIn } from '../../clients/canonical/to-client.ts';
import { DIALECTS } from '../../clients/dialects/index.ts';
import { placesOf, samePlace } from '../../clients/ownership/ledger.ts';
import type { ServerChange } from '../../clients/ownership/plan-section.ts';
import type { Guidance } from '../../core/advice.ts';
import { StoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import { type Deployment, newId } from '../../state/deployments.ts';
import { Plans } from '../../state/plans.ts';
import { StateFolder } from '../../state/state-folder.ts';
import { argumentInvalid } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { count } from '../shared/text.ts';
import { type ConfigServers, configServers } from './config-servers.ts';
import { deploymentsOf, heldIn } from './deployed.ts';
import { otherLists } from './plan-notes.ts';
import { type PlanOptions, planTargets, type TargetPlan } from './plan-targets.ts';
import { lossText } from './render-config.ts';
import { findTargets, type Target, type TargetSelection } from './targets.ts';

/** Which config goes into which files. */
export interface PlanDeployRequest extends TargetSelection, PlanOptions {
  readonly name: string;
  readonly version?: VersionReference | undefined;
}

/** The changes that one file would get. */
export interface PlannedTarget {
  readonly client: string;
  readonly path: string;
  readonly state: 'changes' | 'unchanged' | 'conflict' | 'refused';
  readonly changes: readonly ServerChange[];
  readonly conflicts: ReadonlyArray<{ readonly server: string; readonly message: string }>;
  /** The parts that the client's file cannot hold; each begins with a code. */
  readonly losses: readonly string[];
  readonly notes: readonly string[];
  /** The lines that change; values that are not ours are masked. */
  readonly diff: string;
  /** How a person makes the change take effect. */
  readonly reload: string;
}

/** A plan: what would change in which file. Nothing is written. */
export interface PlanDeployResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly planId: string;
  readonly name: string;
  readonly version: number;
  readonly targets: readonly PlannedTarget[];
  readonly notices?: readonly Notice[] | undefined;
}

/** A plan with everything that carrying it out needs. */
export interface WorkedOutPlan {
  readonly config: ConfigServers;
  readonly targets: readonly TargetPlan[];
}

/** Returns the kept plans of this installation. */
export function plansOf({ installation }: Context): Plans {
  return new Plans(new StateFolder(installation.settings().paths.state));
}

/**
 * Works out what a config would change in clients' files, and keeps that for an hour.
 *
 * @throws StoreError NOT_FOUND, CONTENT_INVALID, ARGUMENT_INVALID, TARGET_CONFLICT, STORE_READONLY
 */
export async function planDeploy(ctx: Context, request: PlanDeployRequest): Promise<PlanDeployResult> {
  const plan = await workOut(ctx, request);
  const { config } = plan;
  const id = newId();
  await plansOf(ctx).keep({
    id,
    time: new Date().toISOString(),
    request: { ...request, version: config.version },
    layers: config.layers,
    targets: plan.targets.map(({ read, fingerprint, changes }) => ({
      client: read.target.dialect.client,
      path: read.target.path,
      fingerprint,
      changes,
    })),
  });
  return describePlan(plan, id);
}

/** Works out a plan, and keeps nothing. */
export async function workOut(ctx: Context, request: PlanDeployRequest, fillIn?: FillIn): Promise<WorkedOutPlan> {
  const config = await configServers(await ctx.store(), request.name, request.version);
  const deployments = deploymentsOf(ctx).read();
  const targets = targetsFor(ctx, request, deployments);
  const lists = request.project === undefined ? [] : await otherLists(ctx, targets, request.project);
  const parts = { config, deployments, options: request, fillIn, otherLists: lists };
  return { config, targets: await planTargets(ctx, targets, parts) };
}

/** Without clients or files: those that the config is deployed to already, else the client its name begins with. */
function targetsFor(ctx: Context, request: PlanDeployRequest, deployments: readonly Deployment[]): Target[] {
  const { name, clients, paths, project } = request;
  if (paths !== undefined) return findTargets(ctx, { clients, paths, project });
  const written = deployments.filter(({ config }) => config?.name === name);
  const deployed = placesOf(written).filter(
    (place) => heldIn(deployments, place, undefined).last?.config?.name === name,
  );
  const isDeployed = (target: Target) => deployed.some((place) => samePlace(place, target));
  // A list that only one project of one person has is meant where that is said, or was before.
  if (clients !== undefined)
    return findTargets(ctx, { clients, project }).filter((target) => target.scope !== 'local' || isDeployed(target));
  const known = DIALECTS.filter(({ client }) => written.some((one) => one.client === client));
  const targets = findTargets(ctx, { clients: known.map(({ client }) => client), project });
  const those = targets.filter(isDeployed);
  if (those.length > 0) return those;
  const [first] = name.split('/');
  const named = DIALECTS.find(({ client }) => client === first);
  if (named !== undefined)
    return findTargets(ctx, { clients: [named.client], project }).filter(({ scope }) => scope !== 'local');
  throw argumentInvalid(`${name} was not deployed yet, and no client is named`, 'Say for which clients it is meant.', {
    do: 'scan-clients',
  });
}

/** Returns a plan as its readers see it. */
export function describePlan({ config, targets }: WorkedOutPlan, planId: string): PlanDeployResult {
  const changed = targets.filter(({ state }) => state === 'changes').length;
  const conflicts = targets.filter(({ state }) => state === 'conflict').length;
  const refused = targets.filter(({ state }) => state === 'refused').length;
  const parts = [
    `${count(changed, 'file')} would change`,
    ...(conflicts === 0 ? [] : [`${count(conflicts, 'conflict')}`]),
    ...(refused === 0 ? [] : [`${refused} refused`]),
  ];
  const adopts = targets.some(({ section }) => section?.changes.some(({ op }) => op === '=') === true);
  return {
    summary: `${config.name} version ${config.version}: ${parts.join(', ')}; nothing is written yet`,
    next: changed > 0 || adopts ? { advice: [{ do: 'apply-deploy', plan: planId }] } : undefined,
    planId,
    name: config.name,
    version: config.version,
    targets: targets.map(describeTarget),
    ...(config.notices.length > 0 && { notices: config.notices }),
  };
}

function describeTarget({ read, state, section, conflicts, losses, notes, fault }: TargetPlan): PlannedTarget {
  const { dialect, path } = read.target;
  const changes = section?.changes ?? [];
  return {
    client: dialect.client,
    path,
    state,
    changes,
    conflicts: conflicts.map(({ server, message }) => ({ server, message })),
    losses: losses.map(lossText),
    notes: [...notes, ...(fault === undefined ? [] : [`${fault.message}. ${fault.hint}`])],
    diff: changes.flatMap(({ lines }) => lines).join('\n'),
    reload: dialect.reload,
  };
}

/** Returns `PLAN_STALE`. */
export function planStale(why: string): StoreError {
  return new StoreError('PLAN_STALE', `the plan cannot be carried out: ${why}`, {
    hint: 'Nothing was written. Plan again, and look at what it says.',
  });
}
