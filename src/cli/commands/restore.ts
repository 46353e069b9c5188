import { restoreConfig } from '../../configs/restore-config.ts';
import type { CommandDefinition } from '../command.ts';
import { parseVersionReference } from '../config-reference.ts';
import { renderWritten } from '../render.ts';
import { EXPECTED_VERSION, MESSAGE } from '../write-options.ts';

/** `config-store restore NAME@VERSION`: makes an older version the newest. */
export const restore: CommandDefinition<{ reference: string; message?: string; expectedVersion?: number }> = {
  arguments: [{ syntax: '<reference>', meaning: 'NAME@VERSION of the version to bring back', completes: 'configs' }],
  options: [MESSAGE, EXPECTED_VERSION],
  examples: ['config-store restore claude-desktop/default@1 --message "back to what worked"'],
  run: async (environment, { reference, message, expectedVersion }) => {
    const { name, version } = parseVersionReference(reference);
    const result = await restoreConfig(environment.context(), { name, version, message, expectedVersion });
    await environment.output.result(result, () => renderWritten(result, environment.output));
    return undefined;
  },
};
