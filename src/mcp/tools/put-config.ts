import { z } from 'zod';
import { putConfig } from '../../verbs/configs/put-config.ts';
import { writeRendering } from '../results/write-result.ts';
import {
  changeMessage,
  expectedVersion,
  jsonDocument,
  newConfigName,
  textContent,
  writeResult,
} from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** `put_config` */
export const putConfigTool = defineTool({
  name: 'put_config',
  title: 'Store a config',
  description: `Stores whole content as a new signed version of a config, or as its draft with draft: true. Use json for JSON documents and content for any other text, exactly one of them, at most 1 MiB. To change a few members use patch_config, which cannot lose the others. Read first and pass expected_version, so that no other change is overwritten. Equal content makes no new version; older versions stay, and so do the files of MCP clients. Content with a credential in it is refused: refer to it as \${env:NAME}.`,
  behaviour: { readOnly: false, destructive: false, idempotent: true },
  input: () =>
    z.strictObject({
      name: newConfigName,
      content: textContent(
        'The content as text, stored byte for byte; with encoding base64, the bytes it spells.',
      ).optional(),
      json: jsonDocument(
        'The content as a JSON object or array, not as a string. Stored in canonical form (RFC 8785).',
      ).optional(),
      encoding: z.enum(['utf-8', 'base64']).optional().describe('How content spells the bytes. Default utf-8.'),
      media_type: z
        .string()
        .max(255)
        .optional()
        .describe(
          'Media type, for example "application/yaml". Default: application/json for json, that of the newest version for content; for new content what its name or form says, else text/plain.',
        ),
      message: changeMessage.optional(),
      expected_version: expectedVersion.optional(),
      schema: z
        .string()
        .max(200)
        .optional()
        .describe(
          'Name of a JSON Schema 2020-12 that is stored as schemas/<name>: this version and later ones must satisfy it. "none" ends that. Default: that of the newest version.',
        ),
      draft: z
        .boolean()
        .optional()
        .describe('Save as the unsigned draft of the config, to be reviewed and published later.'),
    }),
  keepEmpty: ['content'],
  output: () => writeResult,
  rendering: writeRendering,
  async run({ media_type, expected_version, schema, ...given }, { context }) {
    const { json, content } = given;
    // Empty text is content only where it is all the content there is.
    const isLeftOut = content === '' && json !== undefined;
    return putConfig(context, {
      ...given,
      ...(isLeftOut && { content: undefined }),
      mediaType: media_type,
      schema: schema === 'none' ? '' : schema,
      expectedVersion: expected_version,
    });
  },
});
