import { SETTINGS } from '../src/app/settings/setting-table.ts';
import { version } from '../src/app/version.ts';
import {
  type AnyDefinition,
  COMMON_OPTIONS,
  type CommandEntry,
  isGroup,
  type OptionDefinition,
} from '../src/cli/program/command.ts';
import { COMMANDS } from '../src/cli/program/commands.ts';
import { EXIT_MEANINGS } from '../src/cli/program/exit-codes.ts';

const PAGE = 'https://github.com/mcp-config-store/mcp-config-store';

/** Returns the manual page config-store(1) as roff, from the definitions that the program itself is made of. */
export async function manualPage(): Promise<string> {
  const lines = [
    `.TH CONFIG\\-STORE 1 "" "mcp\\-config\\-store ${roff(version)}" "MCP Config Store"`,
    '.SH NAME',
    `config\\-store \\- ${roff('signed, content-addressable store for the configuration of AI assistants')}`,
    '.SH SYNOPSIS',
    '.B config\\-store',
    roff('command [options]'),
    '.SH DESCRIPTION',
    roff(
      'Stores configs as signed, chained versions: compares any two, restores any, verifies all of them offline. Without a command it serves MCP when standard input is not a terminal. Results go to standard output, failures to standard error on one line.',
    ),
    '.SH OPTIONS',
    'Every command takes:',
    ...COMMON_OPTIONS.flatMap(optionLines),
    '.SH COMMANDS',
    ...(await commandLines(COMMANDS)),
    '.SH ENVIRONMENT',
    ...Object.values(SETTINGS).flatMap(({ variable, meaning, fallback }) => [
      '.TP',
      `.B ${roff(variable)}`,
      roff(`${meaning} Without it: ${fallback}.`.replaceAll('`', '')),
    ]),
    '.SH EXIT STATUS',
    ...Object.entries(EXIT_MEANINGS).flatMap(([code, meaning]) => ['.TP', `.B ${code}`, roff(meaning)]),
    '.SH SEE ALSO',
    roff(PAGE),
  ];
  return `${lines.join('\n')}\n`;
}

async function commandLines(
  entries: Readonly<Record<string, CommandEntry>>,
  parents: readonly string[] = [],
): Promise<string[]> {
  const parts: string[] = [];
  for (const [name, { summary, load }] of Object.entries(entries)) {
    const path = [...parents, name];
    const loaded = await load();
    const own = isGroup(loaded) ? loaded.alone : loaded;
    if (own !== undefined || isGroup(loaded)) parts.push(`.SS ${roff(path.join(' '))}`, roff(`${capital(summary)}.`));
    if (own !== undefined) parts.push(...definitionLines(path, own));
    if (isGroup(loaded)) parts.push(...(await commandLines(loaded.subcommands, path)));
  }
  return parts;
}

function definitionLines(path: readonly string[], own: AnyDefinition): string[] {
  const places = own.arguments ?? [];
  const usage = ['config-store', ...path, ...places.map(({ syntax }) => syntax), '[options]'].join(' ');
  return [
    '.PP',
    `.B ${roff(usage)}`,
    ...places.flatMap(({ syntax, meaning }) => ['.TP', `.I ${roff(syntax.slice(1, -1))}`, roff(meaning)]),
    ...(own.options ?? []).flatMap(optionLines),
    ...(own.notes === undefined ? [] : ['.PP', ...own.notes.split('\n').map(roff)]),
    '.PP',
    '.EX',
    ...own.examples.map((line) => roff(`  ${line}`)),
    '.EE',
  ];
}

function optionLines({ flags, meaning, required = false }: OptionDefinition): string[] {
  return ['.TP', `.B ${roff(flags)}`, roff(required ? `${meaning} (required)` : meaning)];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Returns one line of text as roff prints it: no character of it is a request, an escape, or made into another that a shell does not know. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^(?=\.)/, '\\&');
}
