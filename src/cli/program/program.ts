import { Argument, Command, CommanderError, Help, Option } from 'commander';
import { processEnvironment } from '../../app/settings/settings.ts';
import { version } from '../../app/version.ts';
import { StoreError, toStoreError } from '../../core/errors.ts';
import { pagerOf } from '../output/pager.ts';
import {
  type AnyDefinition,
  COMMON_OPTIONS,
  type CommandEntry,
  isGroup,
  type LoadedCommand,
  type OptionDefinition,
} from './command.ts';
import { COMMANDS } from './commands.ts';
import { type Handler, runCommand, words } from './run-command.ts';
import { commandFor } from './synonyms.ts';

/** Runs one command line; loads only the file of the command asked for. Never throws. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const pager = process.stdin.isTTY ? pagerOf(processEnvironment()) : undefined;
  return runCommand(
    argv,
    async (handle, output) => {
      const program = await buildProgram(words(argv), handle);
      const written: Promise<void>[] = [];
      captureOutput(program, (text) => void written.push(output.text(text)));
      try {
        await program.parseAsync(argv, { from: 'user' });
      } finally {
        await Promise.all(written); // help that cannot be written is a failure too
      }
    },
    { pager, failureOf: (error) => failureOf(error, argv) },
  );
}

/**
 * Builds the commander program: every command by name and summary, and in full those that `asked` names.
 *
 * @param asked words of the command line that may be commands
 */
export async function buildProgram(asked: readonly string[] | 'everything', handle: Handler): Promise<Command> {
  const program = new Command('config-store')
    .description('A signed, content-addressable store for the configuration of AI assistants.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureHelp({
      // The same list whether or not a command's file was loaded.
      subcommandTerm: (command) => command.name(),
      optionTerm: ({ short, flags }) => (short === undefined ? `    ${flags}` : flags),
      helpWidth: helpWidth(),
    })
    .addHelpText(
      'after',
      `
Without a command it serves MCP when standard input is not a terminal.

Example:
  config-store put claude-desktop/default claude_desktop_config.json`,
    );
  addOptions(program, COMMON_OPTIONS);
  await addCommands(program, COMMANDS, asked, handle);
  program.addHelpCommand(
    new Command('help')
      .argument('[command]')
      .description('show help for a command')
      .helpOption(false)
      .helpGroup('The shell:'),
  );
  return program;
}

/** Help is under 80 columns wide, so that it can be read in any terminal and pasted anywhere. */
function helpWidth(): number {
  return Math.min(79, process.stdout.columns ?? 79);
}

async function addCommands(
  parent: Command,
  entries: Readonly<Record<string, CommandEntry>>,
  asked: readonly string[] | 'everything',
  handle: Handler,
): Promise<void> {
  for (const [name, { summary, group = 'Commands:', load }] of Object.entries(entries)) {
    const command = parent.command(name).description(summary).helpGroup(group).helpOption('-h, --help', 'show help');
    if (asked === 'everything' || asked.includes(name)) await fill(command, await load(), asked, handle);
  }
}

async function fill(
  command: Command,
  loaded: LoadedCommand,
  asked: readonly string[] | 'everything',
  handle: Handler,
): Promise<void> {
  if (!isGroup(loaded)) return define(command, loaded, handle);
  command.helpCommand(false);
  if (loaded.alone !== undefined) define(command.enablePositionalOptions(), loaded.alone, handle); // subcommands have some of the same
  await addCommands(command, loaded.subcommands, asked, handle);
}

function define(command: Command, loaded: AnyDefinition, handle: Handler): void {
  for (const { syntax, meaning } of loaded.arguments ?? []) command.addArgument(new Argument(syntax, meaning));
  addOptions(command, [...(loaded.options ?? []), ...COMMON_OPTIONS]);
  const notes = loaded.notes === undefined ? '' : `\n${new Help().boxWrap(loaded.notes, helpWidth())}\n`;
  const heading = loaded.examples.length === 1 ? 'Example' : 'Examples';
  command.addHelpText('after', `${notes}\n${heading}:\n${loaded.examples.map((line) => `  ${line}`).join('\n')}`);
  command.action(async () => {
    refuseGivenTwice(command);
    const named = command.registeredArguments.map((argument, at) => [
      camelCase(argument.name()),
      command.processedArgs[at],
    ]);
    await handle(loaded, { ...command.optsWithGlobals(), ...Object.fromEntries(named) });
  });
}

/** Returns the name under which an argument reaches its command, as commander does it with options. */
function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function addOptions(command: Command, options: readonly OptionDefinition[]): void {
  for (const {
    flags,
    meaning,
    required = false,
    repeats = false,
    parse = (text: string): unknown => text,
  } of options) {
    const option = new Option(flags, required ? `${meaning} (required)` : meaning).makeOptionMandatory(required);
    if (option.required || option.optional)
      option.argParser<unknown>((text, before) => {
        if (repeats) return [...((before as unknown[] | undefined) ?? []), ...[parse(text)].flat()];
        if (before !== undefined) throw givenTwice(option.long ?? flags);
        return parse(text);
      });
    command.addOption(option);
  }
}

/** Refuses what was given to a command and to the group around it: only one of the two would count. */
function refuseGivenTwice(command: Command): void {
  for (let above = command.parent; above !== null; above = above.parent)
    for (const option of above.options) {
      const sources = [above, command].map((each) => each.getOptionValueSource(option.attributeName()));
      if (sources.every((source) => source === 'cli')) throw givenTwice(option.long ?? option.flags);
    }
}

function givenTwice(option: string): StoreError {
  return new StoreError('ARGUMENT_INVALID', `${option} was given twice`, {
    hint: 'Nothing was done: only one of the two would count. Give it once.',
  });
}

/** Captures the output. Commander reports failures by throwing, so that ours is the only place that writes to stderr. */
function captureOutput(command: Command, write: (text: string) => void): void {
  command.exitOverride((error) => {
    throw Object.assign(error, { inCommand: pathOf(command) });
  });
  command.configureOutput({
    writeOut: write,
    writeErr: () => undefined,
    outputError: () => undefined,
  });
  for (const inner of command.commands) captureOutput(inner, write);
}

/** Returns the words that lead to a command, without the program's; `undefined` for the program itself. */
function pathOf(command: Command): string | undefined {
  const above = command.parent === null ? undefined : pathOf(command.parent);
  return command.parent === null ? undefined : [above, command.name()].filter(Boolean).join(' ');
}

/** Returns what went wrong; undefined where commander throws to end early, such as after its help. */
function failureOf(error: unknown, argv: readonly string[]): StoreError | undefined {
  if (!(error instanceof CommanderError)) return toStoreError(error);
  return error.exitCode === 0 ? undefined : fromCommander(error, argv);
}

function fromCommander(error: CommanderError & { readonly inCommand?: string }, argv: readonly string[]): StoreError {
  // A group without one of its subcommands: commander throws its help text, which is no message.
  const isHelp = error.code === 'commander.help';
  const [message = '', suggestion] = error.message
    .replace(/^error: /, '')
    .replace(/'-\w, (--[^']*)'/, "'$1'")
    .split('\n');
  const command = error.inCommand ?? words(argv).find((word) => Object.hasOwn(COMMANDS, word));
  const help = `Run "config-store${command === undefined ? '' : ` ${command}`} --help".`;
  const meant = error.code === 'commander.unknownCommand' ? commandFor(words(argv)) : undefined;
  const near = meant === undefined ? (suggestion?.replace(/^\((.*)\)$/, '$1 ') ?? '') : `Did you mean ${meant}? `;
  const wanting = command === undefined ? 'there is no such command' : `${command} needs a subcommand`;
  return new StoreError('ARGUMENT_INVALID', isHelp ? wanting : message, {
    hint: `${near}${help}`,
  });
}
