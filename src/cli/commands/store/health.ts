import { attempt } from '../../../app/app.ts';
import type { NetworkSettings } from '../../../app/settings/network-settings.ts';
import type { ListenAddress } from '../../../core/access/listen-address.ts';
import { StoreError } from '../../../core/errors.ts';
import { spellLine } from '../../../core/visible.ts';
import { checkHealth, type HealthReport } from '../../../verbs/store/check-health.ts';
import { parseStoreId } from '../../input/store-id.ts';
import { guide } from '../../output/advice.ts';
import type { Output } from '../../output/output.ts';
import { worded, wordedHint } from '../../output/worded.ts';
import type { CommandDefinition } from '../../program/command.ts';
import type { ExitCode } from '../../program/exit-codes.ts';

interface HealthInput {
  readonly server?: boolean;
  readonly expectStore?: string;
  readonly verifyMaxAge?: number;
  /** True for the image's own check; no option. */
  readonly repeated?: boolean;
}

/** `config-store health`: tries whether the store can serve, write and sign; exits 0 or 1 only. */
export const health: CommandDefinition<HealthInput> = {
  options: [
    { flags: '--server', meaning: 'also start a server for the purpose, and see that it answers' },
    { flags: '--expect-store <id>', meaning: 'fail when it is another store, or none', parse: parseStoreId },
    {
      flags: '--verify-max-age <age>',
      completes: ['1d', '7d', '30d'],
      meaning: 'fail when no verification passed for so long: 7d, 12h',
      parse: parseAge,
    },
  ],
  examples: ['config-store health', 'config-store health --json'],
  notes:
    'It does what a put does, with files of its own that it removes, and signs a probe; nothing in the store changes.\nWith CONFIG_STORE_READ_ONLY=on, or a read-only mount declared so, what only writing needs is not checked.\nWhere CONFIG_STORE_HTTP is set it asks that server on this machine instead (/readyz).\nOne line says how it is; --json gives every check.',
  run: async ({ context, output, settings }, { server = false, expectStore, verifyMaxAge, repeated }) => {
    const network = attempt(settings)?.network;
    if (network?.http !== undefined) return askServer(output, network.http, network.tls);
    const report = await checkHealth(context, {
      probeDisk: true,
      probeServer: server,
      expectStore,
      verifyMaxAgeMs: verifyMaxAge,
      repeated,
    });
    const { colors } = output;
    await output.result({ ...worded(report), checks: report.checks.map(wordedHint) }, () =>
      (report.ok ? colors.green : colors.red)(oneLine(report)),
    );
    return report.ok ? undefined : 1;
  },
};

/** @returns milliseconds */
function parseAge(text: string): number {
  const [, count = '', unit = ''] = /^([1-9]\d{0,4})([dh])$/.exec(text) ?? [];
  if (count !== '') return Number(count) * (unit === 'd' ? 24 : 1) * 3_600_000;
  throw new StoreError('ARGUMENT_INVALID', '--verify-max-age is not an age', {
    hint: 'Give days or hours, such as 7d or 12h.',
  });
}

/** Asks the server that runs, which has the store open, instead of opening it a second time. */
async function askServer(
  output: Output,
  address: ListenAddress,
  tls: NetworkSettings['tls'],
): Promise<ExitCode | undefined> {
  const { askReadiness } = await import('../../../app/stores/ask-readiness.ts');
  const answer = await askReadiness(address, tls);
  const { ready, url, said } = answer;
  await output.result(answer, () =>
    (ready ? output.colors.green : output.colors.red)(
      spellLine(`${ready ? 'ready' : 'not ready'}: ${url} says ${said}`),
    ),
  );
  return ready ? undefined : 1;
}

/** Returns each failed check and how to fix it on one line, for container engines and cron. */
function oneLine({ ok, summary, checks }: HealthReport): string {
  const faults = new Map<string, string[]>();
  for (const { name, message, ...guidance } of checks.filter((check) => !check.ok)) {
    const hint = guide(guidance);
    const fault = `${message}${hint === '' ? '' : `. ${hint}`}`;
    faults.set(fault, [...(faults.get(fault) ?? []), name]);
  }
  const lines = [...faults].map(([fault, names]) => `${names.join(', ')}: ${fault}`);
  const all = spellLine(lines.join(' | ').replace(/\s*\n\s*/g, ' '));
  if (!ok) return `not healthy: ${all}`;
  return lines.length === 0 ? spellLine(summary) : `healthy, but look at ${all}`;
}
