import { CLIENTS } from '../commands/clients/client-options.ts';
import {
  type ArgumentDefinition,
  COMMON_OPTIONS,
  type CommandEntry,
  isGroup,
  type OptionDefinition,
  type ValueKind,
} from '../program/command.ts';

/** The words that fit one place of a command line. */
export type Completes = 'files' | 'nothing' | ValueKind | readonly string[];

/** One option as completion needs it. */
export interface OutlineOption {
  readonly flag: string;
  /** Its one letter, such as `-m`, where it has one. */
  readonly short?: string | undefined;
  readonly takesValue: boolean;
  readonly meaning: string;
  /** The words its value can be. */
  readonly completes: Completes;
}

/** One command as completion needs it. */
export interface Outline {
  /** `['draft', 'show']` for a subcommand. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly options: readonly OutlineOption[];
  /** By argument; the last one's repeats. */
  readonly completes: readonly Completes[];
}

/** The command line that prints the config names, for all shells; `--var` of the line that is typed follows it. */
export const NAMES_COMMAND = 'config-store list --names';
/** The command line that prints what else fits; the kind, the config that is named already, and `--var` follow it. */
export const VALUES_COMMAND = 'config-store completion values';

/** Outlines every command and subcommand, from the definitions the program itself is made of. */
export async function outlineCommands(
  entries: Readonly<Record<string, CommandEntry>>,
  parents: readonly string[] = [],
): Promise<Outline[]> {
  const outlines = await Promise.all(
    Object.entries(entries).map(async ([name, { summary, load }]): Promise<Outline[]> => {
      const loaded = await load();
      const path = [...parents, name];
      if (isGroup(loaded)) {
        const words = loaded.alone?.arguments?.[0]?.completes;
        const group = {
          path,
          summary,
          options: [...(loaded.alone?.options ?? []), ...COMMON_OPTIONS].map(toOption),
          completes: [[...Object.keys(loaded.subcommands), ...(typeof words === 'object' ? words : [])]],
        };
        return [group, ...(await outlineCommands(loaded.subcommands, path))];
      }
      const completes = (loaded.arguments ?? []).map(({ completes: what }) => known(what));
      return [{ path, summary, options: [...(loaded.options ?? []), ...COMMON_OPTIONS].map(toOption), completes }];
    }),
  );
  return outlines.flat();
}

/** Returns one word in single quotes; a quote inside is written in the one way bash, zsh and fish share. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Returns names of the commands that hold others. */
export function groupNames(outlines: readonly Outline[]): string[] {
  return [...new Set(outlines.flatMap(({ path: [first = ''], path }) => (path.length > 1 ? [first] : [])))];
}

/** Returns the ways an option can be typed. */
export function spellings({ flag, short }: Pick<OutlineOption, 'flag' | 'short'>): string[] {
  return short === undefined ? [flag] : [short, flag];
}

/** Returns every spelling of every option that takes a value; `--var` is read by the scripts themselves. */
export function valueFlags(outlines: readonly Outline[]): string[] {
  const flags = outlines.flatMap(({ options }) => options.filter(({ takesValue }) => takesValue).flatMap(spellings));
  return [...new Set(flags)].filter((flag) => flag !== '--var');
}

function known(what: ArgumentDefinition['completes']): Completes {
  return what === 'clients' ? CLIENTS : (what ?? 'nothing');
}

function toOption({ flags, meaning, completes }: OptionDefinition): OutlineOption {
  const [, short, flag = flags, value] = /^(?:(-\w), )?(--[\w-]+)(?: (.+))?$/.exec(flags) ?? [];
  return { flag, short, takesValue: value !== undefined, meaning, completes: known(completes) };
}
