import { z } from 'zod';
import { applyDeployRendering } from '../results/apply-deploy.ts';
import { clientName, projectFolder, targetPath } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';
import { appliedTarget } from './apply-deploy.ts';

/** `undo_deploy` */
export const undoDeployTool = defineTool({
  name: 'undo_deploy',
  title: 'Take back a deployment',
  description:
    "Takes back the last deployment to clients' files: the copy from before if the file still has the bytes that were written, otherwise entry by entry. Use it when a deployment did harm; say which client, or leave it out for all. Another call goes back further. The store itself is not changed: restore_config does that.",
  behaviour: { readOnly: false, destructive: true, idempotent: false },
  onThisMachine: true,
  input: () =>
    z.strictObject({
      client: clientName.optional(),
      path: targetPath.optional(),
      project: projectFolder.optional(),
    }),
  output: () =>
    z.object({
      targets: z
        .array(
          appliedTarget.extend({
            how: z.enum(['backup', 'entries', 'none']).describe('The whole copy came back, or entries one by one.'),
          }),
        )
        .describe('What happened to each file.'),
    }),
  rendering: applyDeployRendering,
  async run(request, { context }) {
    const { undoDeploy } = await import('../../verbs/clients/undo-deploy.ts');
    return undoDeploy(context, request);
  },
});
