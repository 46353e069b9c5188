import { isConfigName } from '../../core/name.ts';
import { shortId } from '../../core/short-id.ts';
import { thousands } from '../../core/thousands.ts';
import { spellLine } from '../../core/visible.ts';
import { DAY_MS, utcDate } from '../../telemetry/events/day-file.ts';
import { count, isFromFuture, list, occurrence } from '../../telemetry/events/event-fields.ts';
import type { EventRecord } from '../../telemetry/events/event-line.ts';
import { sparkline } from '../../telemetry/report/sparkline.ts';
import { formatDuration } from '../../telemetry/review/duration.ts';
import type { Reconciliation } from '../../telemetry/review/reconcile.ts';
import type { Occurrence, PeriodFacts } from '../../telemetry/review/review-facts.ts';
import type { ReviewResult } from '../../telemetry/review/review-telemetry.ts';
import type { Output } from './output.ts';
import { renderNext } from './render.ts';
import { formatTime, pairs, table } from './table.ts';

type Colors = Output['colors'];

/** Renders the review as lines for people: the headline first, then by tool, what stands out, and the days. */
export function renderReview(review: ReviewResult, output: Output): string[] {
  const { colors } = output;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', colors.bold(title), ...indented(lines)];
  return [
    `${colors.dim(`${formatTime(review.since)} to ${formatTime(review.until)}`)}`,
    renderHeadline(review, colors),
    ...renderNext(review, output),
    ...section('Calls by tool', toolLines(review, colors)),
    ...section('Slowest', review.slowest.length === 0 ? [] : occurrenceLines(review.slowest, colors)),
    ...section(
      'Last failures and refusals',
      review.lastFailures.length === 0 ? [] : occurrenceLines(review.lastFailures, colors),
    ),
    ...section('Changes by config', configLines(review, colors)),
    ...section('By day (UTC)', dayLines(review.days)),
  ];
}

function renderHeadline({ events, summary, headline }: ReviewResult, colors: Colors): string {
  if (events === 0) return summary;
  const alarming = headline.critical > 0 || headline.signatureFaults > 0;
  return alarming
    ? colors.red(summary)
    : headline.failures + headline.refusals > 0
      ? colors.yellow(summary)
      : colors.green(summary);
}

function toolLines({ tools }: ReviewResult, colors: Colors): string[] {
  if (tools.length === 0) return [];
  return table(tools, [
    { heading: 'TOOL', cell: ({ tool }) => tool, style: colors.bold },
    { heading: 'CALLS', cell: ({ calls }) => thousands(calls), align: 'right' },
    { heading: 'FAILURES', cell: ({ failures }) => thousands(failures), align: 'right' },
    { heading: 'P50', cell: ({ p50Ms }) => formatDuration(p50Ms), align: 'right' },
    { heading: 'P95', cell: ({ p95Ms }) => formatDuration(p95Ms), align: 'right' },
    { heading: 'MAX', cell: ({ maxMs }) => formatDuration(maxMs), align: 'right' },
  ]);
}

function occurrenceLines(items: readonly Occurrence[], colors: Colors): string[] {
  return table(items, [
    { heading: 'TIME', cell: ({ time }) => formatTime(time), style: colors.dim },
    { heading: 'WHAT', cell: ({ tool, event }) => tool ?? event },
    {
      heading: 'TOOK',
      cell: ({ durationMs }) => (durationMs === undefined ? '' : formatDuration(durationMs)),
      align: 'right',
    },
    { heading: 'CODE', cell: ({ code }) => code ?? '', style: colors.yellow },
    { heading: 'CONFIG', cell: ({ config }) => config ?? '', maxChars: 48 },
    { heading: 'WHERE', cell: ({ rule, path }) => [rule, path].filter(Boolean).join(' '), maxChars: 60 },
  ]);
}

function configLines({ configs }: ReviewResult, colors: Colors): string[] {
  if (configs.length === 0) return [];
  return table(configs, [
    { heading: 'CONFIG', cell: ({ name }) => name, style: colors.bold, maxChars: 48 },
    { heading: 'COMMITS', cell: ({ commits }) => thousands(commits), align: 'right' },
    { heading: 'NEWEST', cell: ({ version }) => `version ${version}` },
    { heading: 'COMMIT', cell: ({ index, commit }) => `${index}  ${shortId(commit)}`, style: colors.dim },
    { heading: 'TIME', cell: ({ time }) => formatTime(time) },
  ]);
}

function dayLines(days: readonly PeriodFacts[]): string[] {
  if (days.length === 0) return [];
  const all = everyDay(days);
  const row = (label: string, value: (day: PeriodFacts) => number): Array<[string, string]> => {
    const values = all.map((day) => (day === undefined ? 0 : value(day)));
    const most = Math.max(...values);
    return most === 0 ? [] : [[label, `${sparkline(values)}  at most ${thousands(most)} a day`]];
  };
  return [
    ...pairs([
      ...row('calls', (day) => day.calls),
      ...row('failures', (day) => day.failures),
      ...row('commits', (day) => day.commits),
      ...row('refusals', (day) => day.refusals),
    ]),
    `${days[0]?.start} to ${days.at(-1)?.start}`,
  ];
}

/** Days without events have no facts, but their place in the row. */
function everyDay(days: readonly PeriodFacts[]): Array<PeriodFacts | undefined> {
  const known = new Map(days.map((day) => [day.start, day]));
  const first = Date.parse(days[0]?.start ?? '');
  const count = Math.round((Date.parse(days.at(-1)?.start ?? '') - first) / DAY_MS) + 1;
  return Array.from({ length: Math.min(count, 400) }, (_, at) => known.get(utcDate(first + at * DAY_MS)));
}

/** Renders one event as a line, for `--follow`; one dated later than now is marked. */
export function renderEvent(event: EventRecord, colors: Colors, nowMs = Date.now()): string {
  const { time, level, event: name, tool, code, config, rule, path, durationMs } = occurrence(event);
  const names = list(event['config.names']).filter(isConfigName).join(', ');
  const index = event['log.index'] === undefined ? undefined : `commit ${count(event['log.index'])}`;
  const paint = level === 'error' ? colors.red : level === 'warn' ? colors.yellow : (text: string) => text;
  const parts = [
    tool,
    config ?? names,
    index,
    code,
    rule,
    path,
    durationMs === undefined ? undefined : formatDuration(durationMs),
    isFromFuture(event, nowMs) ? 'dated later than now' : undefined,
  ];
  return `${colors.dim(formatTime(time))}  ${paint(name.padEnd(16))}  ${spellLine(parts.filter(Boolean).join('  '))}`;
}

/** Renders the findings of `telemetry verify` as lines for people. */
export function renderReconciliation(
  { commits, matched, beforeEvents, withoutEvent, withoutCommit, cut }: Reconciliation,
  { colors }: Output,
): string[] {
  const list = (title: string, entries: Reconciliation['withoutEvent']) =>
    entries.length === 0
      ? []
      : [
          '',
          colors.bold(title),
          ...entries
            .slice(0, 20)
            .map(({ index, commit, time }) => `  ${index}  ${shortId(commit)}  ${formatTime(time)}`),
          ...(entries.length > 20 ? [`  … and ${entries.length - 20} more`] : []),
        ];
  const agree = withoutEvent.length === 0 && withoutCommit.length === 0;
  const sums = `${commits} commits: ${matched} with an event, ${withoutEvent.length} without, ${beforeEvents} older than the events kept; ${withoutCommit.length} events name no commit${cut ? '; there are too many events to compare all of them' : ''}`;
  return [
    agree ? colors.green(sums) : colors.yellow(sums),
    ...list('Commits without an event (telemetry was off or failing, or lines were removed)', withoutEvent),
    ...list(
      'Events that name no commit of this log (it was rolled back or replaced, or the line is made up)',
      withoutCommit,
    ),
  ];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
