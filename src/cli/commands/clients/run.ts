import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { StoreError } from '../../../core/errors.ts';
import { serversNamed, withValues } from '../../../verbs/servers/server-start.ts';
import { argumentInvalid } from '../../../verbs/shared/argument.ts';
import type { CommandDefinition } from '../../program/command.ts';
import type { ExitCode } from '../../program/exit-codes.ts';

/** `config-store run NAME/server`: starts a configured server with the values of its variables. */
export const run: CommandDefinition<{ server: string; more: readonly string[] }> = {
  arguments: [
    { syntax: '<server>', meaning: 'NAME/SERVER: a config, and a server in it', completes: 'servers' },
    { syntax: '[more...]', meaning: 'further arguments for the server, after --' },
  ],
  examples: ['config-store run team/servers/github', 'config-store run team/servers/files -- /home/ada/notes'],
  notes:
    "For clients that expand no variables: let them start this. Values come from this environment, else from the system's keyring (service mcp-config-store, variable NAME); they are never written anywhere. Standard input and output are the server's.",
  endsItself: true,
  run: async ({ context }, { server: text, more }) => {
    const [found, ...others] = await serversNamed(context, text);
    if (found === undefined || others.length > 0)
      throw argumentInvalid(`${text} is a config, and no one server of it`, 'Name the server too: NAME/SERVER.');
    const { entry } = await withValues(context, found);
    if (entry.type !== 'stdio')
      throw argumentInvalid(`${text} is reached by its address`, 'Only local servers are started.');
    const { command, args = [], env = {}, cwd } = entry;
    const child = spawn(command, [...args, ...more], {
      stdio: 'inherit',
      env: context.installation.environmentWith(env),
      ...(cwd !== undefined && { cwd }),
    });
    const forward = (signal: NodeJS.Signals) => child.kill(signal);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, forward);
    return new Promise<ExitCode | undefined>((resolve, reject) => {
      child.on('error', (cause) =>
        reject(
          new StoreError('NOT_FOUND', `${command} cannot be started (${(cause as NodeJS.ErrnoException).code})`, {
            hint: 'Install it, or give its whole path in the config.',
            cause,
          }),
        ),
      );
      child.on('close', (code, signal) => {
        // The code is the server's own, whatever it means there.
        process.exitCode = code ?? 128 + (signal === null ? 0 : (constants.signals[signal] ?? 0));
        resolve(process.exitCode as ExitCode);
      });
    });
  },
};
