import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/program/program.ts';

const DOCS = join(import.meta.dirname, '..', '..', 'docs', 'cli.md');

// `npx vitest run test/cli/docs.test.ts -u` writes the file anew.
it('docs/cli.md is what --help says', async () => {
  const program = await buildProgram('everything', async () => undefined);
  const help = all(program).map((command) => `## ${titleOf(command)}\n\n\`\`\`\n${helpOf(command)}\n\`\`\`\n`);
  const text = `# Command line

All of this is what \`--help\` prints. Results go to stdout, failures to stderr on one line; exit codes are in
[errors.md](errors.md). Colour and progress bars appear on a terminal only, and \`NO_COLOR\` is respected. On a terminal, tables fit its
width, and what is longer than its screen goes through \`PAGER\`, or \`less\`. Times are those of this machine's clock; \`--utc\` and \`--json\` give UTC.

Where a version is taken, \`NAME@7\` is a number, \`NAME@latest\` the newest, \`NAME@-1\` the one before it, \`NAME@commit:42\` the one after
commit 42, and \`NAME@stable\` the one with that label.

${help.join('\n')}`;
  await expect(text).toMatchFileSnapshot(DOCS);
});

it('every command has an example', async () => {
  const program = await buildProgram('everything', async () => undefined);
  const leaves = all(program).filter(({ commands }) => commands.length === 0);
  expect(leaves.length).toBeGreaterThan(15);
  for (const command of leaves)
    expect(helpOf(command)).toMatch(new RegExp(`Examples?:\n  .*config-store.* ${command.name()}`));
});

it('no line of the help has 80 columns or more', async () => {
  const program = await buildProgram('everything', async () => undefined);
  const long = all(program).flatMap((command) =>
    helpOf(command)
      .split('\n')
      .filter((line) => line.length >= 80),
  );
  expect(long).toEqual([]);
});

function all(command: Command): Command[] {
  return [command, ...command.commands.flatMap(all)];
}

function titleOf(command: Command): string {
  return command.parent === null ? command.name() : `${titleOf(command.parent)} ${command.name()}`;
}

function helpOf(command: Command): string {
  let text = '';
  const writeOut = (chunk: string) => {
    text += chunk;
  };
  command.configureOutput({ writeOut, getOutHasColors: () => false });
  command.outputHelp();
  return text.trimEnd();
}
