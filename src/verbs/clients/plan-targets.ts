import type { Loss } from '../../clients/canonical/loss.ts';
import type { FillIn } from '../../clients/canonical/to-client.ts';
import { digestOf } from '../../clients/ownership/field-digests.ts';
import { type Conflict, planSection, type SectionPlan } from '../../clients/ownership/plan-section.ts';
import { StoreError } from '../../core/errors.ts';
import type { Deployment } from '../../state/deployments.ts';
import { type ConfigServers, renderServers } from './config-servers.ts';
import { type Held, heldIn } from './deployed.ts';
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

/** Works out what a config would change in each of these files; one file's fault never stops the others. */
export async function planTargets(
  targets: readonly Target[],
  config: ConfigServers,
  deployments: readonly Deployment[],
  options: PlanOptions,
  fillIn?: FillIn,
  hidden: (client: string) => ReadonlySet<string> = () => new Set(),
): Promise<TargetPlan[]> {
  const plans: TargetPlan[] = [];
  for (const target of targets) {
    const plan = planTarget(await readTargetFile(target), config, deployments, options, fillIn);
    const elsewhere = target.scope === 'project' ? hidden(target.dialect.client) : new Set();
    const twice = [...config.servers.keys()].filter((name) => elsewhere.has(name));
    const notes = twice.map(
      (name) => `${name} is in the user's file of ${target.dialect.title} too, and is hidden here`,
    );
    plans.push({ ...plan, notes: [...plan.notes, ...notes] });
  }
  return plans;
}

/** As `planTargets`, for one file that was read. */
export function planTarget(
  read: ReadTarget,
  config: ConfigServers,
  deployments: readonly Deployment[],
  options: PlanOptions,
  fillIn?: FillIn,
): TargetPlan {
  const { target, content, fault, file } = read;
  const { dialect } = target;
  const held = heldIn(deployments, target.path, file?.bytes);
  // A file that is committed with a project never holds a value in clear.
  const { servers: rendered, losses } = renderServers(dialect, config, target.scope === 'project' ? undefined : fillIn);
  const bare = { read, held, losses, fingerprint: fingerprint(read) };
  const refusal = fault ?? refusalOf(target);
  if (refusal !== undefined || content === undefined)
    return { ...bare, state: 'refused', section: undefined, conflicts: [], notes: [], fault: refusal, changes: '' };
  const section = planSection({
    dialect,
    section: content.section,
    servers: config.servers,
    rendered,
    owned: held.owned,
    restore: options.restore === true,
    takeOver: options.takeOver ?? false,
  });
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
    notes: notesOf(read, config, section),
    fault: undefined,
    changes: digestOf([section.edits, section.owned]),
  };
}

function refusalOf({ dialect, place, path }: Target): StoreError | undefined {
  const why = dialect.readOnly ?? (place?.readOnly === true ? 'it holds single blocks' : undefined);
  if (why === undefined) return undefined;
  return new StoreError('TARGET_UNSUPPORTED', `${path} is looked at and never written: ${why}`, {
    hint: 'Print what would be in it, and paste that by hand.',
  });
}

function notesOf({ target, file }: ReadTarget, config: ConfigServers, { keptOff }: SectionPlan): string[] {
  const { dialect, exists, why, path } = target;
  const refers = [...config.servers.values()].some((server) => JSON.stringify(server).includes(REFERENCE_START));
  return [
    ...(!exists && why.includes('not found') ? [`${dialect.title} was not found here; its file would be made`] : []),
    ...(file?.hadByteOrderMark === true ? [`${path} begins with a byte order mark, which is taken off`] : []),
    ...(dialect.desktop && refers
      ? [`${dialect.title} is started from a dock or a menu, and sees no variable that a shell exports`]
      : []),
    ...keptOff.map((server) => `${server} is switched off in the file, and stays so`),
  ];
}

const REFERENCE_START = '${env:';
