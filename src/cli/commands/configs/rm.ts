import { deleteConfig } from '../../../verbs/configs/delete-config.ts';
import { EXPECTED_VERSION, MESSAGE } from '../../input/write-options.ts';
import { renderWritten } from '../../output/render.ts';
import { worded } from '../../output/worded.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store rm NAME`: a tombstone; nothing is lost. */
export const rm: CommandDefinition<{ name: string; message?: string; expectedVersion?: number }> = {
  arguments: [{ syntax: '<name>', meaning: 'config name', completes: 'configs' }],
  options: [MESSAGE, EXPECTED_VERSION],
  examples: ['config-store rm cursor/old-project'],
  notes: 'The history stays: "config-store restore NAME@VERSION" brings a version back.',
  endsItself: true,
  run: async (environment, { name, message, expectedVersion }) => {
    const result = await deleteConfig(environment.context, { name, message, expectedVersion });
    await environment.output.result(worded(result), () => renderWritten(result, environment.output));
    return undefined;
  },
};
