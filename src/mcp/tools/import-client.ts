import { z } from 'zod';
import { importClientRendering } from '../results/import-client.ts';
import { changeMessage, clientName, configName, fields, projectFolder, receipt, targetPath } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** `import_client` */
export const importClientTool = defineTool({
  name: 'import_client',
  title: "Take in a client's servers",
  description:
    "Stores the servers of a client's file as a new version of a config, in the common form mcp.json. The file itself is not touched. Credentials in clear are not stored: a reference to a variable takes their place, and refused names them, never their values. Use it before the first deployment to a client. Deploying the result to the same file changes nothing there.",
  behaviour: { readOnly: false, destructive: false, idempotent: true },
  onThisMachine: true,
  input: () =>
    z.strictObject({
      client: clientName,
      path: targetPath.optional(),
      project: projectFolder.optional(),
      name: configName.optional().describe('Config to store it as; "<client>/default" unless given.'),
      message: changeMessage.optional(),
    }),
  output: () =>
    z.object({
      name: fields.name,
      version: fields.version.optional(),
      created: z.boolean().describe('False when the config holds this already.'),
      path: z.string().describe('The file that was read.'),
      receipt: receipt.optional(),
      refused: z
        .array(
          z.object({
            server: z.string().describe('Name of the server.'),
            field: z.string().describe('The member, for example "env.TOKEN".'),
            rule: z.string().describe('Which rule found it.'),
            variable: z.string().describe('The variable that the store refers to instead.'),
          }),
        )
        .describe('Values in clear that were not stored.'),
      left_out: z
        .array(
          z.object({
            server: z.string().describe('Name of the server.'),
            what: z.string().describe('The member, and why.'),
          }),
        )
        .describe('What has no place in the store, for example time limits and off switches: it stays in the file.'),
    }),
  rendering: importClientRendering,
  async run(request, { context }) {
    const { importClient } = await import('../../verbs/clients/import-client.ts');
    return importClient(context, request);
  },
});
