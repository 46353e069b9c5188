import type { FillIn } from '../../clients/canonical/to-client.ts';
import type { Dialect } from '../../clients/dialects/dialect.ts';
import type { ServerChange } from '../../clients/ownership/plan-section.ts';
import type { ReplaceOptions } from '../../clients/target/replace-target.ts';
import type { Guidance } from '../../core/advice.ts';
import { isStoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import { type KeptPlan, PLAN_LIFE_MS } from '../../state/plans.ts';
import type { Context } from '../shared/context.ts';
import { count } from '../shared/text.ts';
import { requireVerified } from './config-servers.ts';
import { deploymentsOf } from './deployed.ts';
import { type PlanDeployRequest, planStale, plansOf, type WorkedOutPlan, workOut } from './plan-deploy.ts';
import type { TargetPlan } from './plan-targets.ts';
import { recordDeployment } from './record-deployment.ts';
import { sameServers, writeTarget } from './write-target.ts';

/** The outcome for one file. */
export interface AppliedTarget {
  readonly client: string;
  readonly path: string;
  readonly state: 'written' | 'unchanged' | 'adopted' | 'conflict' | 'refused' | 'stale';
  /** The copy of what was there before. */
  readonly backup?: string | undefined;
  /** Why it is not written; what a person should know. */
  readonly notes: readonly string[];
  readonly reload: string;
}

/** The outcome of a deployment. */
export interface ApplyDeployResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly name: string;
  readonly version: number;
  readonly targets: readonly AppliedTarget[];
  readonly notices?: readonly Notice[] | undefined;
}

/**
 * Carries out exactly a plan that was made: each file whole or untouched, and only if it still is as the plan saw it. One file's
 * fault never stops the others.
 *
 * @throws StoreError PLAN_STALE, KEY_UNTRUSTED, and what reading the config throws
 */
export async function applyDeploy(
  ctx: Context,
  { planId }: { readonly planId: string },
  options?: ReplaceOptions,
): Promise<ApplyDeployResult> {
  const kept = plansOf(ctx).find(planId);
  if (kept === undefined) throw planStale('there is no such plan, or it was carried out');
  if (!(Math.abs(Date.now() - Date.parse(kept.time)) <= PLAN_LIFE_MS)) throw planStale('it is over an hour old');
  const plan = await workOut(ctx, kept.request as PlanDeployRequest);
  if (plan.config.layers.join() !== kept.layers.join()) throw planStale('a config that it builds on has changed since');
  const isThere = new Set(plan.targets.map(({ read }) => read.target.path));
  const gone = kept.targets.filter(({ path }) => !isThere.has(path));
  const result = await carryOut(ctx, { ...plan, gone }, options, ({ read, fingerprint, changes }) => {
    const seen = kept.targets.find(({ path }) => path === read.target.path);
    return seen?.fingerprint === fingerprint && seen.changes === changes;
  });
  await plansOf(ctx).drop(planId);
  return result;
}

/** Plans and carries out in one go, for a person who was shown the plan. */
export async function deploy(
  ctx: Context,
  request: PlanDeployRequest,
  { fillIn, shown }: { readonly fillIn?: FillIn | undefined; readonly shown?: WorkedOutPlan | undefined } = {},
): Promise<ApplyDeployResult> {
  const plan = await workOut(ctx, request, fillIn);
  return carryOut(ctx, plan, undefined, ({ read, fingerprint, changes }) => {
    const seen = shown?.targets.find((target) => target.read.target.path === read.target.path);
    return shown === undefined || (seen?.fingerprint === fingerprint && seen.changes === changes);
  });
}

async function carryOut(
  ctx: Context,
  { config, targets, gone = [] }: WorkedOutPlan & { readonly gone?: KeptPlan['targets'] },
  options: ReplaceOptions | undefined,
  isAsPlanned: (target: TargetPlan) => boolean,
): Promise<ApplyDeployResult> {
  requireVerified(config);
  const deployments = deploymentsOf(ctx);
  const active = { name: config.name, version: config.version, digest: config.digest };
  const applied: AppliedTarget[] = [];
  for (const target of targets) applied.push(await carryOutOne(target));
  for (const { client, path } of gone) applied.push({ ...{ client, path, reload: '' }, ...stale('it is gone') });
  for (const { client, state } of applied) ctx.telemetry.events.deployApplied({ name: config.name, client, state });
  const changed = applied.filter(({ state }) => state === 'written' || state === 'adopted');
  const notices =
    changed.length === 0
      ? []
      : await recordDeployment(
          ctx,
          changed.map(({ client }) => client),
        );
  const left = applied.filter(({ state }) => ['conflict', 'refused', 'stale'].includes(state));
  const undo = applied.find(({ state }) => state === 'written');
  return {
    summary: `${config.name} version ${config.version}: ${count(changed.length, 'file')} written or taken over, ${applied.length - changed.length - left.length} unchanged${left.length === 0 ? '' : `, ${left.length} left as they were`}`,
    next: undo === undefined ? undefined : { hint: undo.reload, advice: [{ do: 'undo-deploy', client: undo.client }] },
    name: config.name,
    version: config.version,
    targets: applied,
    ...(notices.length > 0 && { notices }),
  };

  async function carryOutOne(target: TargetPlan): Promise<AppliedTarget> {
    const { read, state, section, conflicts, held, fault } = target;
    const { dialect, path } = read.target;
    const bare = { client: dialect.client, path, reload: dialect.reload };
    if (!isAsPlanned(target)) return { ...bare, ...stale('it changed') };
    if (state === 'refused' || section === undefined)
      return { ...bare, state: 'refused', notes: fault === undefined ? [] : [`${fault.code}: ${fault.message}`] };
    if (state === 'conflict')
      return {
        ...bare,
        state,
        notes: conflicts.map(({ server, message }) => `TARGET_CONFLICT: ${server}: ${message}`),
      };
    const isSame = held.last?.config?.digest === active.digest && held.last.config.name === active.name;
    if (state === 'unchanged' && isSame && sameServers(section.owned, held.owned))
      return { ...bare, state: 'unchanged', notes: [] };
    try {
      const { edits, owned } = section;
      const written = await writeTarget(
        deployments,
        { read, kind: 'deploy', config: active, edits, servers: owned },
        options,
      );
      const notes = [
        ...(written.inPlace ? ['it could not be replaced as a whole, and was written in place'] : []),
        ...offListNotes(dialect, section.changes),
      ];
      return { ...bare, state: written.state, backup: written.backup, notes };
    } catch (error) {
      if (!isStoreError(error)) throw error;
      const isStale = error.code === 'TARGET_CHANGED' || error.code === 'PLAN_STALE';
      return { ...bare, state: isStale ? 'stale' : 'refused', notes: [`${error.code}: ${error.message}`] };
    }
  }
}

/** A list that keeps servers off outlives them: a server of the same name would be dead when it comes again. */
function offListNotes({ offList }: Dialect, changes: readonly ServerChange[]): string[] {
  if (offList === undefined) return [];
  return changes
    .filter(({ op }) => op === '-')
    .map(({ server }) => `${server} is taken out; its name may still be in ${offList}, which keeps it off`);
}

function stale(what: string): Pick<AppliedTarget, 'state' | 'notes'> {
  return { state: 'stale', notes: [`PLAN_STALE: ${what} since the plan was made`] };
}
