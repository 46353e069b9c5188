import { spellLine } from '../../../core/visible.ts';
import { type FoundConfig, SEARCH_LIMITS, searchConfigs } from '../../../verbs/find/search-configs.ts';
import { parseCount } from '../../input/config-reference.ts';
import type { Output } from '../../output/output.ts';
import { collectPages } from '../../output/pages.ts';
import { warnOfDoubt } from '../../output/warn-unverified.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store search TEXT`: where something stands, in names and newest versions. */
export const search: CommandDefinition<{ text: string; prefix?: string; limit?: number }> = {
  arguments: [{ syntax: '<text>', meaning: 'what to look for, no pattern; case makes no difference' }],
  options: [
    { flags: '--prefix <prefix>', completes: 'configs', meaning: 'only names that begin with this' },
    { flags: '-n, --limit <n>', meaning: 'show at most this many configs', parse: parseCount('--limit') },
  ],
  examples: ['config-store search github', 'config-store search npx --prefix team/'],
  notes: `Looks at names and newest versions; "config-store log --grep" looks at messages. Of configs over ${SEARCH_LIMITS.bytesPerConfig / 1_048_576} MiB, and of those that are no text, only the name is looked at. Exit code 66 when nothing is found.`,
  run: async (environment, { text, prefix, limit }) => {
    const { context, output } = environment;
    const skipped: Array<{ readonly name: string; readonly why: string }> = [];
    let searched = 0;
    const { items } = await collectPages(limit, async (cursor, pageSize) => {
      const page = await searchConfigs(context, { text, prefix, cursor, limit: pageSize });
      skipped.push(...(page.skipped ?? []));
      searched += page.searched;
      return { items: page.found, total: 0, nextCursor: page.nextCursor };
    });
    await warnOfDoubt(environment);
    await output.result(
      { found: items, searched, skipped },
      () =>
        items.length === 0
          ? `none of ${searched} configs has the text`
          : items.flatMap((found) => lines(found, output)),
      { paged: true },
    );
    if (skipped.length > 0 && !output.json)
      await output.warn(
        `only the name was looked at: ${skipped.map(({ name, why }) => `${name} (${why})`).join(', ')}`,
      );
    return items.length === 0 ? 66 : undefined;
  },
};

function lines({ name, version, matches, matchesOmitted = 0 }: FoundConfig, { colors }: Output): string[] {
  return [
    colors.bold(`${name}@${version}`),
    ...matches.map(
      ({ path, line, excerpt }) => `  ${colors.dim(spellLine(path ?? `line ${line}`))}  ${spellLine(excerpt)}`,
    ),
    ...(matchesOmitted > 0 ? [`  … and ${matchesOmitted} more`] : []),
  ];
}
