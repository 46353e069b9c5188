import { isConfigName } from '../../core/name.ts';
import { shortId } from '../../core/short-id.ts';
import { thousands } from '../../core/thousands.ts';
import { spellLine } from '../../core/visible.ts';
import { DAY_MS, utcDate } from '../../telemetry/events/day-file.ts';
import { count, isFromFuture, list, occurrence } from '../../telemetry/events/event-fields.ts';
import type { EventRecord } from '../../telemetry/events/event-line.ts';
import { sparkline } from '../../telemetry/report/sparkline.ts';
import { formatDuration } from '../../telemetry/review/duration.ts';
import type { SinceLastLook } from '../../telemetry/review/look-facts.ts';
import type { Reconciliation } from '../../telemetry/review/reconcile.ts';
import type { Occurrence } from '../../telemetry/review/review-facts.ts';
import type { ReviewResult } from '../../telemetry/review/review-telemetry.ts';
import { guide } from './advice.ts';
import { cutToWidth, wrap } from './display-width.ts';
import type { Output } from './output.ts';
import { renderLookBack, renderSinceLastLook } from './since-last-look.ts';
import { pairs, table } from './table.ts';

const INDENT = '  ';

/** Days in a row of bars. */
const MAX_DAYS = 40;

/**
 * Renders the review as lines for people, which fit the terminal: first what is new since the last look, then the headline, by
 * tool, what stands out, and the days.
 */
export function renderReview(review: ReviewResult, output: Output, lead?: SinceLastLook): string[] {
  const { colors } = output;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', colors.bold(title), ...indented(lines)];
  return [
    ...(lead === undefined ? [] : [...renderSinceLastLook(lead, output), '']),
    `${colors.dim(`${output.time(review.since)} to ${output.time(review.until)}`)}`,
    ...renderHeadline(review, output),
    ...(lead === undefined ? nextLines(review, output) : renderLookBack(lead, output)),
    ...section('Calls by tool', toolLines(review, output)),
    ...section('Slowest', review.slowest.length === 0 ? [] : occurrenceLines(review.slowest, output)),
    ...section(
      'Last failures and refusals',
      review.lastFailures.length === 0 ? [] : occurrenceLines(review.lastFailures, output),
    ),
    ...section('Changes by config', configLines(review, output)),
    ...section('By day (UTC)', dayLines(review.days)),
  ];
}

function renderHeadline({ events, summary, headline }: ReviewResult, { colors, columns }: Output): string[] {
  const lines = wrap(summary, columns);
  if (events === 0) return lines;
  const alarming = headline.critical > 0 || headline.signatureFaults > 0;
  const paint = alarming ? colors.red : headline.failures + headline.refusals > 0 ? colors.yellow : colors.green;
  return lines.map((line) => paint(line));
}

function nextLines({ next }: ReviewResult, { colors, columns }: Output): string[] {
  return next === undefined ? [] : wrap(spellLine(guide(next)), columns, '  ').map(colors.dim);
}

/** How wide the tables may be: they are indented, so that titles stand out. */
const within = ({ columns }: Output) => ({ width: columns, indent: INDENT.length });

function toolLines({ tools }: ReviewResult, output: Output): string[] {
  if (tools.length === 0) return [];
  return table(
    tools,
    [
      { heading: 'TOOL', cell: ({ tool }) => tool, style: output.colors.bold, maxChars: 40 },
      { heading: 'CALLS', cell: ({ calls }) => thousands(calls), align: 'right' },
      { heading: 'FAILURES', cell: ({ failures }) => thousands(failures), align: 'right' },
      { heading: 'P50', cell: ({ p50Ms }) => formatDuration(p50Ms), align: 'right', spare: 1 },
      { heading: 'P95', cell: ({ p95Ms }) => formatDuration(p95Ms), align: 'right', spare: 2 },
      { heading: 'MAX', cell: ({ maxMs }) => formatDuration(maxMs), align: 'right', spare: 3 },
    ],
    within(output),
  );
}

function occurrenceLines(items: readonly Occurrence[], output: Output): string[] {
  const { colors, time: format, columns } = output;
  const [heading = '', ...rows] = table(
    items,
    [
      { heading: 'TIME', cell: ({ time }) => format(time), style: colors.dim },
      { heading: 'WHAT', cell: ({ tool, event }) => tool ?? event, maxChars: 40 },
      {
        heading: 'TOOK',
        cell: ({ durationMs }) => (durationMs === undefined ? '' : formatDuration(durationMs)),
        align: 'right',
        spare: 1,
      },
      { heading: 'CODE', cell: ({ code }) => code ?? '', style: colors.yellow },
      { heading: 'CONFIG', cell: ({ config }) => config ?? '', maxChars: 255 },
    ],
    within(output),
  );
  // Rule and place stand on a line of their own, for places are long.
  const places = items.map(({ rule, path }) => [rule, path].filter(Boolean).join(' '));
  return [
    heading,
    ...rows.flatMap((line, at) => [
      line,
      ...(places[at] ? [colors.dim(cutToWidth(`  ${spellLine(places[at])}`, columns - INDENT.length))] : []),
    ]),
  ];
}

function configLines({ configs }: ReviewResult, output: Output): string[] {
  const { colors, time: format } = output;
  if (configs.length === 0) return [];
  return table(
    configs,
    [
      { heading: 'CONFIG', cell: ({ name }) => name, style: colors.bold, maxChars: 255 },
      { heading: 'VERSION', cell: ({ version }) => `${version}`, align: 'right' },
      { heading: 'COMMITS', cell: ({ commits }) => thousands(commits), align: 'right', spare: 2 },
      { heading: 'COMMIT', cell: ({ index, commit }) => `${index} ${shortId(commit)}`, style: colors.dim, spare: 1 },
      { heading: 'TIME', cell: ({ time }) => format(time) },
    ],
    within(output),
  );
}

type Day = ReviewResult['days'][number];

function dayLines(days: readonly Day[]): string[] {
  if (days.length === 0) return [];
  const all = everyDay(days);
  const row = (label: string, value: (day: Day) => number): Array<[string, string]> => {
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

/** Days without events have no facts, but their place in the row. The newest are those that fit a line. */
function everyDay(days: readonly Day[]): Array<Day | undefined> {
  const known = new Map(days.map((day) => [day.start, day]));
  const last = Date.parse(days.at(-1)?.start ?? '');
  const count = Math.round((last - Date.parse(days[0]?.start ?? '')) / DAY_MS) + 1;
  const shown = Math.min(count, MAX_DAYS);
  return Array.from({ length: shown }, (_, at) => known.get(utcDate(last - (shown - 1 - at) * DAY_MS)));
}

/** Renders one event as a line, for `--follow`; one dated later than now is marked. */
export function renderEvent(
  event: EventRecord,
  { colors, time: format }: Pick<Output, 'colors' | 'time'>,
  nowMs = Date.now(),
): string {
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
  return `${colors.dim(format(time))}  ${paint(name.padEnd(16))}  ${spellLine(parts.filter(Boolean).join('  '))}`;
}

/** Renders the findings of `telemetry verify` as lines for people. */
export function renderReconciliation(
  { commits, matched, beforeEvents, withoutEvent, withoutCommit, cut }: Reconciliation,
  { colors, time: format }: Output,
): string[] {
  const list = (title: string, entries: Reconciliation['withoutEvent']) =>
    entries.length === 0
      ? []
      : [
          '',
          colors.bold(title),
          ...entries.slice(0, 20).map(({ index, commit, time }) => `  ${index}  ${shortId(commit)}  ${format(time)}`),
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
  return lines.map((line) => `${INDENT}${line}`);
}
