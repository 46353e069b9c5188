import { z } from 'zod';
import { summaryOnly } from '../results/rendering.ts';
import { changeMessage, configName, expectedVersion, fields, receipt } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** `delete_config` */
export const deleteConfigTool = defineTool({
  name: 'delete_config',
  title: 'Delete a config',
  description:
    'Marks a config as deleted by a signed version of its own: it no longer appears in list_configs and get_config. Use it when a config is not needed any more, and only when that was asked for. History and content stay: restore_config brings it back. So do the files of MCP clients. It does not erase secrets; that is done on the command line.',
  behaviour: { readOnly: false, destructive: true, idempotent: false },
  input: () =>
    z.strictObject({
      name: configName,
      message: changeMessage.optional(),
      expected_version: expectedVersion.optional(),
    }),
  output: () => z.object({ name: fields.name, version: fields.version.describe('Version of the deletion.'), receipt }),
  rendering: summaryOnly,
  async run({ expected_version, ...which }, { context }) {
    const { deleteConfig } = await import('../../verbs/configs/delete-config.ts');
    return deleteConfig(context, { ...which, expectedVersion: expected_version });
  },
});
