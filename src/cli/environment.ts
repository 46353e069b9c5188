import type { Context } from '../configs/context.ts';
import type { HealthReport } from '../health.ts';
import type { Settings } from '../settings.ts';
import type { Store } from '../store/api.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { CommandEntry } from './command.ts';
import { forgottenVolume } from './forgotten-volume.ts';
import type { Output } from './output.ts';
import { type HealthAsked, overseeHealth } from './oversight.ts';
import { version } from './version.ts';
import { wire } from './wiring.ts';

/** The most bytes one artifact may have on the command line: 64 MiB. */
export const MAX_CONTENT_BYTES = 64 * 1_048_576;

/** What a command works with. */
export interface Environment {
  readonly output: Output;
  readonly version: string;
  /** Every command there is, for those that are about commands. */
  readonly commands: Readonly<Record<string, CommandEntry>>;
  readonly telemetry: Telemetry;
  /** @throws StoreError `ARGUMENT_INVALID` naming the variable or flag. */
  settings(): Settings;
  health(asked: HealthAsked): Promise<HealthReport>;
  /** Opens the store at first use; it is closed when the command ends. */
  store(): Promise<Store>;
  /** The context of the verbs, with this command as the author. */
  context(options?: { allowSecrets?: boolean | undefined }): Context;
  close(): Promise<void>;
}

/** The environment of one command. Touches nothing until the command asks. */
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
