import { restoreConfig } from '../../../verbs/configs/restore-config.ts';
import { parseVersionReference } from '../../input/config-reference.ts';
import { EXPECTED_VERSION, MESSAGE } from '../../input/write-options.ts';
import { renderWritten } from '../../output/render.ts';
import { worded } from '../../output/worded.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store restore NAME@VERSION`: makes an older version the newest. */
export const restore: CommandDefinition<{ reference: string; message?: string; expectedVersion?: number }> = {
  arguments: [{ syntax: '<reference>', meaning: 'NAME@VERSION of the version to bring back', completes: 'versions' }],
  options: [MESSAGE, EXPECTED_VERSION],
  examples: ['config-store restore claude-desktop/default@1 --message "back to what worked"'],
  endsItself: true,
  run: async (environment, { reference, message, expectedVersion }) => {
    const { name, version } = parseVersionReference(reference);
    const result = await restoreConfig(environment.context, { name, version, message, expectedVersion });
    await environment.output.result(worded(result), () => renderWritten(result, environment.output));
    return undefined;
  },
};
