import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/cli/program/commands.ts';
import { buildProgram } from '../src/cli/program/program.ts';
import { SETTING_VALUES } from '../src/core/setting-name.ts';
import { TOOLS } from '../src/mcp/tools/index.ts';
import { scan, sourceFiles, textParts } from './source-text.ts';

const ROOT = join(import.meta.dirname, '..');

/** Adapters name tools, commands and settings; the table of settings and the composition root name settings. */
const MAY_NAME = /^src\/(?:cli|mcp|main\.ts|core\/setting-name\.ts|app\/setting)/;
/** Flags of other programs: of docker, and of what starts MCP servers. */
const OTHER_PROGRAMS = /^src\/(?:clients\/entry|policy\/servers\/.+)\.ts$/;
/** SQL names columns, some of which are named like arguments. */
const SQL = /^src\/store\/cache\//;

const tools: readonly string[] = TOOLS.map(({ name }) => name);
const toolArguments = [...new Set(TOOLS.flatMap(({ input }) => Object.keys(input.shape)))];
const commands = Object.keys(COMMANDS);
const flags = flagsOf(await buildProgram('everything', async () => undefined));

function flagsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long }) => long ?? []);
  return [...new Set([...own, ...command.commands.flatMap(flagsOf)])];
}

const word = (names: readonly string[]) => `(?:${names.map((name) => name.replaceAll('-', '\\-')).join('|')})`;
const TOOL = new RegExp(`\\b${word(tools)}\\b`);
// By itself such a name may be a field of a format, in a sentence it is an argument.
const SNAKE_CASE = word(toolArguments.filter((name) => name.includes('_')));
const ARGUMENT = new RegExp(`\\b${SNAKE_CASE} |[ "]${SNAKE_CASE}\\b|\\b${word(toolArguments)}:? (?:true|false)\\b`);
const COMMAND = new RegExp(`\\bconfig-store ${word(commands)}\\b`);
const FLAG = new RegExp(`(?<![\\w-])${word(flags)}(?![\\w-])`);
const SETTING = new RegExp(`\\b${word(Object.keys(SETTING_VALUES))}\\b`);

/** The adapter's word in a text, if there is one. */
function adapterWord(text: string, path = ''): string | undefined {
  const patterns = [TOOL, COMMAND, ...(SQL.test(path) ? [] : [ARGUMENT]), ...(OTHER_PROGRAMS.test(path) ? [] : [FLAG])];
  return patterns.map((pattern) => pattern.exec(text)?.[0].trim()).find((found) => found !== undefined);
}

describe('below the adapters no text names', () => {
  it.each([
    ['a tool', 'Call put_config.', 'put_config'],
    ['an argument of a tool', 'Send expected_version 3.', 'expected_version'],
    ['an argument of a tool with its value', 'Read it with draft true.', 'draft true'],
    ['a command', 'Run "config-store verify".', 'config-store verify'],
    ['a flag', 'Name a folder with --var.', '--var'],
  ])('%s: the search finds it', (_, text, found) => {
    expect(adapterWord(text)).toBe(found);
  });

  it('tools, arguments, commands or flags', () => {
    const named = sourceFiles(ROOT, 'src')
      .filter((path) => !MAY_NAME.test(path))
      .flatMap((path) =>
        textParts(join(ROOT, path))
          .filter(({ kind }) => kind === 'string')
          .map(({ text, line }) => ({ at: `${path}:${line}`, word: adapterWord(text, path) }))
          .filter((found) => found.word !== undefined),
      );
    expect(named).toEqual([]);
  });

  it('settings, except by their type in advice', () => {
    const named = sourceFiles(ROOT, 'src')
      .filter((path) => !MAY_NAME.test(path))
      .flatMap((path) =>
        textParts(join(ROOT, path))
          .filter(({ kind, text }) => kind === 'string' && SETTING.test(text) && !Object.hasOwn(SETTING_VALUES, text))
          .map(({ line }) => `${path}:${line}`),
      );
    expect(named).toEqual([]);
  });
});

describe('the reader of sources', () => {
  it('tells comments, strings, templates, regular expressions and code apart', () => {
    const source = [
      "const a = 'it\\'s' / 2; // one 'quote'",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source to be read.
      '/* two */ const b = /["\'`]/.test(`x ${`y ${"z"} ${{ c: 1 }}`} w`);',
    ].join('\n');
    expect(scan(source).map(({ kind, text, line }) => [kind, text, line])).toEqual([
      ['string', "it\\'s", 1],
      ['comment', "// one 'quote'", 1],
      ['comment', '/* two ', 2],
      ['string', 'z', 2],
      ['string', 'y \u2026 \u2026', 2],
      ['string', 'x \u2026 w', 2],
    ]);
  });
});
