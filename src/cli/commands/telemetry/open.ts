import type { CommandDefinition } from '../../program/command.ts';
import { telemetry } from './telemetry.ts';

/** `config-store open`: the report, in the browser; what `telemetry --open` does. */
export const open: CommandDefinition<{ since?: string }> = {
  options: [
    {
      flags: '--since <time>',
      completes: ['24h', '7d', '30d'],
      meaning: 'beginning: an age such as 24h or 7d, or a time; 7d by default',
    },
  ],
  examples: ['config-store open', 'config-store open --since 30d'],
  notes: 'Writes the page for yourself alone. Where no browser can be opened, it says where the page is.',
  endsItself: true,
  run: (environment, input) => telemetry.run(environment, { ...input, open: true }),
};
