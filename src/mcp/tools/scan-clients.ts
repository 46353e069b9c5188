import { z } from 'zod';
import { scanClientsRendering } from '../results/scan-clients.ts';
import { clientName, fields, projectFolder } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** `scan_clients` */
export const scanClientsTool = defineTool({
  name: 'scan_clients',
  title: 'Look at MCP clients',
  description:
    'Lists the MCP clients found on this machine, with the file each keeps its servers in, the servers, and how they differ from what this store deployed: missing, changed, another program, foreign, or undone by the client. Use it first, before importing or deploying. Values of variables and headers are never shown. Changes nothing.',
  behaviour: { readOnly: true, destructive: false, idempotent: true },
  onThisMachine: true,
  input: () => z.strictObject({ client: clientName.optional(), project: projectFolder.optional() }),
  output: () =>
    z.object({
      clients: z
        .array(
          z.object({
            client: z.string().describe('Name of the client, as other tools take it.'),
            title: z.string().describe('Its name, as people know it.'),
            path: z.string().describe('Its file.'),
            why: z.string().describe('Why this file and no other.'),
            scope: z.enum(['user', 'project', 'local']).describe('Whose file it is; local: its list for that project.'),
            state: z
              .enum(['ok', 'missing', 'unparsable', 'unreadable'])
              .describe('A file that cannot be read is not the same as one that has no servers.'),
            fault: z.string().optional().describe('What is wrong with the file.'),
            changed_at: fields.time.optional().describe('When the file was last written.'),
            config: z
              .object({ name: fields.name, version: fields.version, deployed_at: fields.time })
              .optional()
              .describe('The config that was deployed to it last.'),
            servers: z
              .array(
                z.object({
                  name: z.string().describe('Name of the server.'),
                  transport: z.enum(['stdio', 'http', 'sse']).describe('How the client reaches it.'),
                  owned: z.boolean().describe('This store wrote it, or took it over.'),
                  enabled: z.boolean().describe('False where it is switched off in the file.'),
                  drift: z
                    .enum(['missing', 'changed', 'other-program', 'foreign', 'undone'])
                    .optional()
                    .describe('How it differs from what was deployed; absent where it does not.'),
                }),
              )
              .describe('The servers in the file.'),
            read_only: z.boolean().describe('Looked at, and never written.'),
            others: z.array(z.string()).describe('Other files of the client that exist and are not meant.'),
            next: z.string().optional().describe('The next step for this client.'),
          }),
        )
        .describe('One entry for each file of a client.'),
    }),
  rendering: scanClientsRendering,
  async run(request, { context }) {
    const { scanClients } = await import('../../verbs/clients/scan-clients.ts');
    return scanClients(context, request);
  },
});
