import { createHash } from 'node:crypto';
import { DAY_MS } from '../events/day-file.ts';
import type { TimeWindow } from '../read/read-events.ts';
import type { Headline, PeriodFacts, ReviewFacts } from '../review/review-facts.ts';
import { activitySection } from './activity.ts';
import { changesSection } from './changes-chart.ts';
import { formatCount, formatSpan, formatTime } from './format.ts';
import { Html, html } from './html.ts';
import { latencySection } from './latency-chart.ts';
import { failuresSection, slowestSection } from './occurrences.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** A place that a page leads to. */
export interface PageLink {
  readonly href: string;
  readonly text: string;
}

/** The parts of a report. */
export interface ReportInput {
  readonly facts: ReviewFacts;
  readonly window: TimeWindow;
  /** The next step for a person, where there is one. */
  readonly next: string | undefined;
  /** Where the proof of a change is. */
  readonly proof: string;
  /** The limits of the review, in words; absent when it covers everything. */
  readonly scope: string | undefined;
  /** Where else its reader can go, on a server; a page in a file leads nowhere. */
  readonly links?: readonly PageLink[] | undefined;
  /** This program's version. */
  readonly version: string;
  readonly nowMs: number;
}

const HOUR_MS = 3_600_000;
/** Up to this span a period is an hour. */
const HOURLY_UP_TO_MS = 3 * DAY_MS;
const MAX_PERIODS = 1_000;
const SLOWEST_SHOWN = 10;

/** Returns the length of a period: an hour for up to three days, else a day. */
export function periodOf({ sinceMs, untilMs }: TimeWindow): 'hour' | 'day' {
  return untilMs - sinceMs <= HOURLY_UP_TO_MS ? 'hour' : 'day';
}

/**
 * Returns one HTML page that needs nothing else: no request leaves it, its policy forbids any, and the style and script
 * inside are allowed by their hashes. Times are UTC.
 */
export function renderReport({ facts, window, next, proof, scope, links = [], version, nowMs }: ReportInput): string {
  const span = formatSpan(window.sinceMs, window.untilMs);
  const policy = `default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>Config store telemetry, ${span}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<header>
<h1>Config store telemetry</h1>
<p>${span}${scope === undefined ? undefined : html`, ${scope}`}</p>
${navigation(links)}
</header>
${verdict(facts, next)}
${sums(facts.headline)}
${activitySection(everyPeriod(facts.periods, window))}
${latencySection(facts.tools)}
${changesSection(facts.configs, proof)}
${failuresSection(facts.lastFailures)}
${slowestSection(facts.slowest.slice(0, SLOWEST_SHOWN))}
<footer>Made ${formatTime(new Date(nowMs).toISOString())} UTC by config-store ${version} from ${formatCount(facts.events)} events. Telemetry holds names, codes and sizes, and is no proof: the signed log is.</footer>
</main>
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`;
  return page.toString();
}

function navigation(links: readonly PageLink[]): Html | undefined {
  return links.length === 0
    ? undefined
    : html`<nav>${links.map(({ href, text }) => html`<a href="${href}">${text}</a> `)}</nav>`;
}

function verdict({ headline, events }: ReviewFacts, next: string | undefined): Html {
  if (events === 0) return html`<p class="verdict warn"><b>No events</b>Telemetry holds nothing for this time.</p>`;
  if (next === undefined)
    return html`<p class="verdict"><b>Nothing needs a person</b>No critical event and no signature fault in this time.</p>`;
  const alarming = headline.critical > 0 || headline.signatureFaults > 0;
  return html`<p class="verdict ${alarming ? 'error' : 'warn'}"><b>${alarming ? 'The store was in trouble' : 'Worth a look'}</b>${next}</p>`;
}

function sums(headline: Headline): Html {
  const entries: ReadonlyArray<readonly [label: string, value: number, when: 'plain' | 'wary' | 'bad']> = [
    ['calls', headline.calls, 'plain'],
    ['failures', headline.failures, 'wary'],
    ['commits', headline.commits, 'plain'],
    ['refusals', headline.refusals, 'wary'],
    ['busy waits', headline.busyWaits, 'plain'],
    ['signature faults', headline.signatureFaults, 'bad'],
    ['critical events', headline.critical, 'bad'],
  ];
  return html`<dl class="sums">${entries.map(([label, value, when]) => html`<div class="${value === 0 ? 'zero' : when}"><dt>${label}</dt><dd>${formatCount(value)}</dd></div>`)}</dl>`;
}

/** Returns every period of the window, also those in which nothing happened; the newest thousand where there are more. */
function everyPeriod(periods: readonly PeriodFacts[], window: TimeWindow): PeriodFacts[] {
  const known = new Map(periods.map((period) => [period.start, period]));
  const [stepMs, chars] = periodOf(window) === 'hour' ? [HOUR_MS, 13] : [DAY_MS, 10];
  const last = Math.floor(window.untilMs / stepMs);
  const oldest =
    periods[0] === undefined
      ? last
      : Math.floor(Date.parse(chars === 13 ? `${periods[0].start}:00Z` : periods[0].start) / stepMs);
  // Years without events before the first one would press everything else into a corner.
  const first = Math.max(
    Math.floor(window.sinceMs / stepMs),
    last - MAX_PERIODS + 1,
    window.untilMs - window.sinceMs > 90 * DAY_MS ? oldest : 0,
  );
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const start = new Date((first + at) * stepMs).toISOString().slice(0, chars);
    return known.get(start) ?? { start, calls: 0, failures: 0, commits: 0, refusals: 0 };
  });
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
