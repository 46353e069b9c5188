import { keepHeapSmall } from '../../../app/small-heap.ts';
import { isHexDigest, parseDigestPrefix } from '../../../core/digest.ts';
import { StoreError } from '../../../core/errors.ts';
import { spellLine } from '../../../core/visible.ts';
import type { VerifyDepth } from '../../../store/api/maintenance.ts';
import { type VerifyStoreResult, verifyStore } from '../../../verbs/store/verify-store.ts';
import { guide } from '../../output/advice.ts';
import type { Output } from '../../output/output.ts';
import { startProgress } from '../../output/progress.ts';
import { renderNext } from '../../output/render.ts';
import { worded, wordedHint } from '../../output/worded.ts';
import type { CommandDefinition } from '../../program/command.ts';
import { EXIT_CODES, type ExitCode, worstExitCode } from '../../program/exit-codes.ts';

const DEPTHS = ['structure', 'signatures', 'bytes'] as const satisfies readonly VerifyDepth[];

/** Arguments and options of `verify`. */
interface VerifyInput {
  readonly name?: string;
  readonly depth?: VerifyDepth;
  readonly store?: string;
  readonly expect?: string;
}

/** `config-store verify [NAME]`: finds what is damaged or not genuine; changes nothing. */
export const verify: CommandDefinition<VerifyInput> = {
  arguments: [{ syntax: '[name]', meaning: 'only this config; the whole store by default', completes: 'configs' }],
  options: [
    {
      flags: '--depth <depth>',
      completes: DEPTHS,
      meaning: `how deep: ${DEPTHS.join(', ')} (default)`,
      parse: parseDepth,
    },
    { flags: '--store <id>', meaning: 'the store id it must have', parse: parseId('--store') },
    {
      flags: '--expect <commit>',
      meaning: 'a commit id that must be in the log, from a receipt kept elsewhere',
      parse: parseId('--expect'),
    },
  ],
  examples: ['config-store verify', 'config-store verify claude-desktop/default --depth signatures'],
  endsItself: true,
  run: async ({ context, output, interrupted }, { name, depth, store, expect }) => {
    keepHeapSmall();
    const progress = await startProgress(output, 'verifying');
    try {
      const result = await verifyStore(context, {
        name,
        depth,
        expectStore: store,
        expectCommit: expect,
        onProgress: progress.update,
        signal: interrupted,
      });
      progress.stop();
      await output.result({ ...worded(result), findings: result.findings.map(wordedHint) }, () =>
        render(result, output),
      );
      return exitCode(result);
    } finally {
      progress.stop();
    }
  },
};

function exitCode({ ok, findings }: VerifyStoreResult): ExitCode | undefined {
  if (ok) return undefined;
  const worst = worstExitCode(
    findings.flatMap((finding) => (finding.severity === 'error' ? [EXIT_CODES[finding.code]] : [])),
  );
  return worst === 0 ? 1 : worst;
}

function render(result: VerifyStoreResult, output: Output): string[] {
  const { colors } = output;
  const findings = result.findings.flatMap(({ severity, code, where, message, ...guidance }) => [
    `${severity === 'error' ? colors.red('error') : colors.yellow('warning')}  ${code}  ${spellLine(where)}: ${spellLine(message)}`,
    colors.dim(`  ${spellLine(guide(guidance))}`),
  ]);
  const left = result.findingsOmitted ? [`… and ${result.findingsOmitted} more`] : [];
  return [
    result.ok ? colors.green(spellLine(result.summary)) : colors.red(spellLine(result.summary)),
    ...findings,
    ...left,
    // With findings, the next step is the first one's hint.
    ...(findings.length > 0 ? [] : renderNext(result, output)),
  ];
}

function parseDepth(text: string): VerifyDepth {
  const depth = DEPTHS.find((known) => known === text);
  if (depth !== undefined) return depth;
  throw new StoreError('ARGUMENT_INVALID', `--depth is ${JSON.stringify(text.slice(0, 40))}`, {
    hint: `Give one of ${DEPTHS.join(', ')}.`,
  });
}

function parseId(option: string): (text: string) => string {
  return (text) => {
    const hex = parseDigestPrefix(text);
    if (isHexDigest(hex)) return hex;
    throw new StoreError('ARGUMENT_INVALID', `${option} is no id`, {
      hint: 'Give all 64 hex characters, as a receipt or "config-store status" has them.',
    });
  };
}
