import { forgottenVolume } from '../../app/forgotten-volume.ts';
import { overseeHealth } from '../../app/health-and-review.ts';
import { version } from '../../app/version.ts';
import { wire } from '../../app/wire.ts';
import type { Output } from '../output/output.ts';
import type { Environment } from './command.ts';

/** The most bytes one artifact may have on the command line: 64 MiB. */
export const MAX_CONTENT_BYTES = 64 * 1_048_576;

/** Creates the environment of one command. Touches nothing until the command asks. */
export function createEnvironment(
  flags: { var?: string },
  output: Output,
  commands: Environment['commands'],
): Environment {
  const wiring = wire(flags, true);
  const { settings, store, telemetry } = wiring;
  let warned = false;
  const open = async () => {
    const forgotten = warned ? undefined : forgottenVolume(settings());
    warned = true;
    if (forgotten !== undefined) await output.warn(`${forgotten.message}. ${forgotten.hint}`);
    return store.open();
  };
  return {
    output,
    version,
    commands,
    telemetry,
    settings,
    health: (asked) => overseeHealth(wiring, asked),
    store: open,
    context: ({ allowSecrets = false } = {}) => ({
      store: open,
      author: () => ({ name: 'config-store', version, via: 'cli' }),
      maxContentBytes: MAX_CONTENT_BYTES,
      allowSecrets,
    }),
    close: async () => {
      await store.close();
      await telemetry.close();
    },
  };
}
