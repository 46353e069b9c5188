import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fullSchema } from '../src/mcp/tool/advertise.ts';
import type { Tool } from '../src/mcp/tool/tool.ts';
import { TOOLS } from '../src/mcp/tools/index.ts';

/** The file this makes. */
export const TOOLS_REFERENCE = join(import.meta.dirname, '../docs/tools.md');

interface Shown {
  readonly type?: string | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly properties?: Readonly<Record<string, Shown>> | undefined;
  readonly items?: Shown | undefined;
  readonly required?: readonly string[] | undefined;
}

/** docs/tools.md, from the schemas the server advertises. */
export function toolsReference(): string {
  return [
    '# MCP tools',
    'What the server offers to assistants, made from the schemas of its tools (`node scripts/tools-reference.ts`). Every result has a one-line `summary` and, where there is one, the `next` step. A failure is a result with `isError` and `code`, `message`, `hint` and, for some, `details`; see [errors.md](errors.md). With `--read-only` the tools that write are not there.',
    'Hosts send the list of tools to the model with every conversation, so it is short: at most 30,000 bytes for all of them, which `test/mcp/tools-list.test.ts` holds. Of a result it names the members and their types; what is in them, and what it means, is said here only. What conversations cost: [for-assistants.md](for-assistants.md).',
    ...TOOLS.map(section),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

function section(tool: Tool): string {
  const input = fullSchema(tool.input, 'input') as Shown;
  const output = fullSchema(tool.output, 'output') as Shown;
  const { readOnly, destructive } = tool.behaviour;
  const parameters = Object.entries(input.properties ?? {}).map(
    ([name, shown]) =>
      `| \`${name}\` | ${typeOf(shown)} | ${input.required?.includes(name) ? 'yes' : ''} | ${cell(shown.description)} |`,
  );
  return [
    `## ${tool.name}`,
    `**${tool.title}** · ${readOnly ? 'reads' : destructive ? 'writes, destructive' : 'writes'}`,
    tool.description,
    parameters.length === 0
      ? 'No parameters.'
      : ['| parameter | type | required | meaning |', '|---|---|---|---|', ...parameters].join('\n'),
    ['| result | type | meaning |', '|---|---|---|', ...members(output, '')].join('\n'),
  ].join('\n\n');
}

/** One row for each member of a result; those of the objects in a list stand under its name and `[]`. */
function members({ properties = {} }: Shown, path: string): string[] {
  return Object.entries(properties).flatMap(([name, shown]) => {
    const row = `| \`${path}${name}\` | ${typeOf(shown)} | ${cell(shown.description)} |`;
    const inner = shown.items ?? shown;
    return [row, ...members(inner, `${path}${name}${shown.items === undefined ? '' : '[]'}.`)];
  });
}

function typeOf({ type, enum: values, minimum, maximum }: Shown): string {
  const range = [
    ...(minimum === undefined ? [] : [`from ${minimum.toLocaleString('en')}`]),
    ...(maximum === undefined ? [] : [`to ${maximum.toLocaleString('en')}`]),
  ].join(' ');
  return values?.map((value) => `\`${value}\``).join(', ') ?? `${type ?? 'any'}${range === '' ? '' : `, ${range}`}`;
}

function cell(text = ''): string {
  return text.replaceAll('|', '\\|');
}

if (import.meta.main) await writeFile(TOOLS_REFERENCE, toolsReference());
