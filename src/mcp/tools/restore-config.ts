import { z } from 'zod';
import { writeRendering } from '../results/write-result.ts';
import { changeMessage, configName, expectedVersion, versionOf, writeResult } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** `restore_config` */
export const restoreConfigTool = defineTool({
  name: 'restore_config',
  title: 'Roll back a config',
  description:
    'Makes an older version of a config the newest again, as a new signed version; nothing in between is lost, and the files of MCP clients stay as they are. Use it to undo a change or a deletion: find the version with list_history and compare it with diff_configs first. A version that is a deletion, or whose content was purged, cannot be restored.',
  behaviour: { readOnly: false, destructive: false, idempotent: true },
  input: () =>
    z.strictObject({
      name: configName,
      version: versionOf('The version to bring back.'),
      message: changeMessage.optional(),
      expected_version: expectedVersion.optional(),
    }),
  output: () => writeResult,
  rendering: writeRendering,
  async run({ expected_version, ...which }, { context }) {
    const { restoreConfig } = await import('../../verbs/configs/restore-config.ts');
    return restoreConfig(context, { ...which, expectedVersion: expected_version });
  },
});
