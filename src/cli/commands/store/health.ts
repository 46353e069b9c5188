import { attempt } from '../../../app/app.ts';
import type { NetworkSettings } from '../../../app/network-settings.ts';
import type { ListenAddress } from '../../../core/access/listen-address.ts';
import { spellLine } from '../../../core/visible.ts';
import { checkHealth, type HealthReport } from '../../../verbs/store/check-health.ts';
import { guide } from '../../output/advice.ts';
import type { Output } from '../../output/output.ts';
import { worded, wordedHint } from '../../output/worded.ts';
import type { CommandDefinition } from '../../program/command.ts';
import type { ExitCode } from '../../program/exit-codes.ts';

/** `config-store health`: tries whether the store can serve, write and sign; exits 0 or 1 only. */
export const health: CommandDefinition = {
  examples: ['config-store health', 'config-store health --json'],
  notes:
    'It starts a server for the purpose, writes and removes a probe file, and signs a probe; nothing in the store changes. Where\nCONFIG_STORE_HTTP is set it asks that server on this machine instead (/readyz).\nOne line says how it is; --json gives every check.',
  run: async ({ context, output, settings }) => {
    const network = attempt(settings)?.network;
    if (network?.http !== undefined) return askServer(output, network.http, network.tls);
    const report = await checkHealth(context, { probeDisk: true, probeServer: true });
    const { colors } = output;
    await output.result({ ...worded(report), checks: report.checks.map(wordedHint) }, () =>
      (report.ok ? colors.green : colors.red)(oneLine(report)),
    );
    return report.ok ? undefined : 1;
  },
};

/** Asks the server that runs, which has the store open, instead of opening it a second time. */
async function askServer(
  output: Output,
  address: ListenAddress,
  tls: NetworkSettings['tls'],
): Promise<ExitCode | undefined> {
  const { askReadiness } = await import('../../../app/ask-readiness.ts');
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
  if (ok) return spellLine(summary);
  const faults = new Map<string, string[]>();
  for (const { name, message, ...guidance } of checks.filter((check) => !check.ok)) {
    const hint = guide(guidance);
    const fault = `${message}${hint === '' ? '' : `. ${hint}`}`;
    faults.set(fault, [...(faults.get(fault) ?? []), name]);
  }
  const lines = [...faults].map(([fault, names]) => `${names.join(', ')}: ${fault}`);
  return `not healthy: ${spellLine(lines.join(' | ').replace(/\s*\n\s*/g, ' '))}`;
}
