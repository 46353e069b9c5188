import type { Guidance } from '../../../core/advice.ts';
import { shortId } from '../../../core/short-id.ts';
import { type ConfigSummary, listConfigs } from '../../../verbs/configs/list-configs.ts';
import { parseCount } from '../../input/config-reference.ts';
import type { Output } from '../../output/output.ts';
import { collectPages, cutLine } from '../../output/pages.ts';
import { renderNext } from '../../output/render.ts';
import { type Column, formatSize, table } from '../../output/table.ts';
import { warnOfDoubt } from '../../output/warn-unverified.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** Arguments and options of `list`. */
interface ListInput {
  readonly prefix?: string;
  readonly deleted?: boolean;
  readonly limit?: number;
  readonly names?: boolean;
}

/** `config-store list [PREFIX]`: the configs as their newest versions have them. */
export const list: CommandDefinition<ListInput> = {
  arguments: [{ syntax: '[prefix]', meaning: 'only names that begin with this', completes: 'configs' }],
  options: [
    { flags: '--deleted', meaning: 'include deleted configs' },
    { flags: '-n, --limit <n>', meaning: 'show at most this many; all by default', parse: parseCount('--limit') },
    { flags: '--names', meaning: 'print the names only, one a line' },
  ],
  examples: ['config-store list claude-desktop/'],
  run: async (environment, { prefix, deleted, limit, names }) => {
    const context = environment.context;
    let next: Guidance | undefined;
    const { items, total } = await collectPages(limit, async (cursor, pageSize) => {
      const page = await listConfigs(context, { prefix, includeDeleted: deleted, cursor, limit: pageSize });
      next ??= page.next;
      return { items: page.configs, total: page.total, nextCursor: page.nextCursor };
    });
    const { output } = environment;
    if (!names) await warnOfDoubt(environment);
    if (names && !output.json) {
      await output.text(items.map(({ name }) => `${name}\n`).join(''));
      if (items.length < total) await output.warn(`${items.length} of ${total} names shown, as many as --limit says`);
    } else
      await output.result(
        { configs: items, total },
        () =>
          items.length === 0
            ? ['no configs', ...renderNext({ next }, output)]
            : [...render(items, output), ...cutLine(items.length, total, output)],
        { paged: true },
      );
    return undefined;
  },
};

function render(configs: readonly ConfigSummary[], output: Output): string[] {
  const { colors, time: format } = output;
  const state = ({ deleted, hasDraft }: ConfigSummary) =>
    [deleted ? 'deleted' : '', hasDraft ? 'draft' : ''].filter(Boolean).join(', ');
  const columns: Column<ConfigSummary>[] = [
    { heading: 'NAME', cell: ({ name }) => name, style: colors.bold },
    { heading: 'VERSION', cell: ({ version }) => `${version}`, align: 'right' },
    { heading: 'DIGEST', cell: ({ digest }) => shortId(digest), style: colors.dim, spare: 3 },
    { heading: 'SIZE', cell: ({ size }) => formatSize(size), align: 'right', spare: 2 },
    { heading: 'TYPE', cell: ({ mediaType }) => mediaType, maxChars: 32, spare: 4 },
    { heading: 'TIME', cell: ({ time }) => format(time), spare: 1 },
    ...(configs.some((config) => state(config) !== '') ? [{ heading: 'STATE', cell: state }] : []),
    { heading: 'MESSAGE', cell: ({ message }) => message, maxChars: 60 },
  ];
  return table(configs, columns, output);
}
