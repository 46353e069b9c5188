import { z } from 'zod';
import { validateConfigRendering } from '../results/validate-config.ts';
import { configName, fields, findings, jsonDocument, textContent, versionNumber } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** `validate_config` */
export const validateConfigTool = defineTool({
  name: 'validate_config',
  title: 'Check content against the policy',
  description:
    "Says whether content may be stored, before anything is signed: size, well-formed JSON, YAML or TOML, credentials, and remarks on MCP server entries. Use it on given content or json, on a config's newest or given version, or on its draft. Findings name the place and the rule, never a value. put_config makes the same checks by itself. Changes nothing.",
  behaviour: { readOnly: true, destructive: false, idempotent: true },
  input: () =>
    z.strictObject({
      name: configName.optional().describe('The config to check, or whose media type holds for the given content.'),
      version: versionNumber.optional(),
      draft: z.boolean().optional().describe('Check the unpublished draft of name.'),
      content: textContent('Text to check.').optional(),
      json: jsonDocument('JSON object or array to check, not as a string.').optional(),
      media_type: z
        .string()
        .max(255)
        .optional()
        .describe('Media type of the given content. Default: as put_config takes it.'),
    }),
  output: () =>
    z.object({
      valid: z.boolean().describe('True when there are no errors.'),
      media_type: fields.mediaType.describe('Media type it was checked as.').optional(),
      errors: findings.describe('What keeps it from being stored.'),
      warnings: findings.describe('What should be looked at.'),
    }),
  rendering: validateConfigRendering,
  async run({ media_type, ...what }, { context }) {
    const { validateConfig } = await import('../../verbs/configs/validate-config.ts');
    return validateConfig(context, { ...what, mediaType: media_type });
  },
});
