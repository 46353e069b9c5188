import type { Command } from 'commander';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { SETTINGS } from '../src/app/settings/setting-table.ts';
import { wordAdvice as wordForCommands } from '../src/cli/output/advice.ts';
import type { CommandName } from '../src/cli/program/commands.ts';
import { buildProgram } from '../src/cli/program/program.ts';
import type { Advice } from '../src/core/advice.ts';
import { SETTING_VALUES, type SettingName } from '../src/core/setting-name.ts';
import { type CommandForPeople, wordAdvice as wordForTools } from '../src/mcp/advice.ts';
import { TOOLS } from '../src/mcp/tools/index.ts';

type Samples = { readonly [Do in Advice['do']]: ReadonlyArray<Extract<Advice, { do: Do }>> };

const name = 'team/a';
const SETTING_NAMES = Object.keys(SETTING_VALUES) as SettingName[];

/** Every piece of advice, with and without its optional parts; a member that is missing here does not compile. */
const SAMPLES: Samples = {
  'list-configs': [
    { do: 'list-configs' },
    { do: 'list-configs', total: 12 },
    { do: 'list-configs', includeDeleted: true },
  ],
  'next-page': [{ do: 'next-page' }],
  'read-config': [
    { do: 'read-config', name },
    { do: 'read-config', name, version: 3 },
  ],
  'read-on': [
    { do: 'read-on', name, version: 3, offset: 20_000 },
    { do: 'read-on', name, offset: 20_000 },
  ],
  'read-draft': [{ do: 'read-draft', name }],
  'list-history': [{ do: 'list-history' }, { do: 'list-history', name }],
  'compare-draft': [{ do: 'compare-draft', name }],
  'put-config': [{ do: 'put-config' }, { do: 'put-config', name, expectedVersion: 0 }],
  'put-large-content': [{ do: 'put-large-content' }, { do: 'put-large-content', name }],
  'save-draft': [{ do: 'save-draft' }, { do: 'save-draft', name, expectedVersion: 4 }],
  'publish-drafts': [
    { do: 'publish-drafts' },
    { do: 'publish-drafts', drafts: [{ name }] },
    { do: 'publish-drafts', drafts: [{ name, digest: `sha256:${'0'.repeat(64)}` }] },
  ],
  'discard-draft': [{ do: 'discard-draft', name }],
  restore: [{ do: 'restore', name, version: 2 }],
  merge: [{ do: 'merge', name, newest: 7, expectedVersion: 7 }],
  verify: [{ do: 'verify' }],
  'check-health': [{ do: 'check-health' }],
  'show-status': [{ do: 'show-status' }],
  recover: [{ do: 'recover' }],
  'review-telemetry': [{ do: 'review-telemetry' }],
  repair: [{ do: 'repair' }],
  rebuild: [{ do: 'rebuild' }],
  'make-store': [{ do: 'make-store' }],
  'make-new-store': [{ do: 'make-new-store' }],
  'prepare-storage': [{ do: 'prepare-storage' }],
  'check-storage': [{ do: 'check-storage' }],
  'accept-rollback': [{ do: 'accept-rollback' }],
  'make-backup': [{ do: 'make-backup' }],
  'check-backup': [{ do: 'check-backup' }],
  'replace-backup': [{ do: 'replace-backup' }],
  'add-token': [{ do: 'add-token' }],
  'list-tokens': [{ do: 'list-tokens' }],
  'list-keys': [{ do: 'list-keys' }],
  'rotate-key': [{ do: 'rotate-key' }],
  'revoke-key': [{ do: 'revoke-key', from: 8 }],
  'export-public-key': [{ do: 'export-public-key' }],
  'print-entry': [{ do: 'print-entry' }],
  'scan-clients': [{ do: 'scan-clients' }],
  'import-client': [{ do: 'import-client', client: 'cursor' }],
  'plan-deploy': [
    { do: 'plan-deploy', name },
    { do: 'plan-deploy', name, client: 'cursor' },
  ],
  deploy: [{ do: 'deploy', name, client: 'cursor', restore: true }],
  'apply-deploy': [{ do: 'apply-deploy', plan: '0123456789abcdef' }],
  'undo-deploy': [{ do: 'undo-deploy', client: 'cursor' }],
  set: SETTING_NAMES.flatMap((setting) => [
    { do: 'set', setting } as const,
    { do: 'set', setting, to: 'off' } as const,
  ]),
  upgrade: [{ do: 'upgrade' }],
};

const ALL = Object.values(SAMPLES)
  .flat()
  .map((advice) => [JSON.stringify(advice), advice] as const);

/** Every command by its words, with the flags it takes. */
const COMMANDS = new Map<string, ReadonlySet<string>>();
function collect(command: Command, words: readonly string[]): void {
  COMMANDS.set(words.join(' '), new Set(command.options.map(({ long }) => long ?? '')));
  for (const inner of command.commands) collect(inner, [...words, inner.name()]);
}
collect(await buildProgram('everything', async () => undefined), []);
const FLAGS = new Set([...COMMANDS.values()].flatMap((flags) => [...flags]));

/** Expects that a quoted command line names a command that exists, and only flags of that command. */
function expectCommandLine(line: string): void {
  const words = line.split(' ').filter((word) => /^[a-z]/.test(word));
  const command = [words.slice(0, 2).join(' '), words[0] ?? ''].find((known) => COMMANDS.has(known));
  expect(command, line).toBeTruthy();
  const flags = line.split(' ').filter((word) => word.startsWith('--'));
  for (const flag of flags) expect(COMMANDS.get(command ?? ''), line).toContain(flag);
}

const commandLines = (text: string) => [...text.matchAll(/"config-store ([^"]+)"/g)].map(([, line = '']) => line);

describe('the command line', () => {
  it.each(ALL)('words %s with commands and flags that exist', (_, advice) => {
    const text = wordForCommands(advice);
    expect(text).toMatch(/^[A-Z"].*\.$/);
    expect(text).not.toMatch(/\b[a-z]+_[a-z]+\b|undefined/);
    for (const line of commandLines(text)) expectCommandLine(line);
    for (const [flag] of text.matchAll(/--[a-z][a-z-]*/g)) expect(FLAGS).toContain(flag);
    expect(text).not.toMatch(/(?<!")config-store /);
  });
});

describe('MCP', () => {
  const tools = new Map<string, readonly string[]>(
    TOOLS.map(({ name: tool, input }) => [tool, Object.keys(input.shape)]),
  );

  it.each(ALL)('words %s with tools, arguments and commands that exist', (_, advice) => {
    const text = wordForTools(advice);
    expect(text).toMatch(/^[A-Z].*\.$/);
    expect(text).not.toMatch(/undefined/);
    const called = [...tools.keys()].filter((tool) => text.includes(tool));
    const known = [...called, ...[...tools.values()].flat(), 'next_cursor'];
    for (const [word] of text.matchAll(/\b[a-z]+(?:_[a-z]+)+\b/g)) expect(known).toContain(word);
    for (const line of commandLines(text)) expectCommandLine(line);
  });

  it('names only commands that the command line has', () => {
    expectTypeOf<CommandForPeople>().toExtend<CommandName>();
  });
});

it('every setting that advice can name is one that the program reads', () => {
  expect(new Set(Object.values(SETTINGS).map(({ variable }) => variable))).toEqual(new Set(SETTING_NAMES));
});
