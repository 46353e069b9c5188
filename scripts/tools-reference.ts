import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Tool } from '../src/mcp/tool/tool.ts';
import { TOOLS } from '../src/mcp/tools/index.ts';

/** The file this makes. */
export const TOOLS_REFERENCE = join(import.meta.dirname, '../docs/tools.md');

interface Shown {
  readonly type?: string | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly properties?: Readonly<Record<string, Shown>> | undefined;
  readonly required?: readonly string[] | undefined;
}

/** docs/tools.md, from the schemas the server advertises. */
export function toolsReference(): string {
  return [
    '# MCP tools',
    'What the server offers to assistants, made from the schemas it advertises (`node scripts/tools-reference.ts`). Every result has a one-line `summary` and, where there is one, the `next` step. A failure is a result with `isError` and `code`, `message`, `hint` and, for some, `details`; see [errors.md](errors.md). With `--read-only` the tools that write are not there.',
    ...TOOLS.map(section),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

function section(tool: Tool): string {
  const input = z.toJSONSchema(tool.input, { io: 'input', unrepresentable: 'any' }) as Shown;
  const output = z.toJSONSchema(tool.output, { io: 'output', unrepresentable: 'any' }) as Shown;
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
    `Result: ${Object.keys(output.properties ?? {})
      .map((name) => `\`${name}\``)
      .join(', ')}.`,
  ].join('\n\n');
}

function typeOf({ type, enum: values }: Shown): string {
  return values?.map((value) => `\`${value}\``).join(', ') ?? type ?? 'object or array';
}

function cell(text = ''): string {
  return text.replaceAll('|', '\\|');
}

if (import.meta.main) await writeFile(TOOLS_REFERENCE, toolsReference());
