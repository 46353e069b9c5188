import { existsSync } from 'node:fs';
import { logEntries } from '../../../app/log-entries.ts';
import { StoreError } from '../../../core/errors.ts';
import { checkName } from '../../../core/name.ts';
import type { Notice } from '../../../core/notice.ts';
import { replaceFile } from '../../../disk/replace-file.ts';
import { isAbout } from '../../../telemetry/events/event-fields.ts';
import { followEvents } from '../../../telemetry/read/follow-events.ts';
import { readEvents } from '../../../telemetry/read/read-events.ts';
import { reconcile } from '../../../telemetry/review/reconcile.ts';
import { isFailure } from '../../../telemetry/review/review.ts';
import { collectLeftOut } from '../../../telemetry/review/review-events.ts';
import { type ReviewRequest, reviewTelemetry, unreadable } from '../../../telemetry/review/review-telemetry.ts';
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
}

/** Events are written this soon after their commits, or not at all; milliseconds. */
const SETTLE_MS = 2_000;
/** The last time there is: 31 December 9999. */
const MAX_TIME_MS = 253_402_300_799_999;

/** `config-store telemetry`: what happened, from the telemetry files; `telemetry verify` compares them with the log. */
export const telemetry: CommandDefinition<TelemetryInput> = {
  arguments: [{ syntax: '[action]', meaning: '"verify": compare events and log instead', completes: ['verify'] }],
  options: [
    { flags: '--since <time>', meaning: 'beginning: an age such as 24h or 7d, or a time; 7d by default' },
    { flags: '--until <time>', meaning: 'end: an age or a time; now by default' },
    { flags: '--config <name>', meaning: 'only events about this config' },
    { flags: '--tool <name>', meaning: 'only calls of this tool or command' },
    { flags: '--failures', meaning: 'only what failed or was refused' },
    {
      flags: '--limit <n>',
      meaning: 'how many slowest calls, last failures and configs; 10 by default',
      parse: parseCount('--limit'),
    },
    { flags: '--html <file>', meaning: 'write the review as one self-contained web page' },
    { flags: '--follow', meaning: 'print events as they happen, until interrupted' },
  ],
  examples: [
    'config-store telemetry --since 24h',
    'config-store telemetry --failures --tool put_config',
    'config-store telemetry --since 30d --html report.html',
    'config-store telemetry verify',
  ],
  notes:
    'Telemetry is a local file and no proof; the log is. "verify" says which commits have no event and which events name no commit.',
  run: async (environment, input) => {
    if (input.config !== undefined) checkName(input.config);
    if (input.action === 'verify') return verify(environment);
    if (input.action !== undefined)
      throw new StoreError('ARGUMENT_INVALID', `telemetry has no action ${JSON.stringify(input.action.slice(0, 40))}`, {
        hint: 'Run "config-store telemetry" or "config-store telemetry verify".',
      });
    // Without events yet, whether there can be any: a folder of somebody else is said as every command says it.
    if (!existsSync(environment.settings().paths.telemetry)) await environment.store();
    if (input.follow === true) return follow(environment, input);
    return input.html === undefined ? review(environment, input) : report(environment, input, input.html);
  },
};

async function review({ settings, telemetry, output }: Environment, input: TelemetryInput): Promise<undefined> {
  const result = await reviewTelemetry(
    { folder: settings().paths.telemetry, state: telemetry.state, maxJsonChars: Number.POSITIVE_INFINITY },
    requestOf(input),
  );
  await warnOf(output, result.notices);
  await output.result(worded(result), () => renderReview(result, output));
}

async function warnOf(output: Output, notices: readonly Notice[] = []): Promise<void> {
  for (const notice of notices) await output.warn(noticeText(notice));
}

async function report(
  { settings, telemetry, output, version }: Environment,
  input: TelemetryInput,
  file: string,
): Promise<undefined> {
  const { telemetryReport } = await import('../../../telemetry/report/telemetry-report.ts');
  const source = { folder: settings().paths.telemetry, state: telemetry.state };
  const notices: Notice[] = [];
  const leftOut = (notice: Notice) => notices.push(notice);
  const page = Buffer.from(await telemetryReport(source, requestOf(input), { version, guide, leftOut }));
  await warnOf(output, notices);
  const path = await replaceFile(file, page);
  await output.result({ path, bytes: page.length }, () => `wrote ${path} (${formatSize(page.length)})`);
}

function requestOf({ since, until, config: name, tool, failures: failuresOnly, limit }: TelemetryInput): ReviewRequest {
  return { since, until, name, tool, failuresOnly, limit };
}

/** 0 when they agree; 4 when they do not, because events are no proof of anything being wrong. */
async function verify({ settings, store, output }: Environment): Promise<ExitCode | undefined> {
  const { telemetry: folder } = settings().paths;
  const { feed } = await store();
  const everything = { sinceMs: 0, untilMs: MAX_TIME_MS };
  const { notices, skipped } = collectLeftOut();
  const events = readEvents(folder, everything, skipped);
  const result = await reconcile(logEntries(feed), events, Date.now() - SETTLE_MS).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  await warnOf(output, notices);
  await output.result(result, () => renderReconciliation(result, output));
  return result.withoutEvent.length + result.withoutCommit.length > 0 ? 4 : undefined;
}

async function follow(
  { settings, output }: Environment,
  { config, tool, failures }: TelemetryInput,
): Promise<undefined> {
  const stop = new AbortController();
  const interrupted = () => stop.abort();
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const folder = settings().paths.telemetry;
  try {
    for await (const event of followEvents(folder, { signal: stop.signal })) {
      if (config !== undefined && !isAbout(event, config)) continue;
      if (tool !== undefined && event['gen_ai.tool.name'] !== tool) continue;
      if (failures === true && !isFailure(event)) continue;
      if (output.json) await output.jsonLine(event);
      else await output.text(`${renderEvent(event, output.colors)}\n`);
    }
  } catch (error) {
    throw unreadable(folder, error);
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}
