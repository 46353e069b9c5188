import { checkDatabase } from '../../../app/stores/database.ts';
import { noticeText } from '../../output/advice.ts';
import { pairs } from '../../output/table.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store storage check` */
export const check: CommandDefinition = {
  examples: ['config-store storage check --storage postgres://app@db.example.org/config'],
  notes: 'Reads and asks only; nothing is written.',
  run: async ({ settings, output }) => {
    const { storage, facts, latencyMs, notices } = await checkDatabase(settings());
    const warnings = notices.map(noticeText);
    await output.result({ storage, ...facts, latencyMs, warnings }, () => [
      ...pairs([
        ['storage', storage],
        ['PostgreSQL', facts.version],
        ['connection', facts.encrypted ? 'encrypted, server verified' : 'not encrypted'],
        ['role may', rights(facts)],
        ['fsync', facts.fsync ? 'on' : 'off'],
        ['synchronous_commit', facts.synchronousCommit],
        ['writable', facts.replica ? 'no: a replica' : facts.readOnly ? 'no: read-only' : 'yes'],
        ['answers in', `${latencyMs.toFixed(2)} ms (median of 20)`],
      ]),
      ...warnings.map((text) => output.colors.yellow(`warning: ${text}`)),
    ]);
    return undefined;
  },
};

function rights({ mayAppend, mayRemove, mayRewrite }: Awaited<ReturnType<typeof checkDatabase>>['facts']): string {
  return [
    'read',
    ...(mayAppend ? ['append'] : []),
    ...(mayRemove ? ['purge'] : []),
    ...(mayRewrite ? ['rewrite the log'] : []),
  ].join(', ');
}
