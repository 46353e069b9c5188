import { StoreError } from '../../../core/errors.ts';
import { checkName } from '../../../core/name.ts';
import type { Notice } from '../../../core/notice.ts';
import type { ReviewRequest } from '../../../telemetry/review/review-telemetry.ts';
import { lookAtTelemetry, rememberLook } from '../../../verbs/telemetry/look-at-telemetry.ts';
import { reviewTelemetry } from '../../../verbs/telemetry/review-telemetry.ts';
import { parseCount } from '../../input/config-reference.ts';
import { guide, noticeText } from '../../output/advice.ts';
import type { Output } from '../../output/output.ts';
import { formatSize } from '../../output/table.ts';
import { renderEvent, renderReconciliation, renderReview } from '../../output/telemetry-lines.ts';
import { worded } from '../../output/worded.ts';
import type { CommandDefinition, Environment } from '../../program/command.ts';
import type { ExitCode } from '../../program/exit-codes.ts';

interface TelemetryInput {
  readonly action?: string;
  readonly since?: string;
  readonly until?: string;
  readonly config?: string;
  readonly tool?: string;
  readonly failures?: boolean;
  readonly limit?: number;
  readonly follow?: boolean;
  readonly html?: string;
  readonly open?: boolean;
}

/** `config-store telemetry`: what happened, from the telemetry files; `telemetry verify` compares them with the log. */
export const telemetry: CommandDefinition<TelemetryInput> = {
  arguments: [{ syntax: '[action]', meaning: '"verify": compare events and log instead', completes: ['verify'] }],
  options: [
    {
      flags: '--since <time>',
      completes: ['24h', '7d', '30d'],
      meaning: 'beginning: an age such as 24h or 7d, or a time; 7d by default',
    },
    { flags: '--until <time>', completes: ['24h', '7d', '30d'], meaning: 'end: an age or a time; now by default' },
    { flags: '--config <name>', completes: 'configs', meaning: 'only events about this config' },
    { flags: '--tool <name>', meaning: 'only calls of this tool or command' },
    { flags: '--failures', meaning: 'only what failed or was refused' },
    {
      flags: '-n, --limit <n>',
      meaning: 'how many slowest calls, last failures and configs; 10 by default',
      parse: parseCount('--limit'),
    },
    { flags: '--html <file>', completes: 'files', meaning: 'write the review as one self-contained web page' },
    { flags: '--open', meaning: 'write that page for yourself alone, and open it in the browser' },
    { flags: '--follow', meaning: 'print events as they happen, until interrupted' },
  ],
  examples: [
    'config-store telemetry --since 24h',
    'config-store telemetry --failures --tool put_config',
    'config-store telemetry --open',
    'config-store telemetry --since 30d --html report.html',
    'config-store telemetry verify',
  ],
  notes:
    'The review begins with what is new since your last look. Telemetry is a local file and no proof; the log is. "verify" says which commits have no event and which events name no commit.',
  endsItself: true,
  run: async (environment, input) => {
    if (input.config !== undefined) checkName(input.config);
    if (input.action === 'verify') return verify(environment);
    if (input.action !== undefined)
      throw new StoreError('ARGUMENT_INVALID', `telemetry has no action ${JSON.stringify(input.action.slice(0, 40))}`, {
        hint: 'Run "config-store telemetry" or "config-store telemetry verify".',
      });
    if (input.follow === true) return follow(environment, input);
    return input.html === undefined && input.open !== true ? review(environment, input) : report(environment, input);
  },
};

async function review({ context, output }: Environment, input: TelemetryInput): Promise<undefined> {
  // A script is not looking.
  const { review: result, lead } = output.json
    ? {
        review: await reviewTelemetry(context, { ...requestOf(input), maxJsonChars: Number.POSITIVE_INFINITY }),
        lead: undefined,
      }
    : await lookAtTelemetry(context, requestOf(input));
  await warnOf(output, result);
  await output.result(worded(result), () => renderReview(result, output, lead));
}

async function report({ context, output }: Environment, input: TelemetryInput): Promise<undefined> {
  const { reportTelemetry } = await import('../../../verbs/telemetry/report-telemetry.ts');
  const written = await reportTelemetry(context, { ...requestOf(input), file: input.html, guide });
  await warnOf(output, written);
  const line = `wrote ${written.path} (${formatSize(written.bytes)})`;
  if (input.open !== true) return output.result(worded(written), () => line).then(() => undefined);
  const { openFile } = await import('../../../app/open-file.ts');
  const opened = await openFile(written.path);
  if (opened) await rememberLook(context);
  const asked = opened ? '' : '; no browser could be opened here: open that file yourself';
  await output.result(worded({ ...written, opened }), () => `${line}${asked}`);
}

async function warnOf(output: Output, { notices = [] }: { readonly notices?: readonly Notice[] | undefined }) {
  for (const notice of notices) await output.warn(noticeText(notice));
}

function requestOf({ since, until, config: name, tool, failures: failuresOnly, limit }: TelemetryInput): ReviewRequest {
  return { since, until, name, tool, failuresOnly, limit };
}

/** 0 when they agree; 4 when they do not, because events are no proof of anything being wrong. */
async function verify({ context, output }: Environment): Promise<ExitCode | undefined> {
  const { verifyTelemetry } = await import('../../../verbs/telemetry/verify-telemetry.ts');
  const result = await verifyTelemetry(context);
  await warnOf(output, result);
  await output.result(worded(result), () => renderReconciliation(result, output));
  return result.withoutEvent.length + result.withoutCommit.length > 0 ? 4 : undefined;
}

async function follow(
  { context, output, interrupted }: Environment,
  { config: name, tool, failures: failuresOnly }: TelemetryInput,
): Promise<undefined> {
  const { followTelemetry } = await import('../../../verbs/telemetry/follow-telemetry.ts');
  const stop = new AbortController();
  const terminate = () => stop.abort();
  process.once('SIGTERM', terminate);
  const signal = AbortSignal.any([stop.signal, interrupted]);
  try {
    for await (const event of followTelemetry(context, { name, tool, failuresOnly, signal })) {
      if (output.readerGone()) break;
      if (output.json) await output.jsonLine(event);
      else await output.text(`${renderEvent(event, output)}\n`);
    }
  } finally {
    process.off('SIGTERM', terminate);
  }
}
