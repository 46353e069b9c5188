import type { Settings } from '../../app/settings/settings.ts';
import type { Context } from '../../verbs/shared/context.ts';
import type { Output } from '../output/output.ts';
import type { ExitCode } from './exit-codes.ts';

/** The surroundings of a command. */
export interface Environment {
  readonly output: Output;
  /** Every command there is, for those that are about commands. */
  readonly commands: Readonly<Record<string, CommandEntry>>;
  /** The context of the verbs, with this command as the author; its store is closed when the command ends. */
  readonly context: Context;
  /** Ctrl-C, for commands that end by themselves. */
  readonly interrupted: AbortSignal;
  /** @throws StoreError `ARGUMENT_INVALID` naming the variable or flag. */
  settings(): Settings;
  close(): Promise<void>;
}

/** Kinds of things in the store that can fit a place of a line; which there are is asked for when TAB is pressed. */
export const VALUE_KINDS = [
  'configs',
  'versions',
  'labels',
  'places',
  'drafts',
  'keys',
  'tokens',
  'servers',
  'server-names',
  'catalog',
  'schemas',
] as const;

/** One of these. */
export type ValueKind = (typeof VALUE_KINDS)[number];

/** One positional argument: `<name>` when it must be given, `[name]` when it may be. */
export interface ArgumentDefinition {
  readonly syntax: `<${string}>` | `[${string}]`;
  readonly meaning: string;
  /** The words it can be, offered by shell completion: files, the names of MCP clients, something of the store, or these words. */
  readonly completes?: 'files' | 'clients' | ValueKind | readonly string[];
}

/** One option, in commander's spelling: `-m, --message <text>`. */
export interface OptionDefinition {
  readonly flags: `--${string}` | `-${string}, --${string}`;
  readonly meaning: string;
  /** True when the command cannot do without it. */
  readonly required?: boolean;
  /** True when it may be given several times, and all that was given counts: the command gets an array, of the elements where `parse` returns one. */
  readonly repeats?: boolean;
  /** The words its value can be, as with an argument. */
  readonly completes?: ArgumentDefinition['completes'];
  /** Turns the text given into a value; throws StoreError `ARGUMENT_INVALID`. */
  readonly parse?: (text: string) => unknown;
}

/**
 * A command as data: program, help, shell completion and docs/cli.md are all made from it.
 * `Input` holds arguments and options together, under commander's camelCase names.
 */
export interface CommandDefinition<Input = Record<string, never>> {
  readonly arguments?: readonly ArgumentDefinition[];
  readonly options?: readonly OptionDefinition[];
  /** Complete command lines; at least one. */
  readonly examples: readonly [string, ...string[]];
  /** More than the one-line summary says, if needed. */
  readonly notes?: string;
  /**
   * True where Ctrl-C must not cut the work off: what was begun is finished, or undone by the command when
   * `environment.interrupted` is aborted. Any other command changes nothing, and is left where it is.
   */
  readonly endsItself?: true;
  /** Does the work; the exit code when it is not 0. Failures are thrown as StoreError. */
  readonly run: (environment: Environment, input: Input) => Promise<ExitCode | undefined>;
}

/** A command that holds others, such as `draft`. */
export interface CommandGroup {
  /** The command without one of its subcommands, where it does something: `backup --out FILE`. */
  readonly alone?: AnyDefinition;
  readonly subcommands: Readonly<Record<string, CommandEntry>>;
}

/** One line of the list of commands; its file is loaded when the command is asked for, not before. */
export interface CommandEntry {
  readonly summary: string;
  /** The heading it stands under in the list of commands. */
  readonly group?: string;
  readonly load: () => Promise<LoadedCommand>;
}

// biome-ignore lint/suspicious/noExplicitAny: each definition has its own Input, which commander fills from that same definition.
export type AnyDefinition = CommandDefinition<any>;

export type LoadedCommand = AnyDefinition | CommandGroup;

/** Returns true for a command that holds others. */
export function isGroup(command: LoadedCommand): command is CommandGroup {
  return 'subcommands' in command;
}

/** Options every command takes. */
export const COMMON_OPTIONS: readonly OptionDefinition[] = [
  { flags: '--var <dir>', meaning: 'folder that holds storage, keys, state and telemetry', completes: 'files' },
  { flags: '--storage <url>', meaning: 'address of the storage: postgres://… or file:///…' },
  { flags: '--json', meaning: 'print one JSON value, for scripts' },
  { flags: '--utc', meaning: 'show times in UTC, not on the clock of this machine' },
];
