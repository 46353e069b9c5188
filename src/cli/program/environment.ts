import { createApp } from '../../app/app.ts';
import { version } from '../../app/version.ts';
import type { Output } from '../output/output.ts';
import type { Environment } from './command.ts';

/** Options of a command that decide how the process is put together. */
interface EnvironmentFlags {
  readonly var?: string;
  readonly storage?: string;
  readonly allowSecrets?: boolean;
  readonly allowSecret?: readonly string[];
}

/** Creates the environment of one command. Touches nothing until the command asks. */
export function createEnvironment(
  { var: root, storage, allowSecrets, allowSecret = [] }: EnvironmentFlags,
  output: Output,
  interrupted: AbortSignal,
  commands: Environment['commands'],
): Environment {
  const app = createApp({
    flags: { var: root, storage },
    via: 'cli',
    allowSecrets: allowSecrets ?? allowSecret,
    warn: output.warn,
  });
  return {
    output,
    interrupted,
    commands,
    context: app.context(() => ({ name: 'config-store', version })),
    settings: app.settings,
    close: app.close,
  };
}
