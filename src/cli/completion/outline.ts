import { COMMON_OPTIONS, type CommandEntry, isGroup } from '../program/command.ts';

/** The words that fit one place of a command line. */
export type Completes = 'configs' | 'files' | 'nothing' | readonly string[];

/** One option as completion needs it. */
export interface OutlineOption {
  readonly flag: string;
  readonly takesValue: boolean;
  readonly meaning: string;
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

/** Options whose value is a path. */
export const PATH_FLAGS: readonly string[] = [
  '--var',
  '--out',
  '--file',
  '--to',
  '--identity',
  '--passphrase-file',
  '--html',
];
/** The command line that prints the config names, for all shells; `--var` of the line that is typed follows it. */
export const NAMES_COMMAND = 'config-store list --names';

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
        const group = {
          path,
          summary,
          options: [...(loaded.alone?.options ?? []), ...COMMON_OPTIONS].map(toOption),
          completes: [Object.keys(loaded.subcommands)],
        };
        return [group, ...(await outlineCommands(loaded.subcommands, path))];
      }
      const completes = (loaded.arguments ?? []).map((argument) => argument.completes ?? 'nothing');
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

function toOption({ flags, meaning }: { flags: string; meaning: string }): OutlineOption {
  const [flag = flags, value] = flags.split(' ');
  return { flag, takesValue: value !== undefined, meaning };
}
