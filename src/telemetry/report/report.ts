import { createHash } from 'node:crypto';
import { DAY_MS } from '../events/day-file.ts';
import type { TimeWindow } from '../read/read-events.ts';
import { ago, type LogChanges, type LookedAtStore } from '../review/look-facts.ts';
import type { ReviewFacts } from '../review/review-facts.ts';
import { activitySection } from './activity.ts';
import { attentionSection, type WordedItem } from './attention.ts';
import { changesSection } from './changes.ts';
import { breakable, formatCount, formatSpan, formatTime } from './format.ts';
import { Html, html } from './html.ts';
import { latencyTable } from './latency-chart.ts';
import { failuresSection, slowestTable } from './occurrences.ts';
import { everyPeriod, nameBefore } from './periods.ts';
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
  /** The facts of the time before, as long as this one. */
  readonly before?: ReviewFacts | undefined;
  readonly window: TimeWindow;
  /** The changes of the signed log; absent where it cannot be read, or was not asked for. */
  readonly changes?: LogChanges | undefined;
  readonly attention: readonly WordedItem[];
  readonly store: LookedAtStore;
  /** Where the proof of a change is. */
  readonly proof: string;
  /** The limits of the review, in words; absent when it covers everything. */
  readonly scope: string | undefined;
  /** True where no events are written. */
  readonly isOff: boolean;
  /** Where else its reader can go, on a server; a page in a file leads nowhere. */
  readonly links?: readonly PageLink[] | undefined;
  /** This program's version. */
  readonly version: string;
  readonly nowMs: number;
}

const SLOWEST_SHOWN = 10;

/**
 * Returns one HTML page that needs nothing else: no request leaves it, its policy forbids any, and the style and script
 * inside are allowed by their hashes. Times are UTC.
 */
export function renderReport(input: ReportInput): string {
  const { facts, window, changes, attention, store, proof, scope, links = [], version, nowMs } = input;
  const before = input.before !== undefined && input.before.events > 0 ? input.before : undefined;
  const span = formatSpan(window.sinceMs, window.untilMs);
  const policy = `default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  const where = [store.store, store.host].filter((part) => part !== undefined);
  const isQuiet = facts.events === 0;
  const periods = everyPeriod(facts.periods, before?.periods, window);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>Config store${where.map((part, at) => `${at === 0 ? ' ' : ' on '}${part}`)}${store.folder === undefined ? '' : `, ${store.folder}`}: ${span}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<header>
<h1>Config store${store.host === undefined ? undefined : html` <span class="soft">on ${breakable(store.host)}</span>`}</h1>
<p>${span}${scope === undefined ? undefined : html`, ${scope}`}</p>
${place(store, nowMs)}
${navigation(links)}
</header>
${isQuiet ? quiet(input) : undefined}
${tiles(input, before)}
${changes === undefined ? undefined : changesSection(changes, proof, nowMs)}
${attentionSection(attention)}
${isQuiet ? undefined : failuresSection(facts.codes, facts.lastFailures, nowMs)}
${isQuiet && before === undefined ? undefined : activitySection(periods, before === undefined ? undefined : nameBefore(window))}
${isQuiet ? undefined : latency(facts)}
<footer>Made ${formatTime(new Date(nowMs).toISOString())} UTC by config-store ${version} from ${formatCount(facts.events)} events${changes === undefined ? '' : ' and the signed log'}. Events hold names, codes and sizes, and are no proof: the signed log is.</footer>
</main>
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`;
  return page.toString();
}

function place({ store, folder, verified, backup }: LookedAtStore, nowMs: number): Html | undefined {
  const parts = [
    store === undefined ? undefined : html`store <code>${store}</code>`,
    folder === undefined ? undefined : html`<code>${breakable(folder)}</code>`,
    verified === undefined ? undefined : html`verified ${ago(verified, nowMs)}`,
    backup === undefined ? undefined : html`backup ${ago(backup, nowMs)}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : html`<p>${parts.map((part, at) => (at === 0 ? part : html` · ${part}`))}</p>`;
}

function navigation(links: readonly PageLink[]): Html | undefined {
  return links.length === 0
    ? undefined
    : html`<nav>${links.map(({ href, text }) => html`<a href="${href}">${text}</a> `)}</nav>`;
}

/** The page of a time in which nothing was called says so, and why that may be. */
function quiet({ changes, isOff, scope, window }: ReportInput): Html {
  const days = Math.max(1, Math.round((window.untilMs - window.sinceMs) / DAY_MS));
  const time = days === 7 ? 'week' : days === 1 ? 'day' : 'time';
  const [title, text] = isOff
    ? ['No events: telemetry is off', 'Only the signed log is shown.']
    : scope !== undefined
      ? ['No events fit', `Nothing of this kind happened in this ${time}.`]
      : changes !== undefined && changes.total > 0
        ? [
            'No events',
            'The log has changes of this time and telemetry has nothing: it was off, or its files were removed.',
          ]
        : [
            `A quiet ${time}`,
            'No config was changed and nothing was called. Clients that are connected call only when they need something.',
          ];
  return html`<p class="verdict"><b>${title}</b>${text}</p>`;
}

/** The sums people look at first; each leads to its section. */
function tiles({ facts, changes, attention, window }: ReportInput, before: ReviewFacts | undefined): Html {
  const { headline, codes, events } = facts;
  const than = nameBefore(window);
  const earlier = (number: number | undefined) =>
    number === undefined ? undefined : `${than}: ${formatCount(number)}`;
  const worst = attention[0]?.severity;
  const commits = changes?.total ?? headline.commits;
  const entries: ReadonlyArray<
    readonly [place: string, label: string, value: string, when: string, note?: string | undefined]
  > = [
    [
      'changes',
      'changes',
      `${formatCount(commits)}${changes?.isMore ? '+' : ''}`,
      when(commits, 'plain'),
      earlier(before?.headline.commits),
    ],
    [
      'attention',
      attention.length === 1 ? 'needs attention' : 'need attention',
      formatCount(attention.length),
      when(attention.length, worst === 'error' ? 'bad' : worst === 'warning' ? 'wary' : 'plain'),
    ],
    [
      'failures',
      'failures',
      formatCount(failed(codes)),
      when(failed(codes), 'wary'),
      before && earlier(failed(before.codes)),
    ],
    ['activity', 'calls', formatCount(headline.calls), when(headline.calls, 'plain'), earlier(before?.headline.calls)],
  ];
  return html`<ul class="sums">${entries.map(([to, label, value, kind, note]) => {
    const content = html`<b>${value}</b> <span>${label}</span>${note === undefined ? undefined : html` <small>${note}</small>`}`;
    // Without events there is nothing to lead to.
    const leads = to === 'attention' || (to === 'changes' ? changes !== undefined : events > 0);
    return html`<li class="${kind}">${leads ? html`<a href="#${to}">${content}</a>` : html`<p>${content}</p>`}</li>`;
  })}</ul>`;
}

function when(value: number, otherwise: string): string {
  return value === 0 ? 'zero' : otherwise;
}

function failed(codes: ReviewFacts['codes']): number {
  return codes.reduce((sum, { count, hasCode }) => sum + (hasCode ? count : 0), 0);
}

/** Latency is what people ask for last: folded. */
function latency({ tools, slowest }: ReviewFacts): Html {
  if (tools.length === 0) return html``;
  return html`<section class="long" aria-labelledby="latency">
<details class="latency-of-tools">
<summary><h2 id="latency">Latency</h2></summary>
${latencyTable(tools)}
${slowestTable(slowest.slice(0, SLOWEST_SHOWN))}
</details>
</section>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
