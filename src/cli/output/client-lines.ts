import { spellLine } from '../../core/visible.ts';
import type { AppliedTarget } from '../../verbs/clients/apply-deploy.ts';
import type { PlanDeployResult, PlannedTarget } from '../../verbs/clients/plan-deploy.ts';
import type { ScannedClient, ScannedServer } from '../../verbs/clients/scan-clients.ts';
import { guide } from './advice.ts';
import type { Output } from './output.ts';
import { table } from './table.ts';

/** Renders the files of clients as a table that fits 80 columns; each path stands on a line of its own. */
export function scanLines(clients: readonly ScannedClient[], home: string, output: Output): string[] {
  const { colors } = output;
  const rows = table(
    clients,
    [
      { heading: 'CLIENT', cell: ({ client }) => client, maxChars: 18, style: colors.bold },
      { heading: 'STATE', cell: ({ state }) => state, maxChars: 10 },
      {
        heading: 'SERVERS',
        cell: ({ servers }) => `${servers.filter(({ drift }) => drift !== 'missing').length}`,
        align: 'right',
      },
      { heading: 'OURS', cell: ({ servers }) => `${servers.filter(({ owned }) => owned).length}`, align: 'right' },
      { heading: 'DRIFT', cell: ({ servers }) => driftOf(servers), maxChars: 14 },
      {
        heading: 'CONFIG',
        cell: ({ config }) => (config === undefined ? '' : `${config.name}@${config.version}`),
        maxChars: 22,
      },
    ],
    output,
  );
  const [heading = '', ...lines] = rows;
  return [heading, ...lines.flatMap((line, i) => [line, colors.dim(`  ${shortPath(clients[i]?.path ?? '', home)}`)])];
}

function driftOf(servers: readonly ScannedServer[]): string {
  const kinds = [
    ...new Set(servers.flatMap(({ drift }) => (drift === undefined || drift === 'foreign' ? [] : [drift]))),
  ];
  return kinds.length > 1 ? `${kinds.length} kinds` : (kinds[0] ?? '');
}

/** Returns a path with the home folder as a tilde. */
export function shortPath(path: string, home: string): string {
  return spellLine(path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path);
}

/** Renders one client's file in full. */
export function clientLines(client: ScannedClient, { colors }: Output): string[] {
  const { title, path, why, state, fault, config, changedAt, servers, others, next } = client;
  return [
    colors.bold(title),
    `  ${spellLine(path)}  (${spellLine(why)})`,
    `  ${state}${changedAt === undefined ? '' : `, written ${changedAt}`}${fault === undefined ? '' : `: ${spellLine(fault)}`}`,
    ...(config === undefined ? [] : [`  ${config.name} version ${config.version}, deployed ${config.deployedAt}`]),
    ...servers.map(({ name, transport, owned, enabled, drift }) => {
      const flags = [transport, owned ? 'ours' : '', enabled || drift === 'missing' ? '' : 'off', drift ?? ''].filter(
        Boolean,
      );
      return `    ${spellLine(name)}  ${flags.join(', ')}`;
    }),
    ...others.map((other) => `  also there, and not meant: ${spellLine(other)}`),
    ...(next === undefined ? [] : [colors.dim(`  ${spellLine(guide(next))}`)]),
  ];
}

/** Renders a plan: each file, what changes in it, and the lines that change. */
export function planLines({ summary, targets }: PlanDeployResult, output: Output, withSummary = true): string[] {
  return [...targets.flatMap((target) => targetLines(target, output)), ...(withSummary ? [spellLine(summary)] : [])];
}

function targetLines(
  { client, path, state, changes, conflicts, losses, notes }: PlannedTarget,
  { colors }: Output,
): string[] {
  const paint = { '+': colors.green, '-': colors.red, '~': colors.yellow, '=': colors.dim };
  return [
    `${colors.bold(client)}  ${state}  ${spellLine(path)}`,
    ...changes.flatMap(({ op, server, lines }) => [
      paint[op](
        `  ${op} ${spellLine(server)}${op === '=' ? '  is there as it should be, and is ours from now on' : ''}`,
      ),
      ...lines.map((line) => (line.startsWith('+') ? colors.green : colors.red)(`      ${spellLine(line)}`)),
    ]),
    ...conflicts.map(({ server, message }) =>
      colors.red(`  ! ${spellLine(`${server === '' ? '' : `${server}: `}${message}`)}`),
    ),
    ...losses.map((loss) => colors.yellow(`  loss  ${spellLine(loss)}`)),
    ...notes.map((note) => colors.yellow(`  note  ${spellLine(note)}`)),
  ];
}

/** Renders what became of the files. */
export function appliedLines(targets: readonly AppliedTarget[], { colors }: Output): string[] {
  const reloads = new Set(targets.filter(({ state }) => state === 'written').map(({ reload }) => reload));
  return [
    ...targets.flatMap(({ client, path, state, backup, notes }) => [
      `${colors.bold(client)}  ${state}  ${spellLine(path)}`,
      ...(backup === undefined ? [] : [colors.dim(`  what it held before is in ${spellLine(backup)}`)]),
      ...notes.map((note) => colors.yellow(`  ${spellLine(note)}`)),
    ]),
    ...reloads,
  ];
}
