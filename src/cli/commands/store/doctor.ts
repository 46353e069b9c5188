import { spellLine } from '../../../core/visible.ts';
import { type Diagnosed, diagnose } from '../../../verbs/store/diagnose.ts';
import { guide } from '../../output/advice.ts';
import { wrap } from '../../output/display-width.ts';
import type { Output } from '../../output/output.ts';
import { wordedHint } from '../../output/worded.ts';
import type { CommandDefinition } from '../../program/command.ts';

const HEADINGS: Readonly<Record<Diagnosed['area'], string>> = {
  store: 'Store',
  clients: 'MCP clients',
  habits: 'Due',
};

/** `config-store doctor`: health, the files of the clients and what is due, for a person who wonders. */
export const doctor: CommandDefinition = {
  examples: ['config-store doctor'],
  notes:
    'What "config-store health" checks, one line each, then the files of MCP clients and what is due. It changes nothing. Exit code 1 when the store cannot do its work.',
  run: async ({ context, output }) => {
    const { findings, ...diagnosis } = await diagnose(context);
    await output.result(
      { ...diagnosis, findings: findings.map(wordedHint) },
      () => [
        ...Object.entries(HEADINGS).flatMap(([area, heading]) =>
          section(
            heading,
            findings.filter((finding) => finding.area === area),
            output,
          ),
        ),
        (diagnosis.ok ? output.colors.bold : output.colors.red)(diagnosis.summary),
      ],
      { paged: true },
    );
    return diagnosis.ok ? undefined : 1;
  },
};

function section(heading: string, findings: readonly Diagnosed[], output: Output): string[] {
  if (findings.length === 0) return [];
  const width = Math.max(...findings.map(({ name }) => name.length));
  return [output.colors.bold(heading), ...findings.flatMap((finding) => lines(finding, width, output)), ''];
}

function lines({ name, state, message, ...guidance }: Diagnosed, width: number, output: Output): string[] {
  const { colors, columns } = output;
  const paint = { ok: colors.green, warning: colors.yellow, error: colors.red }[state];
  const mark = { ok: 'ok  ', warning: 'look', error: 'FAIL' }[state];
  const advice = state === 'ok' ? '' : guide(guidance);
  const indent = ' '.repeat(width + 10);
  const [first = '', ...rest] = wrap(spellLine(message), columns, indent);
  return [
    `  ${paint(mark)}  ${spellLine(name.padEnd(width))}  ${first.slice(indent.length)}`,
    ...rest,
    ...wrap(spellLine(advice), columns, indent).map(colors.dim),
  ];
}
