import { z } from 'zod';
import { reviewTelemetryRendering } from '../results/review-telemetry.ts';
import { configName, fields, storeWarnings } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

const time = (description: string) => z.string().max(40).describe(description);

const milliseconds = (what: string) => z.number().describe(`${what}, in milliseconds.`);
const calls = z.int().describe('Calls of tools and reads of resources.');
const failures = z.int().describe('How many of them failed.');

const occurrences = (description: string) =>
  z
    .array(
      z.object({
        time: fields.time,
        event: z.string().describe('Event, for example "tool.called" or "config.refused".'),
        level: z.string().describe('"info", "warn", or "error" when the store itself is in trouble.'),
        tool: z.string().optional().describe('Tool, command or method.'),
        config: z.string().optional().describe('Config it was about: list_history shows its commits.'),
        code: z.string().optional().describe('Why it failed.'),
        rule: z.string().optional().describe('Rule that refused it.'),
        path: z.string().optional().describe('JSON Pointer of what was refused.'),
        duration_ms: milliseconds('How long it took').optional(),
      }),
    )
    .describe(description);

/** `review_telemetry` */
export const reviewTelemetryTool = defineTool({
  name: 'review_telemetry',
  title: 'Review telemetry',
  description:
    'Says what this store did since a time: calls by tool with failures and latency, commits, refusals, the slowest calls, the last failures, changes by config, and what needs a person. Use it to report on activity or to find out why something failed or was slow. It holds names, codes and sizes, never content, and is no proof: list_history and verify_store are. Changes nothing.',
  behaviour: { readOnly: true, destructive: false, idempotent: true },
  input: () =>
    z.strictObject({
      since: time(
        'Beginning: an age such as "24h", "7d" or "2w", or a time such as "2026-11-20T00:00:00Z". Default: seven days ago.',
      ).optional(),
      until: time('End, in the same words. Default: now.').optional(),
      name: configName.optional(),
      tool: z.string().max(64).describe('Only calls of this tool.').optional(),
      failures_only: z.boolean().describe('Only what failed or was refused.').optional(),
      limit: z
        .int()
        .min(1)
        .max(50)
        .describe('How many slowest calls, last failures and configs are listed: 10 unless given.')
        .optional(),
    }),
  output: () =>
    z.object({
      since: fields.time,
      until: fields.time,
      events: z.int().describe('Events in this time that fit.'),
      headline: z
        .object({
          calls,
          failures,
          commits: z.int().describe('Commits made.'),
          refusals: z.int().describe('Changes refused for what they held or because another came first.'),
          signature_faults: z.int().describe('Reports of a signature, key or bytes that did not hold.'),
          busy_waits: z.int().describe('Writes that waited for other processes.'),
          critical: z.int().describe('Events in which the store itself was in trouble.'),
        })
        .describe('The sums.'),
      tools: z
        .array(
          z.object({
            tool: z.string().describe('Tool or method.'),
            calls,
            failures,
            p50_ms: milliseconds('Half of the calls took at most this'),
            p95_ms: milliseconds('95 % of the calls took at most this'),
            max_ms: milliseconds('The slowest call'),
          }),
        )
        .describe('By tool, most called first.'),
      slowest: occurrences('The slowest calls, slowest first.'),
      last_failures: occurrences('The last failures and refusals, newest first.'),
      configs: z
        .array(
          z.object({
            name: fields.name,
            version: fields.version,
            index: z.int().describe("The newest commit's place in the log."),
            commit: z.string().describe('Beginning of its commit id.'),
            time: fields.time,
            commits: z.int().describe('Commits that changed it in this time.'),
          }),
        )
        .describe('Changes by config, most changed first.'),
      days: z
        .array(
          z.object({
            start: z.string().describe('UTC date.'),
            calls,
            failures,
            commits: z.int().describe('Commits made.'),
            refusals: z.int().describe('Changes refused.'),
          }),
        )
        .describe('By day, oldest first.'),
      cut: z.boolean().describe('True when lists were shortened: ask for less time, or one config or tool.'),
      warnings: storeWarnings,
    }),
  rendering: reviewTelemetryRendering,
  async run({ since, until, name, tool, failures_only: failuresOnly, limit }, { context }) {
    const { reviewTelemetry } = await import('../../verbs/telemetry/review-telemetry.ts');
    return reviewTelemetry(context, { since, until, name, tool, failuresOnly, limit });
  },
});
