import type { Context } from '../configs/context.ts';
import { readProcessSettings, type Settings } from '../settings.ts';
import type { Store } from '../store/api.ts';
import type { CommandEntry } from './command.ts';
import { lazyStore } from './lazy-store.ts';
import type { Output } from './output.ts';
import { passphraseSource } from './passphrase.ts';
import { version } from './version.ts';

/** The most bytes one artifact may have on the command line: 64 MiB. */
export const MAX_CONTENT_BYTES = 64 * 1_048_576;

/** What a command works with; the command line's composition root. */
export interface Environment {
  readonly output: Output;
  readonly version: string;
  /** Every command there is, for those that are about commands. */
  readonly commands: Readonly<Record<string, CommandEntry>>;
  /** @throws StoreError `ARGUMENT_INVALID` naming the variable or flag. */
  settings(): Settings;
  /** Opens the store at first use; it is closed when the command ends. */
  store(): Promise<Store>;
  /** The context of the verbs, with this command as the author. */
  context(options?: { allowSecrets?: boolean | undefined }): Context;
  close(): Promise<void>;
}

/** Wires settings, store and telemetry for one command. Touches nothing until the command asks. */
export function createEnvironment(
  flags: { var?: string },
  output: Output,
  commands: Environment['commands'],
): Environment {
  let read: Settings | undefined;
  const settings = () => {
    read ??= readProcessSettings(flags);
    return read;
  };
  const lazy = lazyStore(settings, {
    passphrase: async () => passphraseSource(settings().passphraseFile, true)?.(),
  });
  return {
    output,
    version,
    commands,
    settings,
    store: lazy.open,
    context: ({ allowSecrets = false } = {}) => ({
      store: lazy.open,
      author: () => ({ name: 'config-store', version, via: 'cli' }),
      maxContentBytes: MAX_CONTENT_BYTES,
      allowSecrets,
    }),
    close: lazy.close,
  };
}
