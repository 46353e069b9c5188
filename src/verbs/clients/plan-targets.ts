import type { Loss } from '../../clients/canonical/loss.ts';
import type { FillIn } from '../../clients/canonical/to-client.ts';
import { editEntries } from '../../clients/formats/edit-entries.ts';
import { digestOf } from '../../clients/ownership/field-digests.ts';
import { type Conflict, planSection, type SectionPlan } from '../../clients/ownership/plan-section.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import type { Deployment } from '../../state/deployments.ts';
import type { Context } from '../shared/context.ts';
import { type ConfigServers, renderServers } from './config-servers.ts';
import { type Held, heldIn } from './deployed.ts';
import { approvalNotes, fileNotes, hidingNotes, type OtherList } from './plan-notes.ts';
import { fingerprint, type ReadTarget, readTargetFile, type Target } from './targets.ts';

/** How far a plan may go. */
export interface PlanOptions {
  /** Put another config in the place of the one that was deployed. */
  readonly switch?: boolean | undefined;
  /** Put back what a person removed, changed or switched off. */
  readonly restore?: boolean | undefined;
  /** Entries of others under the same names that are taken over: all, or these. */
  readonly takeOver?: boolean | readonly string[] | undefined;
}

/** The changes that a config makes in one file. */
export interface TargetPlan {
  readonly read: ReadTarget;
  readonly held: Held;
  readonly state: 'changes' | 'unchanged' | 'conflict' | 'refused';
  /** Undefined where the file is refused. */
  readonly section: SectionPlan | undefined;
  readonly conflicts: readonly Conflict[];
  readonly losses: readonly Loss[];
  /** Sentences that a person should read. */
  readonly notes: readonly string[];
  /** Why it is refused. */
  readonly fault: StoreError | undefined;
  /** Digests that a kept plan is bound to. */
  readonly fingerprint: string;
  readonly changes: string;
}

/** The parts of a plan for several files. */
export interface PlanParts {
  readonly config: ConfigServers;
  readonly deployments: readonly Deployment[];
  readonly options: PlanOptions;
  readonly fillIn?: FillIn | undefined;
  /** Other lists of the same clients, of which some hide others. */
  readonly otherLists: readonly OtherList[];
}

/** Works out what a config would change in each of these files; one file's fault never stops the others. */
export async function planTargets(
  ctx: Context,
  targets: readonly Target[],
  { config, deployments, options, fillIn, otherLists }: PlanParts,
): Promise<TargetPlan[]> {
  const plans: TargetPlan[] = [];
  for (const target of targets) {
    const plan = await planTarget(await readTargetFile(target), config, deployments, options, fillIn);
    const notes = [...hidingNotes(target, config, otherLists), ...(await approvalNotes(ctx, target, config))];
    plans.push(plan.section === undefined ? plan : { ...plan, notes: [...plan.notes, ...notes] });
  }
  return plans;
}

/** As `planTargets`, for one file that was read. */
async function planTarget(
  read: ReadTarget,
  config: ConfigServers,
  deployments: readonly Deployment[],
  options: PlanOptions,
  fillIn?: FillIn,
): Promise<TargetPlan> {
  const { target, content, fault, file } = read;
  const { dialect } = target;
  const held = heldIn(deployments, target, file?.bytes);
  // A file that is committed with a project never holds a value in clear.
  const { servers: rendered, losses } = renderServers(dialect, config, target.scope === 'project' ? undefined : fillIn);
  const bare = { read, held, losses, fingerprint: fingerprint(read) };
  const refusal = fault ?? refusalOf(target);
  const refused = { ...bare, state: 'refused', section: undefined, conflicts: [], notes: [], changes: '' } as const;
  if (refusal !== undefined || content === undefined) return { ...refused, fault: refusal };
  const section = planSection({
    dialect,
    section: content.section,
    servers: config.servers,
    rendered,
    owned: held.owned,
    restore: options.restore === true,
    takeOver: options.takeOver ?? false,
  });
  // A form that cannot be edited is no surprise for later.
  const unfit = await faultOf(editEntries(content.client, content.section, section.edits));
  if (unfit !== undefined) return { ...refused, fault: unfit };
  const active = held.last?.config?.name;
  const other: Conflict[] =
    active === undefined || active === config.name || options.switch === true
      ? []
      : [{ kind: 'foreign', server: '', message: `${active} is deployed there: say that it is to be switched` }];
  const conflicts = [...other, ...section.conflicts];
  const isSame = section.edits.length === 0 && file?.hadByteOrderMark !== true;
  return {
    ...bare,
    state: conflicts.length > 0 ? 'conflict' : isSame ? 'unchanged' : 'changes',
    section,
    conflicts,
    notes: fileNotes(read, config, section),
    fault: undefined,
    changes: digestOf([section.edits, section.owned]),
  };
}

async function faultOf(work: Promise<unknown>): Promise<StoreError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return error;
  }
}

function refusalOf({ dialect, place, path }: Target): StoreError | undefined {
  const why = dialect.readOnly ?? (place?.readOnly === true ? 'it holds single blocks' : undefined);
  if (why === undefined) return undefined;
  return new StoreError('TARGET_UNSUPPORTED', `${path} is looked at and never written: ${why}`, {
    hint: 'Print what would be in it, and paste that by hand.',
  });
}
