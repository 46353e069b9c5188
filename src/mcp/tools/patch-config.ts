import { z } from 'zod';
import { writeRendering } from '../results/write-result.ts';
import { changeMessage, configName, expectedVersion, jsonObject, writeResult } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** `patch_config` */
export const patchConfigTool = defineTool({
  name: 'patch_config',
  title: 'Change members of a config',
  description:
    'Applies a JSON merge patch (RFC 7386) to the newest version of a JSON, JSONC, YAML or TOML config, or to its draft with draft: true, and stores the result as a new signed version: members given are set, members given as null are removed, all others stay with their comments and layout; arrays are replaced whole. The files of MCP clients stay as they are. Use it for small changes. For other text read the config and use put_config.',
  behaviour: { readOnly: false, destructive: false, idempotent: true },
  input: () =>
    z.strictObject({
      name: configName,
      patch: jsonObject(
        'The merge patch (RFC 7386, not a list of JSON Patch operations): only the members to change, null for those to remove.',
      ),
      message: changeMessage.optional(),
      expected_version: expectedVersion.optional(),
      draft: z
        .boolean()
        .optional()
        .describe('Patch the draft, begun from the newest version where there is none, instead of making a version.'),
    }),
  output: () => writeResult,
  rendering: writeRendering,
  async run({ expected_version, ...change }, { context }) {
    const { patchConfig } = await import('../../verbs/configs/patch-config.ts');
    return patchConfig(context, { ...change, expectedVersion: expected_version });
  },
});
