import { z } from 'zod';
import { planDeployRendering } from '../results/plan-deploy.ts';
import {
  clientName,
  configName,
  fields,
  projectFolder,
  storeWarnings,
  targetPath,
  versionNumber,
} from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** `plan_deploy` */
export const planDeployTool = defineTool({
  name: 'plan_deploy',
  title: 'Plan a deployment',
  description:
    "Works out what a config of MCP servers would change in clients' files, server by server, and keeps that as a plan for one hour. Nothing is written. Use it first, show the plan to the person, then call apply_deploy. Only what this store wrote is ever changed; an entry of another under the same name is a conflict: import it, rename, or take_over. A credential is never filled in.",
  behaviour: { readOnly: false, destructive: true, idempotent: true },
  onThisMachine: true,
  input: () =>
    z.strictObject({
      name: configName,
      version: versionNumber.optional(),
      clients: z
        .array(clientName)
        .max(40)
        .optional()
        .describe('For which clients. Default: those it is deployed to, else the one its name begins with.'),
      paths: z.array(targetPath).max(40).optional().describe('Only these files, of those that scan_clients lists.'),
      project: projectFolder.optional(),
      switch: z
        .boolean()
        .optional()
        .describe('Put it in the place of another config that is deployed there: the servers of that go.'),
      restore: z
        .boolean()
        .optional()
        .describe('Put back what a person or the client removed, changed or switched off.'),
      take_over: z
        .array(z.string().max(255))
        .max(200)
        .optional()
        .describe('Names of servers whose entries, not made by this store, may be changed.'),
    }),
  output: () =>
    z.object({
      plan_id: z.string().describe('Give this to apply_deploy, within an hour.'),
      name: fields.name,
      version: fields.version,
      targets: z
        .array(
          z.object({
            client: z.string().describe('The client.'),
            path: z.string().describe('Its file.'),
            state: z
              .enum(['changes', 'unchanged', 'conflict', 'refused'])
              .describe('What apply_deploy would do with it.'),
            changes: z
              .array(
                z.object({
                  op: z.enum(['+', '~', '-', '=']).describe('Comes, changes, goes, or is ours from now on as it is.'),
                  server: z.string().describe('Name of the server.'),
                  fields: z.array(z.string()).describe('Members that change.'),
                }),
              )
              .describe('Server by server.'),
            conflicts: z
              .array(
                z.object({
                  server: z.string().describe('Name of the server.'),
                  message: z.string().describe('Why, and the ways out.'),
                }),
              )
              .describe('Servers of that name which this store did not make.'),
            losses: z.array(z.string()).describe("What the client's file cannot hold; each begins with a code."),
            notes: z.array(z.string()).describe('What a person should know.'),
            diff: z.string().describe('The lines that change; values that this store did not write are masked.'),
            reload: z.string().describe('How the person makes it take effect.'),
          }),
        )
        .describe('What would happen to each file.'),
      warnings: storeWarnings,
    }),
  rendering: planDeployRendering,
  async run({ take_over, ...request }, { context }) {
    const { planDeploy } = await import('../../verbs/clients/plan-deploy.ts');
    return planDeploy(context, { ...request, takeOver: take_over });
  },
});
