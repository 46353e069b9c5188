import { parseArgs } from 'node:util';
import { endOnSignals } from '../../app/leave.ts';
import type { SettingFlags } from '../../app/settings/settings.ts';

/**
 * Runs the command line and says with which code to exit; never throws for anything a person can cause.
 *
 * `serve` is what hosts start, often while a person waits: its lines are read here, without loading the rest of the
 * command line.
 *
 * @param argv the arguments, without the interpreter and the script
 */
export async function run(argv: readonly string[]): Promise<number> {
  const flags = readServe(argv);
  if (flags !== undefined) {
    const { startServer } = await import('../commands/program/serve.ts');
    return startServer(flags);
  }
  endOnSignals();
  const { runProgram } = await import('./program.ts');
  return runProgram(argv.length === 0 ? ['--help'] : argv);
}

/** Reads the flags of a line that means `serve`; undefined when it means anything else, or has a mistake in it. */
function readServe(argv: readonly string[]): SettingFlags | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        var: { type: 'string', multiple: true },
        storage: { type: 'string', multiple: true },
        'read-only': { type: 'boolean' },
      },
    });
    const [command, ...rest] = positionals;
    const asked = command === 'serve' || (command === undefined && !process.stdin.isTTY);
    const { var: folders = [], storage: addresses = [], 'read-only': readOnly } = values;
    const once = folders.length < 2 && addresses.length < 2;
    return asked && rest.length === 0 && once ? { var: folders[0], storage: addresses[0], readOnly } : undefined;
  } catch {
    // Not a plain line for `serve`: the whole program reads it again, and reports what is wrong with it.
    return undefined;
  }
}
