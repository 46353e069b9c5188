import { z } from 'zod';
import { diffConfigsRendering } from '../results/diff-configs.ts';
import { changes, changesOmitted, configName, fields, storeWarnings, versionOf } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

const side = z.object({
  name: fields.name,
  version: fields.version.optional(),
  digest: fields.digest,
  media_type: fields.mediaType,
});

/** `diff_configs` */
export const diffConfigsTool = defineTool({
  name: 'diff_configs',
  title: 'Compare configs',
  description:
    'Compares two versions of a config, or one version with its draft, with given content, or with another config: place by place for JSON, YAML and TOML, as a unified diff for other text. Use it to review a change before it is published or restored. from defaults to the newest version. Changes nothing.',
  behaviour: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    name: configName,
    from: versionOf('The version to compare from. Default: the newest.').optional(),
    to: versionOf('The version to compare with, of name, or of to_name where that is given.').optional(),
    to_name: configName.optional().describe('Compare with this other config; its newest version unless to is given.'),
    draft: z.boolean().optional().describe('Compare with the unpublished draft of name. Default false.'),
    content: z.string().optional().describe('Compare with this text.'),
    unified: z
      .boolean()
      .optional()
      .describe('Compare the lines of the text, as diff -u does, instead of the data it holds. Default false.'),
  }),
  output: z.object({
    equal: z.boolean().describe('The bytes are the same.'),
    from: side.describe('What was compared.'),
    to: side.describe('What it was compared with.'),
    changes: changes.optional(),
    warnings: storeWarnings,
    changes_omitted: changesOmitted,
    unified: z
      .string()
      .optional()
      .describe('Unified diff of lines: for other text, and where only comments or layout differ.'),
    truncated: z.boolean().optional().describe('unified is only the beginning of the diff.'),
    binary: z.boolean().optional().describe('True when a side is not text.'),
  }),
  rendering: diffConfigsRendering,
  async run({ to_name, ...sides }, { context }) {
    const { diffConfigs } = await import('../../verbs/configs/diff-configs.ts');
    return diffConfigs(context, { ...sides, toName: to_name });
  },
});
