import {
  type AppliedTarget,
  type ApplyDeployResult,
  applyDeploy,
  deploy,
} from '../../../verbs/clients/apply-deploy.ts';
import {
  describePlan,
  type PlanDeployRequest,
  type PlannedTarget,
  planDeploy,
  workOut,
} from '../../../verbs/clients/plan-deploy.ts';
import { argumentInvalid } from '../../../verbs/shared/argument.ts';
import type { Context } from '../../../verbs/shared/context.ts';
import { parseReference } from '../../input/config-reference.ts';
import { confirm, YES } from '../../input/confirm.ts';
import { noticeText } from '../../output/advice.ts';
import { appliedLines, planLines } from '../../output/client-lines.ts';
import type { Output } from '../../output/output.ts';
import { renderNext } from '../../output/render.ts';
import type { CommandDefinition, OptionDefinition } from '../../program/command.ts';
import type { ExitCode } from '../../program/exit-codes.ts';
import { PATHS, PROJECT, TO } from './client-options.ts';

interface PlanInput {
  readonly reference: string;
  readonly to?: readonly string[];
  readonly path?: readonly string[];
  readonly project?: string;
  readonly switch?: boolean;
  readonly restore?: boolean;
  readonly takeOver?: boolean;
  readonly render?: boolean;
}

interface DeployInput extends PlanInput {
  readonly fillFromEnv?: boolean;
  readonly yes?: boolean;
}

const REFERENCE = { syntax: '<reference>', meaning: 'NAME or NAME@VERSION', completes: 'versions' } as const;
const OPTIONS: readonly OptionDefinition[] = [
  TO,
  PATHS,
  PROJECT,
  { flags: '--switch', meaning: 'put it in the place of another config that is deployed there' },
  { flags: '--restore', meaning: 'put back what a person or the client removed, changed or switched off' },
  { flags: '--take-over', meaning: 'change entries of others under the same names too' },
  { flags: '--render', meaning: "print what would be in the clients' files, and write nothing" },
];

/** `config-store clients plan NAME`: what would change. */
export const plan: CommandDefinition<PlanInput> = {
  arguments: [REFERENCE],
  options: OPTIONS,
  examples: ['config-store clients plan team/servers --to cursor,codex'],
  run: async ({ context, output }, input) => {
    if (input.render) return render(context, input, output);
    const result = await planDeploy(context, requestOf(input));
    for (const notice of result.notices ?? []) await output.warn(noticeText(notice));
    await output.result(result, () => [...planLines(result, output), ...renderNext(result, output)]);
    return undefined;
  },
};

/** `config-store clients apply PLAN`: exactly that plan. */
export const apply: CommandDefinition<{ plan: string }> = {
  arguments: [{ syntax: '<plan>', meaning: 'id of the plan' }],
  examples: ['config-store clients apply 0f1e2d3c4b5a6978'],
  endsItself: true,
  run: async ({ context, output }, { plan: planId }) => report(await applyDeploy(context, { planId }), output),
};

/** `config-store clients deploy NAME`: plan, show, ask, apply. */
export const deployConfig: CommandDefinition<DeployInput> = {
  arguments: [REFERENCE],
  options: [
    ...OPTIONS,
    {
      flags: '--fill-from-env',
      meaning: "write the values of variables from this environment into the user's files, never into a project's",
    },
    YES,
  ],
  examples: [
    'config-store clients deploy team/servers --to cursor,codex',
    'config-store clients deploy cursor/default --restore',
  ],
  notes: 'A dated copy is left next to each file that is written (the last five are kept).',
  endsItself: true,
  run: async ({ context, output }, input) => {
    if (input.render) return render(context, input, output);
    const request = requestOf(input);
    if (input.fillFromEnv && input.project !== undefined)
      throw argumentInvalid(
        'values are never written into the files of a project',
        'Those files are committed: leave the values out.',
      );
    const fillIn = input.fillFromEnv ? context.installation.variable : undefined;
    const shown = await workOut(context, request, fillIn);
    const described = describePlan(shown, '');
    const changes = described.targets.filter(
      ({ state, changes: some }) => state === 'changes' || some.some(({ op }) => op === '='),
    );
    if (!output.json) await output.text(`${planLines(described, output, changes.length > 0).join('\n')}\n`);
    if (changes.length > 0) await confirm(`Write ${changes.map(({ path }) => path).join(', ')}?`, input.yes ?? false);
    return report(await deploy(context, request, { fillIn, shown }), output, described.targets);
  },
};

async function report(
  result: ApplyDeployResult,
  output: Output,
  shown: readonly PlannedTarget[] = [],
): Promise<ExitCode | undefined> {
  for (const notice of result.notices ?? []) await output.warn(noticeText(notice));
  // A file that was left alone was explained by the plan already.
  const isShown = ({ path, state }: AppliedTarget) =>
    shown.some((target) => target.path === path && target.state === state);
  await output.result(result, () => [
    ...appliedLines(
      result.targets.filter((target) => !isShown(target)),
      output,
    ),
    result.summary,
    // How a change takes effect stands under the files.
    ...renderNext({ next: result.next && { advice: result.next.advice } }, output),
  ]);
  const states = result.targets.map(({ state }) => state);
  if (states.some((state) => state === 'conflict' || state === 'stale')) return 75;
  return states.includes('refused') ? 65 : undefined;
}

async function render(context: Context, { reference, to }: PlanInput, output: Output): Promise<undefined> {
  const { lossText, renderConfig } = await import('../../../verbs/clients/render-config.ts');
  const { name, version } = parseReference(reference);
  for (const client of to ?? [name.split('/')[0] ?? '']) {
    const { text, losses } = await renderConfig(await context.store(), { name, version, client });
    for (const loss of losses) await output.warn(lossText(loss));
    if (output.json) await output.jsonLine({ client, text, losses: losses.map(lossText) });
    else await output.text(text);
  }
  return undefined;
}

function requestOf({
  reference,
  to,
  path: paths,
  project,
  switch: other,
  restore,
  takeOver,
}: PlanInput): PlanDeployRequest {
  const { name, version } = parseReference(reference);
  return { name, version, clients: to, paths, project, switch: other, restore, takeOver };
}
