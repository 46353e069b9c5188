import { shortId } from '../../../core/short-id.ts';
import { listHistory, type VersionSummary } from '../../../verbs/configs/list-history.ts';
import { parseCount, parseReference } from '../../input/config-reference.ts';
import { collectPages, cutLine } from '../../output/pages.ts';
import { formatSize, formatTime, table } from '../../output/table.ts';
import { warnOfDoubt } from '../../output/warn-unverified.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store log NAME[@VERSION]`: who changed it, when and why, each version with its verdict. */
export const log: CommandDefinition<{ reference: string; limit?: number }> = {
  arguments: [
    { syntax: '<reference>', meaning: 'NAME, or NAME@VERSION to begin with an older version', completes: 'configs' },
  ],
  options: [
    { flags: '--limit <n>', meaning: 'show at most this many versions; all by default', parse: parseCount('--limit') },
  ],
  examples: ['config-store log claude-desktop/default --limit 20'],
  run: async (environment, { reference, limit }) => {
    const { name, version: from } = parseReference(reference);
    const context = environment.context;
    const { items, total } = await collectPages(limit, async (cursor, pageSize) => {
      const page = await listHistory(context, { name, from, cursor, limit: pageSize });
      return { items: page.versions, total: page.total, nextCursor: page.nextCursor };
    });
    await warnOfDoubt(environment);
    const { colors, result } = environment.output;
    await result({ name, versions: items, total }, () => [
      ...table<VersionSummary>(items, [
        { heading: 'VERSION', cell: ({ version }) => `${version}`, align: 'right', style: colors.bold },
        {
          heading: 'ACTION',
          cell: ({ action, restoredFrom }) => (restoredFrom === undefined ? action : `${action} of ${restoredFrom}`),
        },
        { heading: 'DIGEST', cell: ({ digest }) => shortId(digest), style: colors.dim },
        { heading: 'SIZE', cell: ({ size }) => formatSize(size), align: 'right' },
        { heading: 'TIME', cell: ({ time }) => formatTime(time) },
        { heading: 'AUTHOR', cell: ({ author }) => author.name, maxChars: 24 },
        { heading: 'VERIFIED', cell: ({ verified }) => verified },
        { heading: 'MESSAGE', cell: ({ message }) => message, maxChars: 60 },
      ]),
      ...cutLine(items.length, items[0]?.version ?? 0, environment.output),
    ]);
    return items.some(({ verified }) => verified === 'corrupt')
      ? 1
      : items.some(({ verified }) => verified === 'untrusted')
        ? 2
        : undefined;
  },
};
