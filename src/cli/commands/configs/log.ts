import { StoreError } from '../../../core/errors.ts';
import { shortId } from '../../../core/short-id.ts';
import { spellLine } from '../../../core/visible.ts';
import type { Verdict } from '../../../store/api/versions.ts';
import { listHistory, type VersionSummary } from '../../../verbs/history/list-history.ts';
import type { PlaceVersion } from '../../../verbs/history/place-history.ts';
import { parseCount, parseReference } from '../../input/config-reference.ts';
import type { Output } from '../../output/output.ts';
import { collectPages, cutLine } from '../../output/pages.ts';
import { renderChanges } from '../../output/render.ts';
import { renderStoreHistory, verdictText } from '../../output/store-history.ts';
import { formatSize, table } from '../../output/table.ts';
import { warnOfDoubt } from '../../output/warn-unverified.ts';
import type { CommandDefinition, Environment } from '../../program/command.ts';
import type { ExitCode } from '../../program/exit-codes.ts';

/** Options of `log`. */
interface LogOptions {
  readonly limit?: number;
  readonly since?: string;
  readonly grep?: string;
}

/** Ages that completion offers. */
const AGES = ['1h', '24h', '7d', '30d'] as const;

/** How much of one version's changes a line has room for. */
const NAMED = 3;

/** `config-store log [NAME[@VERSION]]`: who changed it, when and why, each version or commit with its verdict. */
export const log: CommandDefinition<LogOptions & { reference?: string; path?: string }> = {
  arguments: [
    {
      syntax: '[reference]',
      meaning: 'NAME, or NAME@VERSION to begin with an older version; the whole store unless given',
      completes: 'versions',
    },
  ],
  options: [
    { flags: '-n, --limit <n>', meaning: 'show at most this many; all by default', parse: parseCount('--limit') },
    { flags: '--since <time>', completes: AGES, meaning: 'only from then on: an age such as 24h or 7d, or a time' },
    { flags: '--grep <text>', meaning: 'only with this text in message, author or config name' },
    {
      flags: '--path <pointer>',
      completes: 'places',
      meaning: 'only what changed this place, such as /mcpServers/github',
    },
  ],
  examples: [
    'config-store log -n 20',
    'config-store log claude-desktop/default --since 7d',
    'config-store log --grep github',
    'config-store log team/servers --path /mcpServers/github',
  ],
  run: (environment, { reference, path, ...options }) => {
    if (path !== undefined) return ofPlace(environment, reference, path, options);
    return reference === undefined ? ofStore(environment, options) : ofConfig(environment, reference, options);
  },
};

async function ofConfig(
  environment: Environment,
  reference: string,
  options: LogOptions,
): Promise<ExitCode | undefined> {
  const { context, output } = environment;
  const { limit, ...wanted } = options;
  const { name, version: from } = parseReference(reference);
  const { items, total } = await collectPages(limit, async (cursor, pageSize) => {
    const page = await listHistory(context, { name, from, ...wanted, cursor, limit: pageSize });
    return { items: page.versions, total: page.total, nextCursor: page.nextCursor };
  });
  await warnOfDoubt(environment);
  const isCut = items.length === limit && wanted.since === undefined && wanted.grep === undefined;
  await output.result(
    { name, versions: items, total },
    () => [...versionLines(items, output), ...(isCut ? cutLine(items.length, items[0]?.version ?? 0, output) : [])],
    { paged: true },
  );
  return worst(items);
}

async function ofStore(environment: Environment, { limit, ...wanted }: LogOptions): Promise<ExitCode | undefined> {
  const { storeHistory } = await import('../../../verbs/history/store-history.ts');
  const { context, output } = environment;
  const { items } = await collectPages(limit, async (cursor, pageSize) => {
    const page = await storeHistory(context, { ...wanted, cursor, limit: pageSize, changesPerCommit: 1_000 });
    return { items: page.commits, total: 0, nextCursor: page.nextCursor };
  });
  await warnOfDoubt(environment);
  await output.result({ commits: items }, () => renderStoreHistory(items, output), { paged: true });
  return worst(items);
}

async function ofPlace(
  environment: Environment,
  reference: string | undefined,
  path: string,
  { limit, ...wanted }: LogOptions,
): Promise<undefined> {
  if (reference === undefined)
    throw new StoreError('ARGUMENT_INVALID', '--path is given, and no config', { hint: 'Name the config it is in.' });
  const { placeHistory } = await import('../../../verbs/history/place-history.ts');
  const { context, output } = environment;
  const { name, version: from } = parseReference(reference);
  const unreadable: number[] = [];
  const { items } = await collectPages(limit, async (cursor, pageSize) => {
    const page = await placeHistory(context, { name, path, from, ...wanted, cursor, limit: pageSize });
    unreadable.push(...(page.unreadable ?? []));
    return { items: page.versions, total: 0, nextCursor: page.nextCursor };
  });
  await warnOfDoubt(environment);
  await output.result({ name, path, versions: items, unreadable }, () => placeLines(items, output), { paged: true });
  if (unreadable.length > 0 && !output.json)
    await output.warn(`versions that cannot be read were left out: ${unreadable.join(', ')}`);
  return undefined;
}

function placeLines(versions: readonly PlaceVersion[], output: Output): string[] {
  if (versions.length === 0) return ['no version that matches'];
  return versions.flatMap(({ version, time, author, message, changes, changesOmitted = 0 }) => [
    `${output.colors.bold(`version ${version}`)}  ${output.time(time)}  ${spellLine(author)}  ${spellLine(message)}`.trimEnd(),
    ...renderChanges(
      { changes: changes.slice(0, NAMED), changesOmitted: Math.max(0, changes.length - NAMED) + changesOmitted },
      output,
    ),
  ]);
}

function versionLines(versions: readonly VersionSummary[], output: Output): string[] {
  const { colors } = output;
  return table<VersionSummary>(
    versions,
    [
      { heading: 'VERSION', cell: ({ version }) => `${version}`, align: 'right', style: colors.bold },
      {
        heading: 'ACTION',
        cell: ({ action, restoredFrom }) => (restoredFrom === undefined ? action : `${action} of ${restoredFrom}`),
      },
      { heading: 'DIGEST', cell: ({ digest }) => shortId(digest), style: colors.dim, spare: 3 },
      { heading: 'SIZE', cell: ({ size }) => formatSize(size), align: 'right', spare: 4 },
      { heading: 'TIME', cell: ({ time }) => output.time(time) },
      { heading: 'AUTHOR', cell: ({ author }) => author.name, maxChars: 24, spare: 2 },
      { heading: 'SIGNATURE', cell: ({ verified }) => verdictText(verified) },
      { heading: 'MESSAGE', cell: ({ message }) => message, maxChars: 60 },
    ],
    output,
  );
}

function worst(items: ReadonlyArray<{ readonly verified: Verdict | 'purged' }>): ExitCode | undefined {
  if (items.some(({ verified }) => verified === 'corrupt')) return 1;
  return items.some(({ verified }) => verified === 'untrusted') ? 2 : undefined;
}
