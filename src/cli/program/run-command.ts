import { untilInterrupted } from '../../app/until-interrupted.ts';
import { isStoreError, type StoreError, toStoreError } from '../../core/errors.ts';
import { refused } from '../../telemetry/events/observers.ts';
import { createOutput, type Output, type OutputOptions } from '../output/output.ts';
import type { AnyDefinition, Environment } from './command.ts';
import { COMMANDS } from './commands.ts';
import { createEnvironment } from './environment.ts';
import { EXIT_CODES, type ExitCode, worstExitCode } from './exit-codes.ts';

/** Runs a command once its line is read. */
export type Handler = (definition: AnyDefinition, input: Readonly<Record<string, unknown>>) => Promise<void>;

/** Parts of a run that depend on how its line is read. */
export interface RunOptions {
  readonly pager?: OutputOptions['pager'];
  /** Says what went wrong; undefined for what is no failure. */
  readonly failureOf?: ((error: unknown) => StoreError | undefined) | undefined;
}

/**
 * Runs the command that `read` finds in a line, with everything that is the same for all of them: output, Ctrl-C, what is
 * said of a failure, and the exit code. Never throws.
 */
export async function runCommand(
  argv: readonly string[],
  read: (handle: Handler, output: Output) => Promise<void>,
  { pager, failureOf = toStoreError }: RunOptions = {},
): Promise<number> {
  const output = createOutput(process, argv.includes('--json'), { utc: argv.includes('--utc'), pager });
  const codes: ExitCode[] = [];
  const attempt = async (work: () => Promise<void>): Promise<unknown> => {
    try {
      await work();
      return undefined;
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== undefined) codes.push(await report(failure, output));
      return error;
    }
  };
  const abort = new AbortController();
  // A second Ctrl-C ends the process at once, as without any of this.
  const interrupt = () => abort.abort();
  process.once('SIGINT', interrupt);
  let environment: Environment | undefined;
  const thrown = await attempt(() =>
    read(async (definition, input) => {
      environment = createEnvironment(input, output, abort.signal, COMMANDS);
      const running = definition.run(environment, input);
      codes.push((await (definition.endsItself ? running : untilInterrupted(running))) ?? 0);
    }, output),
  );
  if (environment !== undefined && isStoreError(thrown)) {
    const { code, details } = thrown;
    refused(environment.context.telemetry.events, { tool: words(argv)[0] ?? '', code, details });
  }
  await attempt(async () => environment?.close());
  process.removeListener('SIGINT', interrupt);
  await attempt(output.finish);
  const worst = worstExitCode(codes);
  // Container engines read a health check's code: 1 is unhealthy, and everything else is reserved.
  return worst !== 0 && words(argv)[0] === 'health' ? 1 : worst;
}

/** Returns the words of a line that may be commands: neither options nor the values of those that every command takes. */
export function words(argv: readonly string[]): string[] {
  return argv
    .filter((word, at) => !word.startsWith('-') && !['--var', '--storage'].includes(argv[at - 1] ?? ''))
    .slice(0, 3);
}

async function report(failure: StoreError, output: Output): Promise<ExitCode> {
  await output.failure(failure);
  if (failure.code === 'INTERNAL') await output.warn(origin(failure.cause));
  return EXIT_CODES[failure.code];
}

/** Returns where an unexpected fault came from: its class and place, never its text, which may quote content. */
function origin(cause: unknown): string {
  if (!(cause instanceof Error)) return 'the fault was not an Error';
  const frames = (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return `the fault was ${cause.name}${frames.slice(0, 4).join('').replace(/\s+/g, ' ')}`;
}
