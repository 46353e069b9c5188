import { z } from 'zod';
import { StoreError } from '../../core/errors.ts';
import { diffConfigsRendering } from '../results/diff-configs.ts';
import {
  author,
  changes,
  changesOmitted,
  configName,
  fields,
  storeWarnings,
  verified,
  versionOf,
} from '../tool/schemas.ts';
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
    'Compares two versions of a config, or one version with its draft, with given content, or with another config: place by place for JSON, YAML and TOML, as a unified diff for other text. Use it to review a change before it is published or restored, and with steps to find which change broke something. from defaults to the newest version. Changes nothing.',
  behaviour: { readOnly: true, destructive: false, idempotent: true },
  input: () =>
    z.strictObject({
      name: configName,
      from: versionOf('The version to compare from. Default: the newest.').optional(),
      to: versionOf('The version to compare with, of name, or of to_name where that is given.').optional(),
      to_name: configName.optional().describe('Compare with this other config; its newest version unless to is given.'),
      draft: z.boolean().optional().describe('Compare with the unpublished draft of name.'),
      content: z.string().optional().describe('Compare with this text.'),
      unified: z
        .boolean()
        .optional()
        .describe('Compare the lines of the text, as diff -u does, instead of the data it holds.'),
      steps: z
        .boolean()
        .optional()
        .describe(
          'Every version after from up to to, newest first: who made it, when, why, and what it changed. from defaults to 1, to to the newest.',
        ),
    }),
  output: () =>
    z.object({
      equal: z.boolean().describe('The bytes are the same.'),
      from: side.optional().describe('What was compared; absent where a draft has no version before it.'),
      to: side.describe('What it was compared with.'),
      changes: changes.optional(),
      steps: z
        .array(
          z.object({
            version: fields.version,
            action: z.enum(['put', 'restore', 'delete']).describe('What made this version.'),
            restored_from: z.int().optional().describe('With restore: the version that was brought back.'),
            time: fields.time,
            message: fields.message,
            author,
            verified,
            changes: changes.describe('What this version changed in the one before.'),
            changes_omitted: changesOmitted,
          }),
        )
        .optional()
        .describe('With steps: the versions, newest first.'),
      steps_omitted: z.int().optional().describe('How many older steps are not listed.'),
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
  async run({ to_name, steps, ...sides }, { context }) {
    if (steps === true) {
      const { draft, content, unified, ...range } = sides;
      if (to_name !== undefined || content !== undefined || draft === true || unified === true) throw onlyVersions();
      const { diffSteps } = await import('../../verbs/history/diff-steps.ts');
      return diffSteps(context, range);
    }
    const { diffConfigs } = await import('../../verbs/configs/diff-configs.ts');
    return diffConfigs(context, { ...sides, toName: to_name });
  },
});

function onlyVersions(): StoreError {
  return new StoreError('ARGUMENT_INVALID', 'argument "steps" of diff_configs is for the versions of one config', {
    hint: 'Give name, from and to with it, or leave it out.',
    details: { argument: 'steps' },
  });
}
