import { z } from 'zod';
import { applyDeployRendering } from '../results/apply-deploy.ts';
import { fields, storeWarnings } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** The outcome for one file, as apply and undo report it. */
export const appliedTarget = z.object({
  client: z.string().describe('The client.'),
  path: z.string().describe('Its file.'),
  state: z
    .enum(['written', 'unchanged', 'adopted', 'conflict', 'refused', 'stale'])
    .describe('adopted: nothing had to be written; stale: the file changed since the plan.'),
  backup: z.string().optional().describe('The copy of what was there before.'),
  notes: z.array(z.string()).describe('Why it was left as it was, and what a person should know.'),
  reload: z.string().describe('How the person makes it take effect.'),
});

/** `apply_deploy` */
export const applyDeployTool = defineTool({
  name: 'apply_deploy',
  title: 'Carry out a plan',
  description:
    "Writes exactly what a plan of plan_deploy says into clients' files, after verifying the config's signature. Each file is written whole or not at all, only if it is as the plan saw it, and a copy is kept next to it. Use it only after the person agreed to the plan. undo_deploy takes it back.",
  behaviour: { readOnly: false, destructive: true, idempotent: false },
  onThisMachine: true,
  input: () => z.strictObject({ plan_id: z.string().max(64).describe('The plan_id that plan_deploy returned.') }),
  output: () =>
    z.object({
      name: fields.name,
      version: fields.version,
      targets: z.array(appliedTarget).describe('What happened to each file.'),
      warnings: storeWarnings,
    }),
  rendering: applyDeployRendering,
  async run({ plan_id }, { context }) {
    const { applyDeploy } = await import('../../verbs/clients/apply-deploy.ts');
    return applyDeploy(context, { planId: plan_id });
  },
});
